-- name: full
-- The buckets of these channels.
SELECT coalesce(array_agg(id), '{}') FROM newel.bucket WHERE channel = ANY ($1::text[]);

-- name: candidates
-- The first $5 waiting items of each bucket that a person serves ($1) or may stand in for ($2), without those of $3
-- and those that the person ($6) has just passed on.
SELECT q.id, q.case_id, q.priority, q.position, q.due_at FROM (
    SELECT w.* FROM unnest($1::int[]) AS b(bucket) CROSS JOIN LATERAL (
        SELECT id, case_id, priority, position, due_at FROM newel.work_item
        WHERE state = 'queued' AND bucket = b.bucket AND priority >= $4 AND id <> ALL ($3::uuid[])
            AND passed_by IS DISTINCT FROM $6::uuid
        ORDER BY priority, position, due_at, id LIMIT $5) w
    UNION ALL
    SELECT w.* FROM unnest($2::int[]) AS b(bucket) CROSS JOIN LATERAL (
        SELECT id, case_id, priority, position, due_at FROM newel.work_item
        WHERE state = 'queued' AND bucket = b.bucket AND priority >= $4 AND general AND id <> ALL ($3::uuid[])
            AND passed_by IS DISTINCT FROM $6::uuid
        ORDER BY priority, position, due_at, id LIMIT $5) w
) q ORDER BY q.priority, q.position, q.due_at, q.id LIMIT $5;

-- name: winner
-- Of these candidates the first that nobody holds, locked with its case; looked at again under the lock.
-- The candidates' own order is kept, so that no plan is tempted to walk the whole queue for it.
SELECT w.id FROM unnest($1::uuid[]) WITH ORDINALITY AS k(id, place)
    JOIN newel.work_item w ON w.id = k.id JOIN newel.cases c ON c.id = w.case_id
WHERE w.state = 'queued' AND w.priority >= $4 AND w.passed_by IS DISTINCT FROM $5::uuid
    AND (w.bucket = ANY ($2::int[]) OR (w.general AND w.bucket = ANY ($3::int[])))
ORDER BY k.place LIMIT 1 FOR NO KEY UPDATE OF c, w SKIP LOCKED;

-- name: candidates_apart
-- The same for a person to whom workflows are not alike: by workflow ($1), bucket ($2), what is most urgent there ($3),
-- and whether they stand in there as a generalist ($4).
WITH ways AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::int[], $3::smallint[], $4::boolean[]) AS k(workflow, bucket, highest, wide)
)
SELECT q.id, q.case_id, q.priority, q.position, q.due_at FROM (
    SELECT w.* FROM ways k CROSS JOIN LATERAL (
        SELECT id, case_id, priority, position, due_at FROM newel.work_item
        WHERE state = 'queued' AND workflow = k.workflow AND bucket = k.bucket AND priority >= k.highest
            AND id <> ALL ($5::uuid[]) AND passed_by IS DISTINCT FROM $7::uuid
        ORDER BY priority, position, due_at, id LIMIT $6) w WHERE NOT k.wide
    UNION ALL
    SELECT w.* FROM ways k CROSS JOIN LATERAL (
        SELECT id, case_id, priority, position, due_at FROM newel.work_item
        WHERE state = 'queued' AND workflow = k.workflow AND bucket = k.bucket AND priority >= k.highest AND general
            AND id <> ALL ($5::uuid[]) AND passed_by IS DISTINCT FROM $7::uuid
        ORDER BY priority, position, due_at, id LIMIT $6) w WHERE k.wide
) q ORDER BY q.priority, q.position, q.due_at, q.id LIMIT $6;

-- name: winner_apart
-- ... and the first of those that nobody holds. Each is looked up by its key, and its ways are asked of it alone.
SELECT w.id FROM unnest($1::uuid[]) WITH ORDINALITY AS k(id, place)
    JOIN newel.work_item w ON w.id = k.id JOIN newel.cases c ON c.id = w.case_id
WHERE w.state = 'queued' AND w.passed_by IS DISTINCT FROM $6::uuid
    AND (SELECT bool_or(r.workflow = w.workflow AND r.bucket = w.bucket AND w.priority >= r.highest
            AND (w.general OR NOT r.wide))
        FROM unnest($2::text[], $3::int[], $4::smallint[], $5::boolean[]) AS r(workflow, bucket, highest, wide))
ORDER BY k.place LIMIT 1 FOR NO KEY UPDATE OF c, w SKIP LOCKED;
