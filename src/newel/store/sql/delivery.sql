-- name: message
-- An outbound message with its provenance; the author follows from it.
INSERT INTO newel.message (id, case_id, episode, direction, channel, drafted_by, released_by, approval_id, proposal_id,
    template, policy_id, text_mac, body_sealed, created_at)
SELECT $1, $2, $3, 'outbound', c.channel, $5, $6, $7, $8, $9, $10, $11, $12, $13
FROM newel.conversation c WHERE c.id = $4;

-- name: outbox
INSERT INTO newel.outbox (id, message_id, case_id, conversation_id, episode, state, action_id, created_at)
VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7);

-- name: disclose
-- The AI has introduced itself in this conversation; a row when it had not yet.
UPDATE newel.conversation SET disclosed = true WHERE id = $1 AND NOT disclosed RETURNING id;

-- name: template_sent
-- Whether this fixed text was sent in this episode.
SELECT EXISTS (SELECT FROM newel.message WHERE case_id = $1 AND episode = $2 AND template = $3);

-- name: lock_conversation
SELECT id FROM newel.conversation WHERE id = (SELECT conversation_id FROM newel.outbox WHERE id = $1) FOR NO KEY UPDATE;

-- name: behind
-- Whether an earlier message of the same case has not left yet: messages leave in their order.
SELECT EXISTS (SELECT FROM newel.outbox o JOIN newel.outbox e ON e.case_id = o.case_id AND e.seq < o.seq
    WHERE o.id = $1 AND o.state = 'pending' AND e.state = 'pending');

-- name: claim
-- From here the message may leave: the store's last gate, and its place in the conversation.
UPDATE newel.outbox o SET state = 'claimed', claimed_at = $2, attempts = attempts + 1,
    visible_seq = coalesce(o.visible_seq, 1 + coalesce((SELECT max(v.visible_seq) FROM newel.outbox v
        WHERE v.conversation_id = o.conversation_id), 0))
WHERE o.id = $1 AND o.state IN ('pending', 'claimed')
RETURNING o.id, o.message_id, o.case_id, o.conversation_id, o.attempts, o.visible_seq;

-- name: payload
-- What the channel needs.
SELECT m.id, m.channel, m.author, m.body_sealed, m.created_at, c.customer_id, k.wrapped AS subject_wrapped,
    c.key_wrapped
FROM newel.message m JOIN newel.cases c ON c.id = m.case_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE m.id = $1;

-- name: state
SELECT id, state, message_id, case_id, attempts FROM newel.outbox WHERE id = $1;

-- name: end
-- delivered, withdrawn or dead.
UPDATE newel.outbox SET state = $2, ended_at = $3, provider_id = $4, reason = $5
WHERE id = $1 AND state = ANY ($6::text[]) RETURNING id;

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
