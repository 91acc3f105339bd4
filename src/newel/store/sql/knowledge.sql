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

-- name: titles
-- Articles in force by title, or by how well they hold the words of $1; of one collection ($2) if it is given.
SELECT a.id, a.title, a.collection, a.language, a.owner, a.updated, a.version, d.state AS draft
FROM newel.article a LEFT JOIN newel.article_draft d ON d.article_id = a.id AND d.state IN ('draft', 'review')
WHERE a.current AND ($2::text IS NULL OR a.collection = $2)
    AND ($1::text IS NULL OR to_tsvector('simple', a.title || ' ' || a.body) @@ to_tsquery('simple', $1))
ORDER BY CASE WHEN $1::text IS NULL THEN 0 ELSE -ts_rank(
    setweight(to_tsvector('simple', a.title), 'A') || to_tsvector('simple', a.body), to_tsquery('simple', $1)) END,
    a.title, a.id LIMIT $3;

-- name: called
-- The names of those among these logins who have an account.
SELECT login, name FROM newel.staff WHERE login = ANY($1::text[]);

-- name: collections
SELECT DISTINCT collection FROM newel.article WHERE current ORDER BY collection;

-- name: languages
-- The languages that somebody speaks, or that an article, a draft of one or a saved text is written in.
SELECT unnest(languages) AS language FROM newel.staff WHERE active
UNION SELECT language FROM newel.article WHERE current
UNION SELECT language FROM newel.article_draft WHERE state IN ('draft', 'review')
UNION SELECT language FROM newel.macro WHERE active;

-- name: article
-- One version of an article; the one in force where none is named.
SELECT id, version, collection, language, title, body, owner, updated FROM newel.article
WHERE id = $1 AND CASE WHEN $2::integer IS NULL THEN current ELSE version = $2 END;

-- name: history
-- All versions of an article, with who wrote and read those that were drafts.
SELECT a.version, a.updated, a.current, a.created_at, w.name AS written_by, r.name AS read_by
FROM newel.article a LEFT JOIN newel.article_draft d ON d.article_id = a.id AND d.version = a.version
    LEFT JOIN newel.staff w ON w.id = d.written_by LEFT JOIN newel.staff r ON r.id = d.decided_by
WHERE a.id = $1 ORDER BY a.version DESC;

-- name: draft
-- A draft with its people.
SELECT d.id, d.article_id, d.base_version, d.state, d.revision, d.collection, d.language, d.title, d.body, d.owner,
    d.written_by, w.name AS writer, d.saved_at, r.name AS decider, d.decided_at, d.remark, d.version
FROM newel.article_draft d JOIN newel.staff w ON w.id = d.written_by LEFT JOIN newel.staff r ON r.id = d.decided_by
WHERE d.id = $1;

-- name: draft_of
-- The open draft of an article.
SELECT d.id, d.article_id, d.base_version, d.state, d.revision, d.collection, d.language, d.title, d.body, d.owner,
    d.written_by, w.name AS writer, d.saved_at, r.name AS decider, d.decided_at, d.remark, d.version
FROM newel.article_draft d JOIN newel.staff w ON w.id = d.written_by LEFT JOIN newel.staff r ON r.id = d.decided_by
WHERE d.article_id = $1 AND d.state IN ('draft', 'review');

-- name: open_drafts
-- What is being written or waits for a reader.
SELECT d.id, d.article_id, d.base_version, d.state, d.revision, d.collection, d.language, d.title, d.body, d.owner,
    d.written_by, w.name AS writer, d.saved_at, r.name AS decider, d.decided_at, d.remark, d.version
FROM newel.article_draft d JOIN newel.staff w ON w.id = d.written_by LEFT JOIN newel.staff r ON r.id = d.decided_by
WHERE d.state IN ('draft', 'review') ORDER BY d.saved_at, d.id;

-- name: lock_draft
SELECT id FROM newel.article_draft WHERE id = $1 FOR UPDATE;

-- name: add_draft
-- A new draft, if no other of this article is open.
INSERT INTO newel.article_draft (id, article_id, base_version, state, collection, language, title, body, owner,
    written_by, saved_at)
VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (article_id) WHERE state IN ('draft', 'review') DO NOTHING;

-- name: save_draft
-- The next revision of a draft.
UPDATE newel.article_draft SET revision = revision + 1, collection = $3, language = $4, title = $5, body = $6,
    owner = $7, saved_at = $8 WHERE id = $1 AND revision = $2 AND state = 'draft' RETURNING id;

-- name: move_draft
-- Another state, if state and revision are as read.
UPDATE newel.article_draft SET state = $4, decided_by = $5, decided_at = $6, remark = $7, version = $8
WHERE id = $1 AND state = $2 AND revision = $3 RETURNING id;
