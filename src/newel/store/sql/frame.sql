-- name: counts
-- What the menu counts: a person's own work, the approvals that wait, and the reviews; past a hundred nobody counts.
SELECT (SELECT count(*) FROM newel.work_item WHERE owner_id = $1 AND state = 'owned') AS mine,
    (SELECT count(*) FROM newel.approval WHERE state = 'pending') AS approvals,
    (SELECT count(*) FROM (SELECT FROM newel.review WHERE state = 'open' LIMIT 100) r) AS reviews;
