-- name: people
-- Everybody who may be given work.
SELECT id, login, clearance, skills, languages, zone, shifts, team, capacity, load, channel_capacity,
    channel_load, region, presence, last_assigned_at,
    eligible, general
FROM newel.staff WHERE active AND clearance <> 'none' ORDER BY login;

-- name: person
-- One of them.
SELECT id, login, clearance, skills, languages, zone, shifts, team, capacity, load, channel_capacity,
    channel_load, region, presence, last_assigned_at,
    eligible, general
FROM newel.staff WHERE id = $1 AND active;

-- name: lock_person
-- The same, locked: two claims of one person wait for each other.
SELECT id, login, clearance, skills, languages, zone, shifts, team, capacity, load, channel_capacity,
    channel_load, region, presence, last_assigned_at,
    eligible, general
FROM newel.staff WHERE id = $1 AND active FOR NO KEY UPDATE;

-- name: set_presence
-- Come or go; no row when nothing changed.
UPDATE newel.staff SET presence = $2 WHERE id = $1 AND presence <> $2 RETURNING id;

-- name: set_eligible
-- Which buckets a person serves, and which as a generalist.
UPDATE newel.staff SET eligible = $2, general = $3 WHERE id = $1 AND (eligible, general) IS DISTINCT FROM ($2, $3);

-- name: lock_buckets
-- New buckets and changed skills meet here.
SELECT pg_advisory_xact_lock(7308);

-- name: buckets
SELECT id, language, skills, regulated, generalist, channel, region, region_needed FROM newel.bucket ORDER BY id;

-- name: bucket
SELECT id FROM newel.bucket WHERE language = $1 AND skills = $2 AND regulated = $3 AND generalist = $4
    AND channel = $5 AND region = $6 AND region_needed = $7;

-- name: add_bucket
INSERT INTO newel.bucket (language, skills, regulated, generalist, channel, region, region_needed)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (language, skills, regulated, generalist, channel, region, region_needed) DO NOTHING RETURNING id;

-- name: add
-- A queued work item.
INSERT INTO newel.work_item (id, case_id, episode, workflow, state, priority, bucket, reason, queued_at, due_at)
VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9);

-- name: open_of
-- The open work item of a case; whoever writes it holds the case row.
SELECT w.id, w.case_id, w.episode, w.workflow, w.state, w.lane, w.priority, w.bucket, b.language, b.skills, b.regulated,
    b.generalist, b.channel, b.region, b.region_needed, w.general, w.position, w.owner_id, w.token, w.reason, w.queued_at,
    w.due_at, w.owned_at, w.breached, w.level, w.passed_by, w.overflow
FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket
WHERE w.case_id = $1 AND w.state IN ('queued', 'owned');

-- name: read
SELECT w.id, w.case_id, w.episode, w.workflow, w.state, w.lane, w.priority, w.bucket, b.language, b.skills, b.regulated,
    b.generalist, b.channel, b.region, b.region_needed, w.general, w.position, w.owner_id, w.token, w.reason, w.queued_at,
    w.due_at, w.owned_at, w.breached, w.level, w.passed_by, w.overflow
FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket WHERE w.id = $1;

-- name: owned_by
-- A person's work, most urgent first.
SELECT w.id, w.case_id, w.episode, w.workflow, w.state, w.lane, w.priority, w.bucket, b.language, b.skills, b.regulated,
    b.generalist, b.channel, b.region, b.region_needed, w.general, w.position, w.owner_id, w.token, w.reason, w.queued_at,
    w.due_at, w.owned_at, w.breached, w.level, w.passed_by, w.overflow
FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket
WHERE w.owner_id = $1 AND w.state = 'owned' ORDER BY w.priority, w.due_at, w.id;

-- name: save
-- Write back, if nobody changed it meanwhile: state and fencing token must be as read.
UPDATE newel.work_item SET state = $4, lane = $5, priority = $6, bucket = $7, general = $8, position = $9, owner_id = $10,
    token = $11, queued_at = $12, due_at = $13, owned_at = $14, done_at = $15, breached = $16, level = $17,
    passed_by = $18, overflow = $19
WHERE id = $1 AND state = $2 AND token = $3;

-- name: waiting
-- The first waiting items of all, for a new look at each.
SELECT w.id, w.case_id, w.episode, w.workflow, w.state, w.lane, w.priority, w.bucket, b.language, b.skills, b.regulated,
    b.generalist, b.channel, b.region, b.region_needed, w.general, w.position, w.owner_id, w.token, w.reason, w.queued_at,
    w.due_at, w.owned_at, w.breached, w.level, w.passed_by, w.overflow
FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket
WHERE w.state = 'queued' ORDER BY w.priority, w.position, w.due_at, w.id LIMIT $1;

-- name: strayed
-- Cases that wait for other generalists ($2) than their workflow ($1) now has, or by another rule of regions: $3 is the
-- region of who has none, $4 whether a region is a need. (Which of a region's work is there for want of another is
-- not looked for: it follows to another $3 when it is looked at next.)
SELECT w.case_id
FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS now (workflow, generalist, region, needed)
JOIN newel.bucket b ON b.generalist <> now.generalist
    OR CASE WHEN b.region = '' THEN now.region <> '' ELSE b.region_needed <> now.needed END
CROSS JOIN LATERAL (
    SELECT case_id FROM newel.work_item
    WHERE state = 'queued' AND bucket = b.id AND workflow = now.workflow ORDER BY priority, position, due_at, id LIMIT $5
) w LIMIT $5;

-- name: first_place
-- The smallest place in the queue of one priority.
SELECT coalesce(min(position), 0) FROM newel.work_item WHERE state = 'queued' AND priority = $1;

-- name: overdue
-- Breached work that no supervisor has taken over yet.
SELECT id, case_id FROM newel.work_item
WHERE breached AND lane = 'normal' AND state IN ('queued', 'owned') ORDER BY priority, due_at, id LIMIT $1;

-- name: owners
-- Who owns the open work of these cases.
SELECT case_id, owner_id FROM newel.work_item WHERE case_id = ANY ($1::uuid[]) AND state = 'owned';

-- name: depth
-- How much waits, by priority and lane.
SELECT priority, state, lane, count(*) AS n FROM newel.work_item
WHERE state IN ('queued', 'owned') GROUP BY priority, state, lane ORDER BY priority, state, lane;

-- name: origin
-- By which channel a case is talked about, or came, and of which region its customer is.
SELECT coalesce(v.channel, m.channel, '') AS channel, u.region
FROM newel.cases c JOIN newel.customer u ON u.id = c.customer_id
    LEFT JOIN newel.conversation v ON v.id = coalesce(c.reply_to, c.conversation_id)
    LEFT JOIN newel.message m ON m.id = c.last_inbound_id
WHERE c.id = $1;
