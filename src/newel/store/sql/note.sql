-- name: add
-- One note of a person on a case.
INSERT INTO newel.note (id, case_id, episode, author_id, kind, answers, mentions, body_sealed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: of_case
-- The notes of a case in order, with who wrote them and whom they name.
SELECT n.id, n.kind, n.answers, n.author_id, a.login AS author, a.name AS author_name, n.at, n.mentions AS mention_ids,
    n.body_sealed,
    ARRAY(SELECT s.login FROM newel.staff s WHERE s.id = ANY (n.mentions) ORDER BY s.login) AS mentions,
    ARRAY(SELECT s.name FROM newel.staff s WHERE s.id = ANY (n.mentions) ORDER BY s.login) AS mention_names
FROM newel.note n JOIN newel.staff a ON a.id = n.author_id WHERE n.case_id = $1 ORDER BY n.seq;

-- name: named
-- The active people of these logins.
SELECT id, login FROM newel.staff WHERE login = ANY ($1::text[]) AND active ORDER BY login;

-- name: ask
-- A question to an expert, under a grant.
INSERT INTO newel.question (id, case_id, asked_by, expert_id, grant_id, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: question
SELECT id, case_id, asked_by, expert_id, expires_at, answered_at FROM newel.question WHERE id = $1;

-- name: answer
-- It is answered, once.
UPDATE newel.question SET answered_at = $2 WHERE id = $1 AND answered_at IS NULL RETURNING id;
