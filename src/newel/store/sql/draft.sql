-- name: save
-- What a person is writing; whether there was nothing before.
WITH before AS (SELECT FROM newel.draft WHERE case_id = $1 AND staff_id = $2 AND body_sealed IS NOT NULL)
INSERT INTO newel.draft (case_id, staff_id, body_sealed, saved_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (case_id, staff_id) DO UPDATE SET body_sealed = excluded.body_sealed, saved_at = excluded.saved_at
RETURNING NOT EXISTS (SELECT FROM before) AS begun;

-- name: read
SELECT d.body_sealed, d.saved_at, f.login AS handed_over_by FROM newel.draft d LEFT JOIN newel.staff f ON f.id = d.from_id
WHERE d.case_id = $1 AND d.staff_id = $2 AND d.body_sealed IS NOT NULL;

-- name: clear
UPDATE newel.draft SET body_sealed = NULL, from_id = NULL, saved_at = $3
WHERE case_id = $1 AND staff_id = $2 AND body_sealed IS NOT NULL RETURNING staff_id;

-- name: hand_over
-- The newest draft of others on a case is the new owner's, unless they have one; whose it was.
WITH newest AS (
    SELECT case_id, staff_id, body_sealed, saved_at FROM newel.draft
    WHERE case_id = $1 AND staff_id <> $2 AND body_sealed IS NOT NULL ORDER BY saved_at DESC, staff_id LIMIT 1
), taken AS (
    INSERT INTO newel.draft AS d (case_id, staff_id, from_id, body_sealed, saved_at)
    SELECT case_id, $2, staff_id, body_sealed, saved_at FROM newest
    ON CONFLICT (case_id, staff_id) DO UPDATE
        SET from_id = excluded.from_id, body_sealed = excluded.body_sealed, saved_at = excluded.saved_at
        WHERE d.body_sealed IS NULL
    RETURNING d.from_id
)
UPDATE newel.draft g SET body_sealed = NULL FROM taken t WHERE g.case_id = $1 AND g.staff_id = t.from_id
RETURNING g.staff_id;
