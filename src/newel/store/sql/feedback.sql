-- name: add
INSERT INTO newel.feedback (id, case_id, resolution_id, kind, state, body_sealed, created_at)
VALUES ($1, $2, $3, $4, 'pending', $5, $6);

-- name: lock
-- One piece of feedback, locked.
SELECT id, case_id, kind, state, body_sealed, attempts FROM newel.feedback WHERE id = $1 FOR NO KEY UPDATE;

-- name: label
-- A label; the same feedback twice makes one.
INSERT INTO newel.label (feedback_id, use, workflow, contact_reason, masked_text, right_answer, confidence, data, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (feedback_id, use) DO NOTHING;

-- name: ingested
UPDATE newel.feedback SET state = 'ingested', ended_at = $2, error = '', attempts = attempts + 1
WHERE id = $1 AND state = 'pending';

-- name: tried
-- One attempt more, with its error; it stays pending.
UPDATE newel.feedback SET attempts = attempts + 1, error = $2 WHERE id = $1 AND state = 'pending' RETURNING attempts;

-- name: bury
UPDATE newel.feedback SET state = 'dead', ended_at = $2 WHERE id = $1 AND state = 'pending';

-- name: revive
-- Dead letters ($1, or all when it is null) are pending again.
UPDATE newel.feedback SET state = 'pending', ended_at = NULL, attempts = 0, error = ''
WHERE state = 'dead' AND ($1::uuid[] IS NULL OR id = ANY ($1)) RETURNING id, case_id;

-- name: dead
SELECT id, case_id, kind, attempts, error, created_at, ended_at FROM newel.feedback
WHERE state = 'dead' ORDER BY created_at, id LIMIT $1;

-- name: lag
-- The age of the oldest pending feedback, in seconds.
SELECT extract(epoch FROM $1 - min(created_at))::float8 FROM newel.feedback WHERE state = 'pending';
