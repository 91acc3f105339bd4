-- name: add_proposal
INSERT INTO newel.proposal (id, case_id, episode, message_id, revision, contact_reason, drafted_by, confidence,
    calibrated, model, reasons, sources, draft_sealed, state, policy_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: add_decision
INSERT INTO newel.decision (id, case_id, episode, message_id, proposal_id, kind, tier, reasons, signals, sampled,
    policy_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: proposal
SELECT id, case_id, episode, message_id, revision, contact_reason, drafted_by, confidence, calibrated, model, reasons,
    sources, draft_sealed, state, policy_id FROM newel.proposal WHERE id = $1;

-- name: asked
-- How often the AI has asked a question in this episode.
SELECT count(*) FROM newel.proposal WHERE case_id = $1 AND episode = $2 AND 'question' = ANY (reasons);

-- name: open_question
-- The reason of the newest question that was put to the customer after the last answered message.
SELECT p.contact_reason FROM newel.proposal p JOIN newel.message i ON i.id = p.message_id
    JOIN newel.message m ON m.proposal_id = p.id JOIN newel.outbox o ON o.message_id = m.id
WHERE p.case_id = $1 AND p.episode = $2 AND i.seq > $3 AND 'question' = ANY (p.reasons)
    AND o.state <> 'withdrawn' ORDER BY i.seq DESC LIMIT 1;

-- name: killed
-- Whether AI sending is stopped for the workflow or this reason of it.
SELECT EXISTS (SELECT FROM newel.kill_switch WHERE released_at IS NULL
    AND (workflow IS NULL OR workflow = $1) AND (contact_reason IS NULL OR contact_reason = $2));

-- name: spent
-- What one action class has cost for a customer since a time, counted as the guard counts it.
SELECT coalesce(sum(amount_minor), 0)::bigint FROM newel.action
WHERE customer_id = $1 AND class = $2 AND created_at >= $3 AND state IN ('claimed', 'confirmed', 'unknown');
