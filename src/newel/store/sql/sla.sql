-- name: add
-- A running target with all its alert moments.
INSERT INTO newel.sla_target (id, case_id, work_item_id, approval_id, kind, state, priority, minutes, business_time,
    started_at, due_at, percents, alert_ats, next_alert_at, next_percent, policy_id)
VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: live
-- The targets of a case that still run or pause, locked.
SELECT id, case_id, work_item_id, kind, state, priority, minutes, business_time, started_at, due_at, paused_at, paused,
    paused_business, percents, alert_ats, next_percent, breached_at
FROM newel.sla_target WHERE case_id = $1 AND state IN ('running', 'paused') ORDER BY kind FOR NO KEY UPDATE;

-- name: due
-- Up to $2 targets whose next alert is due at $1; what another clock holds is left to it.
SELECT id, case_id, work_item_id, kind, state, priority, minutes, business_time, started_at, due_at, paused_at, paused,
    paused_business, percents, alert_ats, next_percent, breached_at
FROM newel.sla_target WHERE next_alert_at <= $1 ORDER BY next_alert_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED;

-- name: read
-- One target.
SELECT id, case_id, work_item_id, kind, state, priority, minutes, business_time, started_at, due_at, paused_at, paused,
    paused_business, percents, alert_ats, next_percent, breached_at
FROM newel.sla_target WHERE id = $1;

-- name: save
-- Write back a locked target.
UPDATE newel.sla_target SET state = $2, priority = $3, minutes = $4, business_time = $5, due_at = $6, paused_at = $7,
    paused = $8, paused_business = $9, alert_ats = $10, next_alert_at = $11, next_percent = $12, breached_at = $13,
    ended_at = $14, percents = $15, started_at = $16
WHERE id = $1;

-- name: alerts
-- The alerts that fire now; a second row of the same threshold is refused by the key.
INSERT INTO newel.sla_alert (target_id, percent, due_at, fired_at)
SELECT target, percent, at, $4 FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS a(target, percent, at);

-- name: fired
-- The thresholds of a target that have fired.
SELECT percent FROM newel.sla_alert WHERE target_id = $1 ORDER BY percent;

-- name: next_at
-- When the next alert is due.
SELECT min(next_alert_at) FROM newel.sla_target WHERE next_alert_at IS NOT NULL;
