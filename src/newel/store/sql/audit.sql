-- name: of_case
-- The events of one case in order.
SELECT seq, id, at, actor_kind, actor_id, event, entity, entity_id, state, data
FROM newel.audit_event WHERE case_id = $1 ORDER BY seq;
