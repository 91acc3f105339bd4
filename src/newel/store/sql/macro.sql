-- name: lock_name
-- Two editors of one macro wait for each other.
SELECT pg_advisory_xact_lock(7309, hashtext($1));

-- name: named
SELECT id, workflow, language, name, team, body, active, updated_by, updated_at FROM newel.macro
WHERE workflow = $1 AND language = $2 AND name = $3;

-- name: read
SELECT id, workflow, language, name, team, body, active, updated_by, updated_at FROM newel.macro WHERE id = $1;

-- name: put
INSERT INTO newel.macro (id, workflow, language, name, team, body, updated_by, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (workflow, language, name) DO UPDATE
    SET team = excluded.team, body = excluded.body, active = true, updated_by = excluded.updated_by,
        updated_at = excluded.updated_at;

-- name: retire
UPDATE newel.macro SET active = false, updated_by = $2, updated_at = $3 WHERE id = $1 AND active RETURNING id;

-- name: search
-- The macros of a workflow, in a language or any; whose name or text has these words.
SELECT id, workflow, language, name, team, body, active, updated_by, updated_at FROM newel.macro
WHERE active AND workflow = $1 AND ($2 = '' OR language = $2)
    AND ($3 = '' OR position(lower($3) IN lower(name)) > 0 OR position(lower($3) IN lower(body)) > 0)
ORDER BY position(lower($3) IN name) <> 1, name, language LIMIT $4;

-- name: shelf
-- The macros of all workflows, those of the team $1 first; whose name or text has these words.
SELECT id, workflow, language, name, team, body, active, updated_by, updated_at FROM newel.macro
WHERE active AND ($2 = '' OR position(lower($2) IN lower(name)) > 0 OR position(lower($2) IN lower(body)) > 0)
ORDER BY team <> $1, workflow, name, language, id LIMIT $3;
