-- name: add
-- A message is held, with what follows once it leaves.
INSERT INTO newel.hold (outbox_id, case_id, staff_id, token, inbound_id, wait, resolution_sealed, release_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: open_of
-- The message that a case holds now, with its text.
SELECT h.outbox_id, h.case_id, h.staff_id, h.token, h.inbound_id, h.wait, h.resolution_sealed, h.release_at,
    o.message_id, m.body_sealed
FROM newel.hold h JOIN newel.outbox o ON o.id = h.outbox_id JOIN newel.message m ON m.id = o.message_id
WHERE h.case_id = $1 AND h.ended_at IS NULL;

-- name: end
UPDATE newel.hold SET ended_at = $2 WHERE outbox_id = $1 AND ended_at IS NULL RETURNING outbox_id;
