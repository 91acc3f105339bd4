-- name: add
INSERT INTO newel.action (id, case_id, proposal_id, customer_id, class, state, authority, approval_id, staff_id,
    policy_id, payload_mac, binding, args_sealed, amount_minor, cap_minor, window_from, keyed, message_id, created_at)
VALUES ($1, $2, $3, $4, $5, 'authorised', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- name: read
SELECT id, case_id, proposal_id, customer_id, class, state, authority, approval_id, staff_id, policy_id, payload_mac,
    args_sealed, amount_minor, cap_minor, keyed, message_id, lease_until, attempts, doubted_at, lapsed, reference,
    reason
FROM newel.action WHERE id = $1;

-- name: claim
-- From here it may happen: the store checks the authority once more.
UPDATE newel.action SET state = 'claimed', lease_until = $2, attempts = attempts + 1
WHERE id = $1 AND state = 'authorised' RETURNING id;

-- name: question
-- Its caller is gone or has no answer: what was called may yet land.
UPDATE newel.action SET state = 'unknown', lease_until = NULL, reason = $2, doubted_at = $3,
    lapsed = $4
WHERE id = $1 AND state = 'claimed' RETURNING id;

-- name: lapse
-- It is not called again; what was called may yet land.
UPDATE newel.action SET state = 'unknown', lapsed = true, reason = $2
WHERE id = $1 AND state = 'authorised' AND doubted_at IS NOT NULL RETURNING id;

-- name: again
-- It did not happen so far.
UPDATE newel.action SET state = 'authorised', lease_until = NULL, reason = $2
WHERE id = $1 AND state IN ('claimed', 'unknown') RETURNING id;

-- name: end
UPDATE newel.action SET state = $2, lease_until = NULL, ended_at = $3, reference = $4, reason = $5
WHERE id = $1 AND state IN ('claimed', 'unknown') RETURNING id;

-- name: void
UPDATE newel.action SET state = 'void', ended_at = $2, reason = $3
WHERE id = $1 AND state IN ('authorised', 'unknown') RETURNING id;
