-- name: post
-- An outbound message with its place in the outbox.
SELECT newel.post_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: disclose
-- The AI has introduced itself in this conversation; a row when it had not yet.
UPDATE newel.conversation SET disclosed = true WHERE id = $1 AND NOT disclosed RETURNING id;

-- name: template_sent
-- Whether this fixed text was sent in this episode.
SELECT EXISTS (SELECT FROM newel.message WHERE case_id = $1 AND episode = $2 AND template = $3);

-- name: claim
-- From here the message may leave; with it what the channel needs.
SELECT * FROM newel.claim_message($1, $2);

-- name: end
-- delivered, withdrawn or dead. That one was delivered need not be on disk at once: a crash that takes it
-- back sends the same message under the same id once more, as one between the sending and this does.
UPDATE newel.outbox SET state = $2, ended_at = $3, provider_id = $4, reason = $5
WHERE id = $1 AND state = ANY ($6::text[])
RETURNING id, CASE WHEN $2 = 'delivered' THEN set_config('synchronous_commit', 'off', true) END;

-- name: redeliver
-- Dead letters are sent again by command: those of $1, or all.
UPDATE newel.outbox SET state = 'pending', ended_at = NULL, attempts = 0
WHERE state = 'dead' AND ($1::uuid[] IS NULL OR id = ANY ($1)) RETURNING id, case_id;

-- name: dead
-- The dead letters, oldest first: no texts.
SELECT o.id, o.case_id, m.channel, m.author, o.reason, o.attempts, o.ended_at
FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id
WHERE o.state = 'dead' ORDER BY o.ended_at, o.id LIMIT $1;

-- name: unsent_ai
-- What the AI drafted and has not left; a reply to an action that happened still stands.
SELECT o.id FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id
WHERE o.case_id = $1 AND o.state = 'pending' AND m.drafted_by = 'ai' AND o.attempts = 0
    AND o.action_id IS NULL FOR UPDATE OF o;

-- name: unsent_stating
-- Replies that state a confirmed action and have not left.
SELECT o.id FROM newel.outbox o JOIN newel.action a ON a.id = o.action_id
WHERE o.case_id = $1 AND o.state = 'pending' AND a.state = 'confirmed' FOR UPDATE OF o;

-- name: live_proposals
SELECT id, state FROM newel.proposal WHERE case_id = $1 AND state IN ('made', 'pending', 'released') FOR UPDATE;

-- name: end_proposal
UPDATE newel.proposal SET state = $2 WHERE id = $1;

-- name: live_approvals
SELECT a.id, a.state FROM newel.approval a
WHERE a.case_id = $1 AND (a.state = 'pending' OR (a.state = 'approved' AND EXISTS (
    SELECT FROM newel.action x WHERE x.approval_id = a.id AND x.state = 'authorised'))) FOR UPDATE;

-- name: invalidate
UPDATE newel.approval SET state = 'invalidated', reason = $2, decided_at = coalesce(decided_at, $3) WHERE id = $1;

-- name: live_actions
SELECT id FROM newel.action WHERE case_id = $1 AND state = 'authorised' AND attempts = 0 FOR UPDATE;

-- name: void
UPDATE newel.action SET state = 'void', reason = $2, ended_at = $3 WHERE id = $1;
