-- name: known
-- The message of (channel, external id), if it is already here.
SELECT m.id, m.case_id, c.conversation_id, c.state FROM newel.message m JOIN newel.cases c ON c.id = m.case_id
WHERE m.channel = $1 AND m.external_mac = $2 AND m.direction = 'inbound';

-- name: lock_external
-- The same message twice at the same time is one message.
SELECT pg_advisory_xact_lock(7307, hashtext(encode($1, 'hex')));

-- name: lock_thread
-- Messages of one thread are taken in one after the other. The row itself stays free: whoever locks
-- it holds the case already.
SELECT pg_advisory_xact_lock(7308, hashtext(encode($1, 'hex')));

-- name: conversation
-- The conversation of a thread, made when new.
WITH made AS (
    INSERT INTO newel.conversation (id, workflow, channel, thread_mac, customer_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, thread_mac) DO NOTHING RETURNING id, customer_id
)
SELECT id, customer_id FROM made
UNION ALL SELECT id, customer_id FROM newel.conversation WHERE channel = $3 AND thread_mac = $4;

-- name: candidates
-- The cases that a message might join: by conversation or by name.
SELECT id, conversation_id, opened_at, resolved_at FROM newel.cases
WHERE customer_id = $2 AND (conversation_id = $1 OR id = $3) ORDER BY opened_at DESC LIMIT 20;

-- name: message
-- An inbound message.
INSERT INTO newel.message (id, case_id, episode, direction, channel, external_mac, drafted_by, text_mac,
    body_sealed, received_at, created_at)
VALUES ($1, $2, $3, 'inbound', $4, $5, 'customer', $6, $7, $8, $8);

-- name: item
INSERT INTO newel.item (id, case_id, message_id, confidence, fields_sealed, created_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: receipt
-- The scan's receipt, in the message's own transaction.
INSERT INTO newel.scan_receipt (id, message_id, case_id, policy_id, outcome, tier_floor, locked, markers, clusters,
    risk, not_evaluated, evidence_sealed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: inbound
-- The customer's messages of one episode in order, with their receipts.
SELECT m.id, m.body_sealed, m.received_at, m.seq, r.id AS receipt_id, r.evidence_sealed
FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
WHERE m.case_id = $1 AND m.episode = $2 AND m.direction = 'inbound' ORDER BY m.seq;

-- name: item_of
-- The newest fields of a case.
SELECT id, message_id, confidence, fields_sealed FROM newel.item WHERE case_id = $1 ORDER BY created_at DESC LIMIT 1;

-- name: last_outbound
-- The sequence of the newest message to the customer in an episode.
SELECT coalesce(max(seq), 0) FROM newel.message
WHERE case_id = $1 AND episode = $2 AND direction = 'outbound' AND drafted_by <> 'template';

-- name: answered
-- The newest message of an episode that a reply or an act has answered. A question has answered
-- nothing, nor has a reply that was taken back: the turn begins after this one.
SELECT coalesce(max(seq), 0) FROM (
    SELECT coalesce(i.seq, m.seq) AS seq
    FROM newel.message m JOIN newel.outbox o ON o.message_id = m.id
        LEFT JOIN newel.proposal p ON p.id = m.proposal_id LEFT JOIN newel.message i ON i.id = p.message_id
    WHERE m.case_id = $1 AND m.episode = $2 AND m.direction = 'outbound' AND m.drafted_by <> 'template'
        AND o.state <> 'withdrawn' AND NOT coalesce('question' = ANY (p.reasons), false)
    UNION ALL
    SELECT i.seq FROM newel.action a JOIN newel.message i ON i.id = a.message_id
    WHERE a.case_id = $1 AND i.episode = $2 AND a.state IN ('claimed', 'confirmed', 'unknown')
) t;

-- name: history
-- Earlier contacts of the customer: the first message of each other episode of the newest 20 cases.
WITH recent AS (
    SELECT id, contact_reason, key_wrapped FROM newel.cases
    WHERE customer_id = $1 AND opened_at >= $2 ORDER BY opened_at DESC LIMIT 20
)
SELECT DISTINCT ON (m.case_id, m.episode) m.id, m.case_id, m.body_sealed, m.received_at, r.contact_reason,
    r.key_wrapped
FROM recent r JOIN newel.message m ON m.case_id = r.id
WHERE m.direction = 'inbound' AND (m.case_id, m.episode) <> ($3, $4)
ORDER BY m.case_id, m.episode, m.seq;
