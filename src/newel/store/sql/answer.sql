-- name: brief
-- The case with its keys, unlocked, and all that an answer is made from; opens a step.
SELECT newel.now() AS now, c.id, c.workflow, c.kind, c.customer_id, c.conversation_id, c.key_wrapped, k.wrapped AS subject_wrapped,
    c.policy_id, c.episode, c.state, c.tier, c.locked, c.priority, c.assist, c.contact_reason, c.language,
    c.deflected, c.follow_up, c.last_inbound_id, c.turn, c.due_at, c.opened_at, c.episode_opened_at,
    c.answered_at, c.resolved_at, c.reply_to, b.profile_sealed,
    b.kind AS customer_kind, b.segment, b.lifetime_value_minor, b.currency, b.vip, b.vulnerable, b.prefers_human,
    b.training_consent, b.spoken, b.item_id, b.item_confidence, b.item_sealed, b.ids, b.seqs, b.ats, b.bodies,
    b.receipts, b.evidence, b.answered, b.lowered_to, b.lowered_at
FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    CROSS JOIN LATERAL newel.brief(c.id) b
WHERE c.id = $1;

-- name: add_proposal
INSERT INTO newel.proposal (id, case_id, episode, message_id, revision, contact_reason, drafted_by, confidence,
    calibrated, model, reasons, sources, draft_sealed, state, policy_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: decide
-- A proposal, where there is one, and the decision about it.
SELECT newel.decide_proposal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23);

-- name: proposal
SELECT id, case_id, episode, message_id, revision, contact_reason, drafted_by, confidence, calibrated, model, reasons,
    sources, draft_sealed, state, policy_id FROM newel.proposal WHERE id = $1;

-- name: standing
-- How often the AI has asked a question in this episode, and whether AI sending is stopped for the
-- workflow or this reason of it.
SELECT (SELECT count(*) FROM newel.proposal WHERE case_id = $1 AND episode = $2 AND 'question' = ANY (reasons)) AS asked,
    EXISTS (SELECT FROM newel.kill_switch WHERE released_at IS NULL
        AND (workflow IS NULL OR workflow = $3) AND (contact_reason IS NULL OR contact_reason = $4)) AS killed;

-- name: open_question
-- The reason of the newest question that was put to the customer after the last answered message.
SELECT p.contact_reason FROM newel.proposal p JOIN newel.message i ON i.id = p.message_id
    JOIN newel.message m ON m.proposal_id = p.id AND m.case_id = p.case_id JOIN newel.outbox o ON o.message_id = m.id
WHERE p.case_id = $1 AND p.episode = $2 AND i.seq > $3 AND 'question' = ANY (p.reasons)
    AND o.state <> 'withdrawn' ORDER BY i.seq DESC LIMIT 1;

-- name: asks
-- Whether the newest message that the AI wrote in an episode puts a question.
SELECT 'question' = ANY (p.reasons) FROM newel.message m JOIN newel.proposal p ON p.id = m.proposal_id
WHERE m.case_id = $1 AND m.episode = $2 AND m.direction = 'outbound' ORDER BY m.seq DESC LIMIT 1;

-- name: deflected_at
-- When articles were offered in this episode in place of a person.
SELECT at FROM newel.decision WHERE case_id = $1 AND episode = $2 AND kind = 'deflect' ORDER BY at DESC LIMIT 1;

-- name: spent
-- What one action class has cost for a customer since a time, or yet may: the guard counts the same but for what is
-- authorised and was never called, which it counts as it is called.
SELECT coalesce(sum(amount_minor), 0)::bigint FROM newel.action
WHERE customer_id = $1 AND class = $2 AND created_at >= $3 AND state NOT IN ('refused', 'void');
