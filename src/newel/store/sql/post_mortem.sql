-- name: add
-- The post-mortem of a miss; no row when its cluster has one in this episode.
INSERT INTO newel.post_mortem (id, case_id, episode, workflow, cluster, miss_id, state, owner, owner_id, opened_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10) ON CONFLICT (case_id, episode, cluster) DO NOTHING RETURNING id;

-- name: missing
-- Misses of these workflows without one: those from before there were post-mortems.
SELECT m.id, m.case_id, m.episode, m.cluster FROM newel.miss m JOIN newel.cases c ON c.id = m.case_id
WHERE c.workflow = ANY ($1) AND NOT EXISTS (SELECT FROM newel.post_mortem p
    WHERE p.case_id = m.case_id AND p.episode = m.episode AND p.cluster = m.cluster)
ORDER BY m.at, m.id LIMIT $2;

-- name: listed
-- One ($1), or those of a workflow ($2) or a state ($3), or opened in a time ($4 to $5); what is open first.
SELECT p.id, p.case_id, p.episode, p.workflow, c.contact_reason, p.cluster, p.miss_id, s.name AS marked_by,
    m.review_id IS NOT NULL AS by_audit, p.state, p.owner, p.owner_id, o.name AS owner_name, p.opened_at, p.due_at,
    p.overdue_at, w.name AS written_by, p.written_at, p.closed_at, p.why, p.measure, p.said_sealed,
    v.workflow || '/' || v.number AS draft, v.state AS draft_state, c.customer_id, c.key_wrapped, k.wrapped
FROM newel.post_mortem p JOIN newel.cases c ON c.id = p.case_id JOIN newel.miss m ON m.id = p.miss_id
    JOIN newel.staff s ON s.id = m.staff_id JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    LEFT JOIN newel.staff o ON o.id = p.owner_id LEFT JOIN newel.staff w ON w.id = p.written_by
    LEFT JOIN newel.policy_version v ON v.id = p.draft_id
WHERE ($1::uuid IS NULL OR p.id = $1) AND ($2::text IS NULL OR p.workflow = $2) AND ($3::text IS NULL OR p.state = $3)
    AND ($4::timestamptz IS NULL OR p.opened_at >= $4) AND ($5::timestamptz IS NULL OR p.opened_at < $5)
ORDER BY p.state <> 'open', p.due_at, p.opened_at, p.id LIMIT $6;

-- name: drafted
-- The newest draft that a post-mortem of the workflow made from the version in force ($2), and that still waits.
SELECT v.id FROM newel.policy_version v JOIN newel.post_mortem p ON p.draft_id = v.id
WHERE p.workflow = $1 AND v.base_id = $2 AND v.state = 'draft' ORDER BY v.number DESC LIMIT 1;

-- name: write
-- What is said of a miss, once.
UPDATE newel.post_mortem SET state = 'written', written_by = $2, written_at = $3, why = $4, measure = $5, said_sealed = $6,
    draft_id = $7
WHERE id = $1 AND state = 'open' RETURNING id;

-- name: close_erased
-- Open ones whose customer's key is destroyed: there is nothing left to seal them with.
UPDATE newel.post_mortem p SET state = 'closed', closed_at = $1
FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE p.state = 'open' AND c.id = p.case_id AND k.wrapped IS NULL RETURNING p.id, p.case_id;

-- name: overdue
-- Post-mortems that were not written in time, told once.
UPDATE newel.post_mortem SET overdue_at = $1 WHERE state = 'open' AND overdue_at IS NULL AND due_at <= $1
RETURNING id, case_id, owner_id;
