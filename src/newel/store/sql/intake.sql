-- name: look_in
-- What is here already for an arriving message, under the locks that keep it so.
SELECT * FROM newel.look_in($1, $2, $3, $4, $5, $6, $7, $8);

-- name: take_in
-- All rows of an arrived message, and the step's ending so far.
SELECT newel.take_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
    $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35),
    newel.end_step($36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56);

-- name: inbound
-- The customer's messages of one episode in order, with their receipts.
SELECT m.id, m.seq, m.received_at, m.body_sealed, r.id AS receipt_id, r.evidence_sealed
FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
WHERE m.case_id = $1 AND m.episode = $2 AND m.direction = 'inbound' ORDER BY m.seq;

-- name: item_of
-- The newest fields of a case.
SELECT id, message_id, confidence, fields_sealed FROM newel.item WHERE case_id = $1 ORDER BY created_at DESC LIMIT 1;

-- name: last_outbound
-- The sequence of the newest message to the customer in an episode.
SELECT coalesce(max(seq), 0) FROM newel.message
WHERE case_id = $1 AND episode = $2 AND direction = 'outbound' AND drafted_by <> 'template';
