-- name: waiting
-- What waits for an approver, the most urgent first, with what opens its draft.
SELECT a.id, a.case_id, a.proposal_id, a.amount_minor, a.due_at, a.created_at, a.asked_by, c.workflow, c.customer_id,
    p.contact_reason, p.draft_sealed, c.key_wrapped, k.wrapped AS subject_wrapped
FROM (SELECT id, case_id, proposal_id, amount_minor, due_at, created_at, asked_by FROM newel.approval
        WHERE state = 'pending' ORDER BY due_at, id LIMIT $1) a
    JOIN newel.proposal p ON p.id = a.proposal_id JOIN newel.cases c ON c.id = a.case_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id
ORDER BY a.due_at, a.id;

-- name: count
-- How many wait.
SELECT count(*) FROM newel.approval WHERE state = 'pending';

-- name: asked
-- One approval with its times, and what became of it.
SELECT a.id, a.case_id, a.proposal_id, a.message_id, a.state, a.edited, a.amount_minor, a.due_at, a.expires_at,
    a.created_at, a.decided_by, a.decided_at, a.reason, s.name AS decided_by_name,
    a.asked_by, y.name AS asked_by_name,
    p.policy_id, v.workflow || '/' || v.number AS policy_version
FROM newel.approval a JOIN newel.proposal p ON p.id = a.proposal_id JOIN newel.policy_version v ON v.id = p.policy_id
    LEFT JOIN newel.staff s ON s.id = a.decided_by LEFT JOIN newel.staff y ON y.id = a.asked_by
WHERE a.id = $1;

-- name: talk
-- What was said in an episode up to now, newest last: what came in with its receipt, what has left.
SELECT id, seq, direction, author, body_sealed, created_at, receipt_id, evidence_sealed, released_by FROM (
    SELECT m.id, m.seq, m.direction, m.author, m.body_sealed, m.created_at, r.id AS receipt_id, r.evidence_sealed,
        s.name AS released_by
    FROM newel.message m LEFT JOIN newel.scan_receipt r ON r.message_id = m.id
        LEFT JOIN newel.outbox o ON o.message_id = m.id LEFT JOIN newel.staff s ON s.id = m.released_by
    WHERE m.case_id = $1 AND m.episode = $2 AND (m.direction = 'inbound' OR o.state IN ('claimed', 'delivered'))
    ORDER BY m.seq DESC LIMIT $3
) t ORDER BY seq;
