-- name: action_under_way
-- Whether an execution has begun whose end is not known yet.
SELECT EXISTS (SELECT FROM newel.action WHERE case_id = $1 AND under_way);

-- name: add_lowering
-- A person's lowering, with its reason: only in its transaction may the tier fall.
INSERT INTO newel.lowering (id, case_id, episode, from_tier, to_tier, unlocked, staff_id, reason_sealed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
