-- name: server
SELECT current_setting('server_version_num')::integer AS version, current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit, current_user::text AS role,
    abs(extract(epoch FROM clock_timestamp() - $1))::float8 AS skew_seconds;

-- name: owned
-- What the application's role owns; it should own nothing.
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('newel', 'keyring') AND pg_get_userbyid(c.relowner) = current_user;

-- name: limbo
SELECT count(*) FROM newel.limbo;

-- name: dead
-- Dead letters by kind.
SELECT 'job ' || kind AS what, count(*) AS n FROM newel.job WHERE state = 'dead' GROUP BY 1
UNION ALL SELECT 'message', count(*) FROM newel.outbox WHERE state = 'dead' HAVING count(*) > 0
UNION ALL SELECT 'feedback', count(*) FROM newel.feedback WHERE state = 'dead' HAVING count(*) > 0;

-- name: late
-- Seconds that the oldest due job has been waiting.
SELECT coalesce(extract(epoch FROM newel.now() - min(run_at)), 0)::float8 FROM newel.job
WHERE state = 'ready' AND run_at < newel.now();

-- name: workflows
SELECT workflow, number FROM newel.policy_version WHERE state = 'active' ORDER BY workflow;

-- name: workers
-- The workers that were seen in the last $1 seconds, and those of them that have the AI.
SELECT count(*) AS alive, count(*) FILTER (WHERE answers) AS answering FROM newel.worker
WHERE seen_at > newel.now() - make_interval(secs => $1);
