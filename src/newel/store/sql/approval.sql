-- name: add
INSERT INTO newel.approval (id, case_id, proposal_id, message_id, state, binding, text_mac, payload_mac, edited,
    amount_minor, due_at, expires_at, created_at, asked_by)
VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: read
SELECT id, case_id, proposal_id, message_id, state, binding, edited, amount_minor, due_at, expires_at, decided_by,
    asked_by
FROM newel.approval WHERE id = $1;

-- name: pending
-- The approval that a case waits for.
SELECT id FROM newel.approval WHERE case_id = $1 AND state = 'pending';

-- name: approve
-- The decision; execution has a quarter of an hour from it at least.
UPDATE newel.approval SET state = 'approved', decided_by = $2, decided_at = $3,
    expires_at = greatest(expires_at, $3::timestamptz + interval '15 minutes')
WHERE id = $1 AND state = 'pending' RETURNING id;

-- name: end
-- rejected, expired, withdrawn or invalidated.
UPDATE newel.approval SET state = $2, decided_by = $3, decided_at = $4, reason = $5
WHERE id = $1 AND state = 'pending' RETURNING id;

-- name: approver
SELECT id, roles, limit_minor, customer_id, active FROM newel.staff WHERE id = $1;
