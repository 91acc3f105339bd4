-- name: of_case
SELECT tag FROM newel.case_tag WHERE case_id = $1 AND removed_at IS NULL ORDER BY tag;

-- name: add
INSERT INTO newel.case_tag (case_id, tag, at) SELECT $1, tag, $3 FROM unnest($2::text[]) AS a(tag)
ON CONFLICT (case_id, tag) DO UPDATE SET at = excluded.at, removed_at = NULL;

-- name: remove
UPDATE newel.case_tag SET removed_at = $3 WHERE case_id = $1 AND tag = ANY ($2::text[]) AND removed_at IS NULL;

-- name: known
-- The tags in use, from one to the next: as many steps as tags, however many cases carry them.
WITH RECURSIVE used AS (
    (SELECT tag FROM newel.case_tag WHERE removed_at IS NULL ORDER BY tag LIMIT 1)
    UNION ALL
    SELECT (SELECT t.tag FROM newel.case_tag t WHERE t.tag > used.tag AND t.removed_at IS NULL ORDER BY t.tag LIMIT 1)
    FROM used WHERE used.tag IS NOT NULL
)
SELECT tag FROM used WHERE tag IS NOT NULL LIMIT 200;
