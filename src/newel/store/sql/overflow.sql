-- name: open
-- The pool opens; no row when it is open already.
INSERT INTO newel.overflow (id, workflow, state, reason, opened_by, opened_at) VALUES ($1, $2, 'open', $3, $4, $5)
ON CONFLICT (workflow) WHERE state = 'open' DO NOTHING RETURNING id;

-- name: close
-- The pool closes; no row when it is not open.
UPDATE newel.overflow SET state = 'closed', closed_by = $2, closed_at = $3
WHERE workflow = $1 AND state = 'open' RETURNING id;

-- name: openings
-- The pools that are open now.
SELECT id, workflow, reason, opened_by, opened_at FROM newel.overflow WHERE state = 'open' ORDER BY workflow;

-- name: held
-- Of these workflows the pools that are open, with who has how many cases through them.
SELECT o.workflow, w.owner_id, w.n FROM newel.overflow o LEFT JOIN LATERAL (
    SELECT owner_id, count(*) AS n FROM newel.work_item
    WHERE workflow = o.workflow AND state = 'owned' AND overflow GROUP BY owner_id) w ON true
WHERE o.workflow = ANY ($1::text[]) AND o.state = 'open';

-- name: held_by
-- Of these workflows the pools that are open, with how many cases a person has through them.
SELECT o.workflow, (SELECT count(*) FROM newel.work_item
    WHERE owner_id = $2 AND workflow = o.workflow AND state = 'owned' AND overflow) AS n
FROM newel.overflow o WHERE o.workflow = ANY ($1::text[]) AND o.state = 'open';

-- name: raise_alert
-- The depth has risen to its alert; no row when that is known.
INSERT INTO newel.overflow_alert (id, workflow, depth, normal, raised_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workflow) WHERE ended_at IS NULL DO NOTHING RETURNING id;

-- name: end_alert
-- The queue is calm again; no row when that is known.
UPDATE newel.overflow_alert SET ended_at = $2 WHERE workflow = $1 AND ended_at IS NULL RETURNING id;

-- name: alerts
-- Since when each alert stands.
SELECT workflow, raised_at FROM newel.overflow_alert WHERE ended_at IS NULL;

-- name: standing
-- Whether the alert of a workflow stands, and whether its pool is open.
SELECT EXISTS (SELECT FROM newel.overflow_alert WHERE workflow = $1 AND ended_at IS NULL) AS told,
    EXISTS (SELECT FROM newel.overflow WHERE workflow = $1 AND state = 'open') AS is_open;

-- name: depth
-- How much of a workflow waits for a person, counted up to $2.
SELECT count(*) FROM (SELECT FROM newel.work_item WHERE state = 'queued' AND workflow = $1 LIMIT $2) w;

-- name: depths
-- How much of each workflow waits for a person.
SELECT workflow, count(*) AS n FROM newel.work_item WHERE state = 'queued' GROUP BY workflow;
