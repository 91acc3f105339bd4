-- name: live_since
-- Since when a workflow is live; none where it never was.
SELECT min(activated_at) FROM newel.policy_version WHERE workflow = $1;

-- name: last
-- The newest week of a workflow that has its review.
SELECT week, since, until FROM newel.weekly WHERE workflow = $1 ORDER BY week DESC LIMIT 1;

-- name: owner
-- The account in use that is named by its login, or by a name that is nobody else's, with one of the roles $2.
SELECT s.id FROM newel.staff s WHERE s.active AND s.roles && $2::text[] AND (s.login = $1 OR s.name = $1 AND NOT EXISTS (
    SELECT FROM newel.staff o WHERE o.active AND o.name = $1 AND o.id <> s.id))
ORDER BY s.login = $1 DESC LIMIT 1;

-- name: open
-- The review of a week; no row when it has one.
INSERT INTO newel.weekly (id, workflow, week, state, policy_id, since, until, owner, owner_id, figures, opened_at, due_at)
VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (workflow, week) DO NOTHING RETURNING id;

-- name: overdue
-- Reviews that were not done in time, told once.
UPDATE newel.weekly SET overdue_at = $1 WHERE state = 'open' AND overdue_at IS NULL AND due_at <= $1
RETURNING id, workflow, owner_id;

-- name: listed
-- The newest reviews of all workflows, or of one ($1); with how many post-mortems of their week are open.
SELECT w.id, w.workflow, w.week, w.state, v.workflow || '/' || v.number AS policy_version, w.since, w.until, w.owner,
    w.owner_id, o.name AS owner_name, w.figures, w.opened_at, w.due_at, w.overdue_at, g.name AS signed_by, w.signed_at,
    w.notes, w.decisions, w.unwritten, (SELECT count(*) FROM newel.post_mortem p WHERE p.workflow = w.workflow
        AND p.state = 'open' AND p.opened_at >= w.since AND p.opened_at < w.until) AS to_write
FROM newel.weekly w JOIN newel.policy_version v ON v.id = w.policy_id LEFT JOIN newel.staff o ON o.id = w.owner_id
    LEFT JOIN newel.staff g ON g.id = w.signed_by
WHERE ($1::uuid IS NULL OR w.id = $1) AND ($2::text IS NULL OR w.workflow = $2)
ORDER BY w.week DESC, w.workflow LIMIT $3;

-- name: sign
-- The one sign-off of an open review.
UPDATE newel.weekly SET state = 'signed', signed_by = $2, signed_at = $3, notes = $4, decisions = $5, unwritten = $6
WHERE id = $1 AND state = 'open' RETURNING id;

-- name: locked
-- An open review, held until the transaction ends.
SELECT id FROM newel.weekly WHERE id = $1 FOR UPDATE;

-- name: marked
-- Misses of a week by cluster.
SELECT m.cluster, count(*) AS times FROM newel.miss m JOIN newel.cases c ON c.id = m.case_id
WHERE c.workflow = $1 AND m.at >= $2 AND m.at < $3 GROUP BY m.cluster ORDER BY times DESC, m.cluster;

-- name: missed
-- Of the unflagged episodes that the AI decided on in a week: how many were found to be missed by now. What was missed
-- is one of them, though a marker may have seen what the customer wrote after.
WITH decided AS (
    SELECT DISTINCT d.case_id, d.episode FROM newel.decision d JOIN newel.cases c ON c.id = d.case_id
    WHERE c.workflow = $1 AND d.at >= $2 AND d.at < $3 AND d.kind IN ('release', 'propose')
), told AS (
    SELECT EXISTS (SELECT FROM newel.post_mortem p WHERE p.case_id = d.case_id AND p.episode = d.episode) AS missed,
        EXISTS (SELECT FROM newel.scan_receipt r JOIN newel.message m ON m.id = r.message_id
            WHERE m.case_id = d.case_id AND m.episode = d.episode AND r.locked) AS flagged
    FROM decided d
)
SELECT count(*) FILTER (WHERE missed) AS count, count(*) AS of FROM told WHERE missed OR NOT flagged;

-- name: audit
-- Of the sampled reviews of unflagged work in a week: how many found a miss.
SELECT r.work, count(m.id) AS count, count(*) AS of FROM newel.review r LEFT JOIN newel.miss m ON m.review_id = r.id
WHERE r.workflow = $1 AND r.work IN ('ai', 'approved') AND r.kind = 'sample' AND r.state = 'done'
    AND r.ended_at >= $2 AND r.ended_at < $3
GROUP BY r.work ORDER BY r.work;

-- name: patterns
-- What was flagged in a week as happening again, what happens most first.
SELECT p.contact_reason, count(*) AS times FROM newel.pattern p JOIN newel.cases c ON c.id = p.case_id
WHERE c.workflow = $1 AND p.at >= $2 AND p.at < $3 GROUP BY p.contact_reason ORDER BY times DESC, p.contact_reason;

-- name: changed
-- Of the AI's proposals that people decided on in a week: how many they rejected or edited.
SELECT count(*) FILTER (WHERE a.state = 'rejected' OR a.edited) AS count, count(*) AS of
FROM newel.approval a JOIN newel.cases c ON c.id = a.case_id
WHERE c.workflow = $1 AND a.decided_at >= $2 AND a.decided_at < $3 AND a.state IN ('approved', 'rejected')
    AND a.asked_by IS NULL;

-- name: overturned
-- Of the approved work that sampled reviews looked at in a week: how much failed.
SELECT count(*) FILTER (WHERE NOT passed) AS count, count(*) AS of FROM newel.review
WHERE workflow = $1 AND work = 'approved' AND kind = 'sample' AND state = 'done' AND ended_at >= $2 AND ended_at < $3;

-- name: sampling
-- How much is sampled of a workflow's work now.
SELECT work, raised, passed, of FROM newel.sampling WHERE workflow = $1 ORDER BY work;

-- name: post_mortems
-- How many were written in a week, are open now, and of those are late ($4: now).
SELECT count(*) FILTER (WHERE written_at >= $2 AND written_at < $3) AS written,
    count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'open' AND due_at <= $4) AS overdue
FROM newel.post_mortem WHERE workflow = $1;
