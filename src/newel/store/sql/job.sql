-- name: end_step
-- The last statement of a step: audit events, jobs that are done or go, jobs that come; how many were done.
SELECT newel.end_step($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21);

-- name: claim
-- Lease up to $1 due jobs of the kinds $2 for $3 seconds: the most urgent first. Each kind and priority is
-- one short walk over its own part of the index, however many jobs wait for a later time; then one look at
-- each by its id, in order, until there are enough: no plan compares all with all.
-- The token holds the time, so that none comes twice even when a crash has taken a lease back: so a lease
-- need not be on disk at once.
WITH step AS MATERIALIZED (
    SELECT newel.now() AS now, set_config('synchronous_commit', 'off', true)
), due AS MATERIALIZED (
    SELECT j.id FROM unnest($2::text[]) AS k(kind), unnest(ARRAY[1, 2, 3, 4]::smallint[]) AS p(priority),
    LATERAL (SELECT id, priority, run_at FROM newel.job
        WHERE state = 'ready' AND kind = k.kind AND priority = p.priority AND run_at <= (SELECT now FROM step)
        ORDER BY run_at, id LIMIT greatest(64, 4 * $1)) j
    ORDER BY j.priority, j.run_at, j.id LIMIT greatest(64, 4 * $1)
), next AS MATERIALIZED (
    SELECT j.id FROM due CROSS JOIN LATERAL (
        SELECT id, state FROM newel.job WHERE id = due.id FOR UPDATE SKIP LOCKED) j
    WHERE j.state = 'ready' LIMIT $1
)
UPDATE newel.job j SET state = 'running', attempts = attempts + 1,
    token = greatest(token + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint),
    lease_until = (SELECT now FROM step) + make_interval(secs => $3), worker = $4
WHERE j.id = ANY (ARRAY(SELECT id FROM next))
RETURNING j.id, j.kind, j.case_id, j.subject_id, j.attempts, j.token, j.traceparent,
    extract(epoch FROM (SELECT now FROM step) - j.created_at)::float8 AS waited;

-- name: retry
-- Give it back for a later time.
UPDATE newel.job SET state = 'ready', lease_until = NULL, run_at = $3, error = $4
WHERE id = $1 AND token = $2 AND state = 'running';

-- name: bury
-- No further attempt: a person looks at it.
UPDATE newel.job SET state = 'dead', lease_until = NULL, error = $3
WHERE id = $1 AND token = $2 AND state = 'running';

-- name: expire
-- Jobs are ready again whose lease has run out, or whose worker is gone ($2).
UPDATE newel.job SET state = 'ready', lease_until = NULL
WHERE state = 'running' AND (lease_until < $1 OR worker = ANY ($2::integer[]));

-- name: enlist
-- A worker begins, with the AI ($1) or without.
INSERT INTO newel.worker (started_at, seen_at, answers) VALUES (newel.now(), newel.now(), $1) RETURNING number;

-- name: seen
-- A worker lives.
UPDATE newel.worker SET seen_at = $2 WHERE number = $1;

-- name: gone
-- The workers that nobody has seen since $1, and whose lock nobody holds: their process has ended. Those
-- who may not have come back yet after the server was away are given the same time.
SELECT w.number FROM newel.worker w
WHERE w.seen_at < $1 AND pg_postmaster_start_time() < $1 AND NOT EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = 7310 AND l.objid = w.number::bigint::oid
        AND l.granted AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()));

-- name: strike
-- They are gone, and have left nothing.
DELETE FROM newel.worker WHERE number = ANY ($1::integer[]);

-- name: drop_of
-- Take away a subject's jobs of one kind.
DELETE FROM newel.job WHERE subject_id = $1 AND kind = $2;

-- name: next_in
-- Seconds until the next ready job of the kinds $1 is due.
SELECT extract(epoch FROM min(j.run_at) - newel.now())::float8 AS seconds
FROM unnest($1::text[]) AS k(kind), unnest(ARRAY[1, 2, 3, 4]::smallint[]) AS p(priority),
LATERAL (SELECT run_at FROM newel.job WHERE state = 'ready' AND kind = k.kind AND priority = p.priority
    ORDER BY run_at, id LIMIT 1) j;

-- name: depth
-- Jobs by kind and state.
SELECT kind, state, count(*) AS n FROM newel.job GROUP BY kind, state;
