-- name: sampled
-- The share among which an answer of the episode was chosen for review when it was decided, if one was.
SELECT max((signals ->> 'sample_share')::real) FROM newel.decision WHERE case_id = $1 AND episode = $2 AND sampled;

-- name: approver
-- Who released the newest answer of the episode that a person had to release.
SELECT who FROM (
    SELECT a.decided_by AS who, a.decided_at AS at FROM newel.approval a JOIN newel.proposal p ON p.id = a.proposal_id
    WHERE a.case_id = $1 AND p.episode = $2 AND a.state = 'approved'
    UNION ALL
    SELECT r.reviewed_by, r.ended_at FROM newel.review r
    WHERE r.case_id = $1 AND r.episode = $2 AND r.kind = 'held' AND r.state IN ('released', 'corrected')
) t ORDER BY at DESC LIMIT 1;

-- name: resolver
-- Who resolved the episode; if nobody did, who wrote last.
SELECT coalesce(
    (SELECT r.staff_id FROM newel.resolution r WHERE r.case_id = $1 AND r.episode = $2),
    (SELECT m.released_by FROM newel.message m WHERE m.case_id = $1 AND m.episode = $2 AND m.released_by IS NOT NULL
     ORDER BY m.seq DESC LIMIT 1));

-- name: add
-- An open review; of each kind an episode has one, but for answers that wait.
INSERT INTO newel.review (id, case_id, episode, workflow, kind, work, author_id, state, share, miss_id, proposal_id,
    text_mac, due_at, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (case_id, episode, kind) WHERE kind <> 'held' DO NOTHING RETURNING id;

-- name: read
SELECT r.id, r.case_id, r.episode, r.workflow, r.kind, r.work, r.author_id, r.state, r.share, r.miss_id, r.proposal_id,
    r.due_at, r.expires_at, r.created_at, r.reviewed_by, r.policy_id, r.marks, r.score, r.passed, r.critical,
    r.said_sealed, r.ended_at, a.name AS author, w.name AS reviewer, m.cluster, k.name AS marked_by
FROM newel.review r LEFT JOIN newel.staff a ON a.id = r.author_id LEFT JOIN newel.staff w ON w.id = r.reviewed_by
    LEFT JOIN newel.miss m ON m.id = r.miss_id LEFT JOIN newel.staff k ON k.id = m.staff_id
WHERE r.id = $1;

-- name: is_own
-- Whether a review of this kind would be of the person's own work.
SELECT newel.is_own($1, $2, $3);

-- name: end
-- The one verdict on an open review.
UPDATE newel.review SET state = $2, reviewed_by = $3, policy_id = $4, marks = $5, score = $6, passed = $7, critical = $8,
    said_sealed = $9, text_mac = coalesce($10, text_mac), ended_at = $11
WHERE id = $1 AND state = 'open' RETURNING id;

-- name: void_held
-- An answer that waited is taken back: there is nothing to review any more.
UPDATE newel.review SET state = 'void', ended_at = $2
WHERE case_id = $1 AND kind = 'held' AND state = 'open' RETURNING id;

-- name: proposal
-- The newest proposal of an episode; what a person did by their own authority is none.
SELECT id FROM newel.proposal WHERE case_id = $1 AND episode = $2 AND NOT 'own_limit' = ANY (reasons) ORDER BY created_at DESC, revision DESC LIMIT 1;

-- name: reasons
-- Why the episode was handled as it was: the reasons of its newest decision.
SELECT reasons FROM newel.decision WHERE case_id = $1 AND episode = $2 ORDER BY at DESC LIMIT 1;

-- name: waiting
-- What this person may review: what holds up a customer first, then misses, then samples, each oldest first.
-- Whose work it is costs a look at the case: it is asked in the order of the list, until enough is found.
WITH ahead AS MATERIALIZED (
    SELECT id, case_id, workflow, kind, work, author_id, miss_id, due_at, created_at FROM newel.review
    WHERE state = 'open' ORDER BY kind, due_at, created_at, id LIMIT 2000
), mine AS MATERIALIZED (
    SELECT * FROM ahead WHERE NOT newel.is_own(kind, case_id, $1) LIMIT $2
)
SELECT r.id, r.case_id, r.workflow, r.kind, r.work, a.name AS author, c.contact_reason, c.language, m.cluster, r.due_at,
    r.created_at
FROM mine r JOIN newel.cases c ON c.id = r.case_id LEFT JOIN newel.staff a ON a.id = r.author_id
    LEFT JOIN newel.miss m ON m.id = r.miss_id
ORDER BY r.kind, r.due_at, r.created_at, r.id;

-- name: count
SELECT count(*) FROM newel.review WHERE state = 'open';

-- name: about
-- What was said of one person's work, newest first.
SELECT r.id, r.case_id, r.workflow, r.kind, r.work, c.contact_reason, r.score, r.passed, r.marks, r.critical,
    r.said_sealed, r.ended_at, c.customer_id, c.key_wrapped, k.wrapped AS subject_wrapped
FROM newel.review r JOIN newel.cases c ON c.id = r.case_id JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE r.author_id = $1 AND r.state = 'done' ORDER BY r.ended_at DESC LIMIT $2;

-- name: window
-- Whether each of the newest sampled reviews passed, newest first.
SELECT passed FROM newel.review
WHERE workflow = $1 AND work = $2 AND kind = 'sample' AND state = 'done' ORDER BY ended_at DESC LIMIT $3;

-- name: level
SELECT raised, passed, of FROM newel.sampling WHERE workflow = $1 AND work = $2;

-- name: lock_level
-- Two reviewers of one kind of work weigh their scores one after the other.
SELECT pg_advisory_xact_lock(7311, hashtext($1 || '/' || $2));

-- name: save_level
INSERT INTO newel.sampling (workflow, work, raised, passed, of, at, since) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (workflow, work) DO UPDATE SET raised = excluded.raised, passed = excluded.passed, of = excluded.of,
    at = excluded.at, since = CASE WHEN sampling.raised = excluded.raised THEN sampling.since ELSE excluded.at END;

-- name: levels
-- How much is sampled now.
SELECT workflow, work, raised, passed, of, since FROM newel.sampling ORDER BY workflow, work;

-- name: weeks
-- What sampled reviews said since a time, by week, workflow and kind of work.
SELECT date_trunc('week', ended_at)::date AS week, workflow, work, count(*) AS of,
    count(*) FILTER (WHERE passed) AS passed, avg(score)::float8 AS score,
    count(*) FILTER (WHERE critical <> '{}') AS critical
FROM newel.review WHERE kind = 'sample' AND state = 'done' AND ended_at >= $1
GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3;

-- name: authors
-- The same by the person whose approval or resolution it was.
SELECT r.workflow, r.work, s.name, count(*) AS of, count(*) FILTER (WHERE r.passed) AS passed,
    avg(r.score)::float8 AS score
FROM newel.review r JOIN newel.staff s ON s.id = r.author_id
WHERE r.kind = 'sample' AND r.state = 'done' AND r.ended_at >= $1
GROUP BY r.workflow, r.work, s.id, s.name ORDER BY r.workflow, r.work, s.name;

-- name: criteria
-- How each question was answered, where it was asked.
SELECT r.workflow, r.work, m.key AS criterion, count(*) FILTER (WHERE m.value = 'met') AS met,
    count(*) FILTER (WHERE m.value = 'partly') AS partly, count(*) FILTER (WHERE m.value = 'missed') AS missed
FROM newel.review r CROSS JOIN LATERAL jsonb_each_text(r.marks) m
WHERE r.kind = 'sample' AND r.state = 'done' AND r.ended_at >= $1 AND m.value <> 'not_asked'
GROUP BY r.workflow, r.work, m.key ORDER BY r.workflow, r.work, missed DESC, m.key;

-- name: rulings
-- What became of answers that waited for a reviewer.
SELECT workflow, state, count(*) AS n FROM newel.review
WHERE kind = 'held' AND state <> 'open' AND ended_at >= $1 GROUP BY workflow, state ORDER BY workflow, state;
