-- name: put
-- A new version of an article, unless it says what the current one says.
INSERT INTO newel.article (id, version, collection, language, title, body, owner, updated, current, created_at)
SELECT $1, 1 + coalesce((SELECT max(version) FROM newel.article WHERE id = $1), 0), $2, $3, $4, $5, $6, $7, true, $8
WHERE NOT EXISTS (SELECT FROM newel.article WHERE id = $1 AND current AND (collection, language, title, body, owner,
    updated) = ($2, $3, $4, $5, $6, $7))
RETURNING version;

-- name: retire
-- The versions before the newest are history.
UPDATE newel.article SET current = false WHERE id = $1 AND current AND EXISTS (
    SELECT FROM newel.article a WHERE a.id = $1
        AND (a.collection, a.language, a.title, a.body, a.owner, a.updated) <> ($2, $3, $4, $5, $6, $7) AND a.current);

-- name: current
SELECT id, version, collection, language, title, body, owner, updated FROM newel.article WHERE current ORDER BY id;

-- name: stamp
-- Changes when the knowledge in force changes.
SELECT count(*)::text || '/' || coalesce(max(created_at)::text, '') FROM newel.article WHERE current;
