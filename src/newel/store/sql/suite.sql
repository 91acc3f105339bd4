-- name: ran
-- Whether a version was tried on the day of $2 (UTC).
SELECT EXISTS (SELECT FROM newel.suite_run WHERE policy_id = $1 AND day = ($2::timestamptz AT TIME ZONE 'UTC')::date);

-- name: add
-- The run of a day; no row when the version has one.
INSERT INTO newel.suite_run (id, policy_id, day, ran_at, trials, failed)
VALUES ($1, $2, ($3::timestamptz AT TIME ZONE 'UTC')::date, $3, $4, $5)
ON CONFLICT (policy_id, day) DO NOTHING RETURNING id;

-- name: last
-- The newest run of a version.
SELECT policy_id, trials, failed, ran_at FROM newel.suite_run WHERE policy_id = $1 ORDER BY day DESC LIMIT 1;
