-- name: add
-- A notice to a person, or to whoever holds a role (address).
INSERT INTO newel.notice (id, staff_id, address, case_id, kind, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: sent
-- Whether a notice of this kind went out about this thing.
SELECT EXISTS (SELECT FROM newel.notice WHERE case_id = $1 AND kind = $2 AND data ->> 'about' = $3);

-- name: unseen
-- What a person has not seen, with what goes to their addresses; newest first.
SELECT n.id, n.case_id, n.kind, n.address, coalesce(c.contact_reason, '') AS contact_reason, c.priority, n.data,
    n.created_at
FROM newel.notice n LEFT JOIN newel.cases c ON c.id = n.case_id
WHERE n.seen_at IS NULL AND (n.staff_id = $1 OR n.address <> '' AND n.address = ANY ($2::text[])) ORDER BY n.created_at DESC, n.id LIMIT $3;

-- name: seen
-- Seen by whom it went to: the person ($3), or somebody at its address ($4).
UPDATE newel.notice SET seen_at = $2 WHERE id = $1 AND seen_at IS NULL AND (staff_id = $3 OR address = ANY ($4::text[]));

-- name: all_seen
-- A person has seen all that went to them alone.
UPDATE newel.notice SET seen_at = $2 WHERE seen_at IS NULL AND (staff_id = $1 OR address <> '' AND address = ANY ($3::text[]));
