-- name: channel
-- By what a conversation is held.
SELECT channel FROM newel.conversation WHERE id = $1;

-- name: lock
-- The case with its keys, locked against everybody else; opens a step, with its time.
SELECT newel.now() AS now, c.id, c.workflow, c.kind, c.customer_id, c.conversation_id, c.key_wrapped, k.wrapped AS subject_wrapped,
    c.policy_id, c.episode, c.state, c.tier, c.locked, c.priority, c.assist, c.contact_reason, c.language,
    c.deflected, c.follow_up, c.last_inbound_id, c.turn, c.due_at, c.opened_at, c.episode_opened_at,
    c.answered_at, c.resolved_at, c.reply_to
FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE c.id = $1 FOR NO KEY UPDATE OF c;

-- name: lock_several
-- These cases with their keys, locked one after the other in the order of their ids.
SELECT c.id, c.workflow, c.kind, c.customer_id, c.conversation_id, c.key_wrapped, k.wrapped AS subject_wrapped,
    c.policy_id, c.episode, c.state, c.tier, c.locked, c.priority, c.assist, c.contact_reason, c.language,
    c.deflected, c.follow_up, c.last_inbound_id, c.turn, c.due_at, c.opened_at, c.episode_opened_at,
    c.answered_at, c.resolved_at, c.reply_to
FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE c.id = ANY ($1::uuid[]) ORDER BY c.id FOR NO KEY UPDATE OF c;

-- name: lock_free
-- Those of these cases that nobody holds, locked.
SELECT c.id, c.workflow, c.kind, c.customer_id, c.conversation_id, c.key_wrapped, k.wrapped AS subject_wrapped,
    c.policy_id, c.episode, c.state, c.tier, c.locked, c.priority, c.assist, c.contact_reason, c.language,
    c.deflected, c.follow_up, c.last_inbound_id, c.turn, c.due_at, c.opened_at, c.episode_opened_at,
    c.answered_at, c.resolved_at, c.reply_to
FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE c.id = ANY ($1::uuid[]) ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED;

-- name: read
-- The case with its keys, unlocked.
SELECT c.id, c.workflow, c.kind, c.customer_id, c.conversation_id, c.key_wrapped, k.wrapped AS subject_wrapped,
    c.policy_id, c.episode, c.state, c.tier, c.locked, c.priority, c.assist, c.contact_reason, c.language,
    c.deflected, c.follow_up, c.last_inbound_id, c.turn, c.due_at, c.opened_at, c.episode_opened_at,
    c.answered_at, c.resolved_at, c.reply_to
FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE c.id = $1;

-- name: save
-- Write back what a step may change, if nobody moved the case meanwhile.
UPDATE newel.cases SET state = $3, tier = $4, locked = $5, priority = $6, assist = $7, contact_reason = $8,
    language = $9, deflected = $10, follow_up = $11, last_inbound_id = $12, turn = $13, due_at = $14,
    policy_id = $15, episode = $16, episode_opened_at = $17, answered_at = $18, resolved_at = $19, reply_to = $20
WHERE id = $1 AND state = $2;
