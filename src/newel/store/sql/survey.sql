-- name: add
-- One question for an episode.
INSERT INTO newel.survey (id, case_id, conversation_id, episode, tier, kind, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: read
SELECT id, case_id, kind, answered_at, expires_at FROM newel.survey WHERE id = $1;

-- name: open_of
-- The newest survey of a conversation, while it can be answered and nothing new has begun.
SELECT s.id, s.kind, s.asked_at, s.expires_at FROM newel.survey s JOIN newel.cases c ON c.id = s.case_id
WHERE s.conversation_id = $1 AND s.answered_at IS NULL AND s.expires_at > $2
    AND c.state = 'resolved' AND c.episode = s.episode ORDER BY s.asked_at DESC, s.id LIMIT 1;

-- name: scores
-- How often each score was given since a time, by kind.
SELECT kind, score, count(*)::integer AS times FROM newel.survey WHERE answered_at >= $1 GROUP BY kind, score;

-- name: of_customer
-- What a customer answered last.
SELECT s.kind, s.score, s.answered_at, s.case_id FROM newel.cases c JOIN newel.survey s ON s.case_id = c.id
WHERE c.customer_id = $1 AND s.answered_at IS NOT NULL ORDER BY s.answered_at DESC, s.id LIMIT $2;

-- name: answer
UPDATE newel.survey SET score = $2, comment_sealed = $3, answered_at = $4
WHERE id = $1 AND answered_at IS NULL RETURNING id;
