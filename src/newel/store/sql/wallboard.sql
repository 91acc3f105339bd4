-- name: lanes
-- By priority at $1: what waits and for how long, what somebody has, what is late (paused targets apart); and of the targets
-- that ended since midnight of a person ($2), or were due since then and have not: how many, and how many in time.
WITH day AS MATERIALIZED (
    SELECT coalesce((SELECT date_trunc('day', $1::timestamptz AT TIME ZONE zone) AT TIME ZONE zone
        FROM newel.staff WHERE id = $2), $1) AS began
), waiting AS (
    SELECT priority, count(*) AS n, min(queued_at) AS oldest_at FROM newel.work_item WHERE state = 'queued' GROUP BY priority
), owned AS (
    SELECT priority, count(*) AS n FROM newel.work_item WHERE state = 'owned' GROUP BY priority
), late AS (
    SELECT priority, count(*) AS n FROM newel.sla_target
    WHERE kind = 'resolution' AND state = 'running' AND priority = ANY ('{1,2,3}'::smallint[]) AND due_at <= $1
    GROUP BY priority
), attained AS (
    SELECT kind, priority, count(*) AS ended, count(*) FILTER (WHERE met) AS met FROM (
        SELECT kind, priority, ended_at <= due_at AS met FROM newel.sla_target
        WHERE state = 'met' AND kind = ANY ('{first_response,resolution}'::text[]) AND ended_at >= (SELECT began FROM day)
        UNION ALL
        SELECT kind, priority, false FROM newel.sla_target
        WHERE state = 'running' AND kind = ANY ('{first_response,resolution}'::text[])
            AND priority = ANY ('{1,2,3}'::smallint[]) AND due_at >= (SELECT began FROM day) AND due_at <= $1
    ) t GROUP BY kind, priority
)
SELECT p.priority, coalesce(w.n, 0) AS waiting, w.oldest_at, coalesce(o.n, 0) AS owned, coalesce(l.n, 0) AS late,
    coalesce(r.met, 0) AS resolved_met, coalesce(r.ended, 0) AS resolved_ended,
    coalesce(a.met, 0) AS answered_met, coalesce(a.ended, 0) AS answered_ended
FROM unnest('{1,2,3}'::smallint[]) AS p(priority) LEFT JOIN waiting w ON w.priority = p.priority
    LEFT JOIN owned o ON o.priority = p.priority
    LEFT JOIN late l ON l.priority = p.priority
    LEFT JOIN attained r ON r.priority = p.priority AND r.kind = 'resolution'
    LEFT JOIN attained a ON a.priority = p.priority AND a.kind = 'first_response'
ORDER BY p.priority;

-- name: breaches
-- The resolutions that were due by $1, and those that are due after it, the soonest $2 of each priority.
SELECT s.late, t.case_id, t.priority, t.due_at, t.started_at, w.state, w.lane, w.reason, c.contact_reason, c.workflow,
    o.name AS owner
FROM (VALUES (true, '-infinity'::timestamptz, $1::timestamptz), (false, $1, 'infinity')) AS s(late, after, until)
    CROSS JOIN unnest('{1,2,3}'::smallint[]) AS p(priority) CROSS JOIN LATERAL (
        SELECT case_id, work_item_id, priority, due_at, started_at FROM newel.sla_target
        WHERE kind = 'resolution' AND state = 'running' AND priority = p.priority
            AND due_at > s.after AND due_at <= s.until
        ORDER BY due_at LIMIT $2) t
    JOIN newel.work_item w ON w.id = t.work_item_id JOIN newel.cases c ON c.id = t.case_id
    LEFT JOIN newel.staff o ON o.id = w.owner_id
WHERE w.state IN ('queued', 'owned') ORDER BY t.due_at, t.case_id;

-- name: queue
-- What waits of the priorities $3 to $4, in the order of claims: $1 after the first $2; a place below nought was set by hand.
SELECT w.case_id, w.workflow, c.contact_reason, w.lane, w.priority, b.language, b.skills, b.regulated, w.reason,
    w.queued_at, w.due_at, w.breached, w.level, w.position < 0 AS first
FROM (SELECT id FROM newel.work_item WHERE state = 'queued' AND priority BETWEEN $3::smallint AND $4::smallint
        ORDER BY priority, position, due_at, id LIMIT $1 OFFSET $2) shown
    JOIN newel.work_item w ON w.id = shown.id JOIN newel.cases c ON c.id = w.case_id JOIN newel.bucket b ON b.id = w.bucket
ORDER BY w.priority, w.position, w.due_at, w.id;

-- name: people
-- Everybody who may be given work, with their name.
SELECT name, id, login, clearance, skills, languages, zone, shifts, team, capacity, load, channel_capacity,
    channel_load, region, presence, last_assigned_at
FROM newel.staff WHERE active AND clearance <> 'none';

-- name: names
-- Everybody's name.
SELECT id, name FROM newel.staff WHERE active;

-- name: holds
-- What the people $2 have: how much, and the first $1 of each, most urgent first.
SELECT p.owner_id, (SELECT count(*) FROM newel.work_item WHERE owner_id = p.owner_id AND state = 'owned') AS whole,
    w.case_id, w.priority, c.workflow, c.contact_reason, w.due_at, c.state
FROM unnest($2::uuid[]) AS p(owner_id) CROSS JOIN LATERAL (
        SELECT id, case_id, priority, due_at FROM newel.work_item WHERE owner_id = p.owner_id AND state = 'owned'
        ORDER BY priority, due_at, id LIMIT $1) w
    JOIN newel.cases c ON c.id = w.case_id
ORDER BY p.owner_id, w.priority, w.due_at, w.id;

-- name: ai_states
-- How many cases the AI has, by state.
SELECT state, count(*) AS n FROM newel.cases
WHERE state IN ('ai', 'deflecting', 'approval', 'held', 'acting') GROUP BY state;

-- name: ai_cases
-- What the AI has now, longest first, with its latest proposal.
SELECT c.id AS case_id, c.workflow, coalesce(nullif(c.contact_reason, ''), p.contact_reason, '') AS contact_reason,
    c.language, c.state, c.tier, c.turn, c.episode_opened_at AS at,
    v.channel, p.confidence
FROM (SELECT k.* FROM unnest('{ai,deflecting,approval,held,acting}'::text[]) AS s(state) CROSS JOIN LATERAL (
            SELECT id, episode_opened_at FROM newel.cases WHERE state = s.state AND state <> 'resolved'
            ORDER BY episode_opened_at LIMIT $1) k
        ORDER BY k.episode_opened_at, k.id LIMIT $1) first
    JOIN newel.cases c ON c.id = first.id LEFT JOIN newel.conversation v ON v.id = c.conversation_id
    LEFT JOIN LATERAL (SELECT confidence, contact_reason FROM newel.proposal WHERE case_id = c.id
        ORDER BY created_at DESC LIMIT 1) p ON true
ORDER BY c.episode_opened_at, c.id;

-- name: ai_answered
-- What the AI has answered since $1, where the customer may go on; newest first.
SELECT c.id AS case_id, c.workflow, coalesce(nullif(c.contact_reason, ''), p.contact_reason, '') AS contact_reason,
    c.language, c.state, c.tier, c.turn, c.answered_at AS at,
    v.channel, p.confidence
FROM newel.cases c JOIN newel.conversation v ON v.id = c.conversation_id
    LEFT JOIN LATERAL (SELECT confidence, contact_reason FROM newel.proposal WHERE case_id = c.id
        ORDER BY created_at DESC LIMIT 1) p ON true
WHERE c.state = 'waiting' AND c.tier IN (1, 2) AND c.answered_at >= $1 ORDER BY c.answered_at DESC, c.id LIMIT $2;

-- name: approvals
-- How many approvals wait, since when, and from when to when the one runs that is due first.
SELECT count(*) AS n, min(created_at) AS oldest_at, min(due_at) AS due_at,
    (array_agg(created_at ORDER BY due_at, created_at))[1] AS due_from
FROM newel.approval WHERE state = 'pending';

-- name: stalled
-- Jobs of the kinds $1 that should have begun before $2 and have not: nobody does them.
SELECT k.kind, j.run_at FROM unnest($1::text[]) AS k(kind) CROSS JOIN LATERAL (
    SELECT run_at FROM newel.job WHERE kind = k.kind AND state = 'ready' AND run_at < $2 ORDER BY run_at LIMIT 1) j;

-- name: concerned
-- How many cases the AI has now, of a workflow ($1) and a contact reason ($2) if they are given.
SELECT count(*) FROM newel.cases WHERE state IN ('ai', 'deflecting', 'approval', 'held', 'acting')
    AND ($1::text IS NULL OR workflow = $1) AND ($2::text IS NULL OR contact_reason = $2);

-- name: late_reviews
-- Weekly reviews that were due by $1 and are open, the longest late first; the name of who is to do it, or the name that nobody has.
SELECT w.id, w.workflow, w.week, w.due_at, coalesce(o.name, w.owner) AS owner, w.owner_id IS NOT NULL AS answered
FROM newel.weekly w LEFT JOIN newel.staff o ON o.id = w.owner_id
WHERE w.state = 'open' AND w.due_at <= $1 ORDER BY w.due_at, w.workflow, w.week;
