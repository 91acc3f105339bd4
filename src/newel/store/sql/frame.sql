-- name: counts
-- What the menu counts: a person's own work, the approvals that wait, and for who scores the reviews that they may do;
-- past a hundred nobody counts.
SELECT (SELECT count(*) FROM newel.work_item WHERE owner_id = $1 AND state = 'owned') AS mine,
    (SELECT count(*) FROM newel.approval WHERE state = 'pending') AS approvals,
    CASE WHEN $2 THEN (SELECT count(*) FROM
        (SELECT FROM newel.review WHERE state = 'open' AND NOT newel.is_own(kind, case_id, $1) LIMIT 100) r)
        ELSE 0 END AS reviews;
