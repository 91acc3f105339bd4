-- name: counts
-- What the menu counts: a person's own work, and the approvals that wait.
SELECT (SELECT count(*) FROM newel.work_item WHERE owner_id = $1 AND state = 'owned') AS mine,
    (SELECT count(*) FROM newel.approval WHERE state = 'pending') AS approvals;
