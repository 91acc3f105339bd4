-- name: engage
INSERT INTO newel.kill_switch (id, workflow, contact_reason, reason, engaged_by, engaged_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: release
UPDATE newel.kill_switch SET released_by = $2, released_at = $3 WHERE id = $1 AND released_at IS NULL RETURNING id;

-- name: engaged
SELECT id, workflow, contact_reason, reason, engaged_by, engaged_at FROM newel.kill_switch
WHERE released_at IS NULL ORDER BY engaged_at, workflow NULLS FIRST, contact_reason NULLS FIRST;
