-- name: add
-- A notice to a person, or to whoever holds a role (address).
INSERT INTO newel.notice (id, staff_id, address, case_id, kind, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: sent
-- Whether a notice of this kind went out about this thing.
SELECT EXISTS (SELECT FROM newel.notice WHERE case_id = $1 AND kind = $2 AND data ->> 'about' = $3);

-- name: unseen
-- What a person has not seen, with what their roles are told; oldest first.
SELECT id, staff_id, address, case_id, kind, data, created_at FROM newel.notice
WHERE seen_at IS NULL AND (staff_id = $1 OR address = ANY ($2::text[])) ORDER BY created_at LIMIT 200;

-- name: seen
UPDATE newel.notice SET seen_at = $2 WHERE id = $1 AND seen_at IS NULL;
