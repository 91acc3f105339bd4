-- name: add
-- What a person has flagged on an episode; no row when they had done it before.
INSERT INTO newel.pattern (id, case_id, episode, staff_id, contact_reason, words_sealed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (case_id, episode, staff_id) DO NOTHING RETURNING id;

-- name: flagged
-- What was flagged since $1, newest first, with how often its reason was in that time.
SELECT p.id, p.case_id, c.workflow, p.contact_reason, s.login AS flagged_by, s.name, p.at, p.words_sealed, c.customer_id,
    c.key_wrapped, k.wrapped,
    count(*) OVER (PARTITION BY c.workflow, p.contact_reason) AS times
FROM newel.pattern p JOIN newel.cases c ON c.id = p.case_id JOIN newel.staff s ON s.id = p.staff_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE p.at >= $1 ORDER BY p.at DESC, p.id LIMIT $2;
