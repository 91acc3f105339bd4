-- name: seen_by
-- A person's own views, and what their team shares.
SELECT v.id, v.staff_id, s.name AS by, v.team, v.name, v.workflow, v.priority, v.language, v.late, v.tag
FROM (SELECT * FROM newel.saved_view WHERE staff_id = $1 AND removed_at IS NULL
        UNION SELECT v.* FROM newel.staff me JOIN newel.saved_view v ON v.team = me.team
        WHERE me.id = $1 AND v.removed_at IS NULL AND v.team <> '') v JOIN newel.staff s ON s.id = v.staff_id
ORDER BY v.staff_id <> $1, v.name, v.id LIMIT 60;

-- name: read
SELECT v.id, v.staff_id, s.name AS by, v.team, v.name, v.workflow, v.priority, v.language, v.late, v.tag
FROM newel.saved_view v JOIN newel.staff s ON s.id = v.staff_id WHERE v.id = $1 AND v.removed_at IS NULL;

-- name: kept
-- How many others than the one of this name a person keeps.
SELECT count(*) FROM newel.saved_view WHERE staff_id = $1 AND removed_at IS NULL AND name <> $2;

-- name: put
-- Kept; one of the same name is replaced.
INSERT INTO newel.saved_view (id, staff_id, team, name, workflow, priority, language, late, tag, saved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (staff_id, name) WHERE removed_at IS NULL DO UPDATE
    SET team = excluded.team, workflow = excluded.workflow, priority = excluded.priority,
        language = excluded.language, late = excluded.late, tag = excluded.tag, saved_at = excluded.saved_at
RETURNING id;

-- name: remove
UPDATE newel.saved_view SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL RETURNING id;
