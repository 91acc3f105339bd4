-- name: usable
-- The saved texts of a person and of the team, for a workflow; one's own hides the team's of the same name.
SELECT DISTINCT ON (name) name, title, body, workflow, owner_id IS NULL AS team FROM newel.macro
WHERE workflow IN ('', $1) AND (owner_id IS NULL OR owner_id = $2)
ORDER BY name, owner_id NULLS LAST, workflow DESC;

-- name: put
INSERT INTO newel.macro (id, owner_id, workflow, name, title, body, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (name, workflow, owner_id) DO UPDATE SET title = $5, body = $6, changed_at = $7, changed_by = $8
RETURNING id;

-- name: remove
DELETE FROM newel.macro WHERE name = $1 AND workflow = $2 AND owner_id IS NOT DISTINCT FROM $3 RETURNING id;
