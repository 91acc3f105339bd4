-- name: append
-- Add one event; the leaf hash is computed by the store.
INSERT INTO newel.audit_event (id, at, actor_kind, actor_id, event, entity, entity_id, state, case_id, data, leaf_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '\x00');

-- name: of_case
-- The events of one case in order.
SELECT seq, id, at, actor_kind, actor_id, event, entity, entity_id, state, data
FROM newel.audit_event WHERE case_id = $1 ORDER BY seq;
