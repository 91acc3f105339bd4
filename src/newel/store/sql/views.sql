-- name: migrations
-- The migrations that this database has.
SELECT number FROM public.newel_migration;

-- name: open_work
-- Open work by kind and state, from partial indexes.
SELECT 'case' AS what, state, count(*) AS n FROM newel.cases WHERE state <> 'resolved' GROUP BY state
UNION ALL
SELECT 'job', state, count(*) FROM newel.job GROUP BY state
UNION ALL
SELECT 'work_item', state, count(*) FROM newel.work_item WHERE state IN ('queued', 'owned') GROUP BY state
UNION ALL
SELECT 'approval', state, count(*) FROM newel.approval WHERE state = 'pending' GROUP BY state
UNION ALL
SELECT 'outbox', state, count(*) FROM newel.outbox WHERE state IN ('pending', 'claimed') GROUP BY state
UNION ALL
SELECT 'feedback', state, count(*) FROM newel.feedback WHERE state = 'pending' GROUP BY state;
