-- name: by_mac
-- Who stands behind an operator's reference (channel '') or an address of a channel.
SELECT customer_id FROM newel.customer_identity WHERE channel = $1 AND identity_mac = $2;

-- name: read
-- The customer with the wrapped key.
SELECT c.id, c.kind, c.profile_sealed, c.segment, c.lifetime_value_minor, c.currency, c.vip, c.vulnerable,
    c.prefers_human, c.training_consent, c.language, c.region, k.wrapped
FROM newel.customer c JOIN keyring.subject_key k ON k.subject_id = c.id WHERE c.id = $1;

-- name: add_check
-- The first master key that comes is this database's.
INSERT INTO keyring.master_check (sealed, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: check
SELECT sealed FROM keyring.master_check;

-- name: any_key
-- One wrapped key, to see whether the master key fits.
SELECT subject_id, wrapped FROM keyring.subject_key WHERE wrapped IS NOT NULL LIMIT 1;

-- name: add_key
INSERT INTO keyring.subject_key (subject_id, wrapped, created_at) VALUES ($1, $2, $3);

-- name: add
INSERT INTO newel.customer (id, kind, profile_sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $4);

-- name: identify
-- Bind an identity; the first binding stands.
INSERT INTO newel.customer_identity (channel, identity_mac, customer_id) VALUES ($1, $2, $3)
ON CONFLICT (channel, identity_mac) DO NOTHING;

-- name: put
-- What the system of record says of a customer.
UPDATE newel.customer SET profile_sealed = $2, segment = $3, lifetime_value_minor = $4, currency = $5, vip = $6,
    vulnerable = $7, training_consent = $8, language = $9, updated_at = $10, region = $11
WHERE id = $1;

-- name: prefer
-- The lasting preference, set by its own act.
UPDATE newel.customer SET prefers_human = $2, updated_at = $3 WHERE id = $1 AND prefers_human <> $2;

-- name: with_ai
-- A customer's cases that the AI has under way, or whose answer has not left yet, in the order in which they are locked.
SELECT c.id FROM newel.cases c WHERE c.customer_id = $1 AND c.kind = 'conversation'
    AND (c.state IN ('ai', 'deflecting', 'approval', 'held', 'acting') OR c.state = 'waiting' AND c.tier IN (1, 2) AND EXISTS (
        SELECT FROM newel.outbox o WHERE o.case_id = c.id AND o.state = 'pending')) ORDER BY c.id;

-- name: referred
-- Whether the operator has a reference of their own for this customer.
SELECT EXISTS (SELECT FROM newel.customer_identity WHERE customer_id = $1 AND channel = '');

-- name: lock_identity
-- Two first messages of one customer are one customer.
SELECT pg_advisory_xact_lock(7306, hashtext(encode($1, 'hex')));

-- name: begun_in
-- The cases of a conversation and of what is merged with it, locked, with their keys.
SELECT case_id, conversation_id, key_wrapped FROM newel.begun_in($1);

-- name: become
-- They are a known customer's from here on.
SELECT newel.become($1, $2, $3, $4, $5);

-- name: of_talk
-- Whose conversation it is.
SELECT customer_id FROM newel.conversation WHERE id = $1;

-- name: prefers
-- Whether a customer wants people always.
SELECT prefers_human FROM newel.customer WHERE id = $1;
