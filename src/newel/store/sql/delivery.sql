-- name: post
-- An outbound message with its place in the outbox.
SELECT newel.post_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: written
-- What stands in one place of the outbox.
SELECT o.message_id, m.body_sealed FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id
WHERE o.id = $1 AND o.case_id = $2;

-- name: disclose
-- The AI has introduced itself in this conversation; a row when it had not yet.
UPDATE newel.conversation SET disclosed = true WHERE id = $1 AND NOT disclosed RETURNING id;

-- name: template_sent
-- Whether this fixed text was sent in this episode, and since the AI last had the case back from a person.
SELECT EXISTS (SELECT FROM newel.message WHERE case_id = $1 AND episode = $2 AND template = $3
    AND created_at > coalesce((SELECT max(at) FROM newel.lowering WHERE case_id = $1 AND episode = $2 AND to_tier < 3),
        '-infinity'));

-- name: somebody_here
-- Whether anybody who works on cases is available.
SELECT EXISTS (SELECT FROM newel.staff
    WHERE active AND presence = 'available' AND roles && ARRAY['resolver', 'supervisor']);

-- name: claim
-- From here the message $2 of the case $1 may leave, and what goes with it; with each what the channel needs.
-- A transaction by itself: the case is locked first, as everywhere; the events are written with it, or the job
-- ($3, $4) ends with a message that has ended.
WITH step AS MATERIALIZED (
    SELECT newel.now() AS now, c.customer_id, c.key_wrapped, k.wrapped
    FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    WHERE c.id = $1::uuid FOR NO KEY UPDATE OF c
), claimed AS MATERIALIZED (
    SELECT step.*, m.* FROM step CROSS JOIN LATERAL newel.claim_messages($2::uuid, step.now) m
), told AS MATERIALIZED (
    SELECT array_agg(gen_random_uuid()) AS ids, array_agg('outbox.claimed'::text) AS names,
        array_agg('outbox'::text) AS entities, array_agg(outbox_id::text) AS boxes,
        array_agg(CASE WHEN was <> 'claimed' THEN 'claimed' END) AS states, array_agg($1::uuid) AS cases,
        array_agg(jsonb_build_object('attempt', attempts)::text) AS data
    FROM claimed WHERE outcome = 'claimed'
), ended AS MATERIALIZED (
    SELECT newel.end_step(step.now, $5::text, $6::text, coalesce(ids, '{}'), names, entities, boxes, states, cases, data,
        '{}', '{}', CASE WHEN EXISTS (SELECT FROM claimed WHERE outcome = 'ended') THEN ARRAY[$3::bigint] ELSE '{}' END,
        ARRAY[$4::bigint], '{}', '{}', '{}', '{}', '{}', '{}') AS finished
    FROM step CROSS JOIN told
)
SELECT customer_id, key_wrapped, wrapped, outcome, outbox_id, message_id, conversation_id, attempts, visible_seq,
    channel, author, text_mac, body_sealed, created_at, profile_sealed, finished
FROM claimed CROSS JOIN ended;

-- name: delivered
-- The provider has the messages $2 of the case $1: told $7, and the job ($3, $4) done where these were the last
-- ($8), if that is still ours; no row when it is not. A transaction by itself. It need not be on disk at once:
-- a crash that takes it back sends the same message under the same id once more, as one between the sending
-- and this does.
WITH step AS MATERIALIZED (
    SELECT newel.now() AS now, set_config('synchronous_commit', 'off', true)
    FROM newel.cases WHERE id = $1::uuid FOR NO KEY UPDATE
), held AS MATERIALIZED (
    SELECT step.now FROM step CROSS JOIN LATERAL (
        SELECT id FROM newel.job WHERE id = $3::bigint AND token = $4::bigint AND state = 'running' FOR UPDATE) j
), ended AS (
    UPDATE newel.outbox o SET state = 'delivered', ended_at = held.now, provider_id = told.provider_id, reason = ''
    FROM held CROSS JOIN unnest($2::uuid[], $7::text[]) AS told (id, provider_id)
    WHERE o.id = told.id AND o.state = 'claimed' RETURNING o.id
), told AS MATERIALIZED (
    SELECT coalesce(array_agg(gen_random_uuid()), '{}') AS ids, array_agg('outbox.delivered'::text) AS names,
        array_agg('outbox'::text) AS entities, array_agg(id::text) AS boxes, array_agg('delivered'::text) AS states,
        array_agg($1::uuid) AS cases, array_agg('{"reason": ""}'::text) AS data
    FROM ended
)
SELECT newel.end_step(now, $5::text, $6::text, ids, names, entities, boxes, states, cases, data, '{}', '{}',
    CASE WHEN $8::boolean THEN ARRAY[$3::bigint] ELSE '{}' END, ARRAY[$4::bigint],
    '{}', '{}', '{}', '{}', '{}', '{}') AS finished
FROM held CROSS JOIN told;

-- name: end
-- withdrawn or dead.
UPDATE newel.outbox SET state = $2, ended_at = $3, reason = $4
WHERE id = $1 AND state = ANY ($5::text[]) RETURNING id;

-- name: redeliver
-- Dead letters are sent again by command: those of $1, or all.
UPDATE newel.outbox SET state = 'pending', ended_at = NULL, attempts = 0
WHERE state = 'dead' AND ($1::uuid[] IS NULL OR id = ANY ($1)) RETURNING id, case_id, before_id;

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

-- name: introductions
-- By what the AI was to introduce itself right before a reply that does not leave any more.
SELECT o.id, o.state, o.conversation_id FROM newel.outbox o JOIN newel.outbox r ON r.id = o.before_id
WHERE o.case_id = $1 AND o.state IN ('pending', 'claimed') AND r.state IN ('withdrawn', 'dead') FOR UPDATE OF o;

-- name: undisclose
-- The AI has not introduced itself after all.
UPDATE newel.conversation SET disclosed = false WHERE id = $1;

-- name: unsent_stating
-- Replies that state a confirmed action and have not left.
SELECT o.id FROM newel.outbox o JOIN newel.action a ON a.id = o.action_id
WHERE o.case_id = $1 AND o.state = 'pending' AND a.state = 'confirmed' FOR UPDATE OF o;

-- name: live_proposals
SELECT id, state FROM newel.proposal WHERE case_id = $1 AND state IN ('made', 'pending', 'released') FOR UPDATE;

-- name: end_proposal
UPDATE newel.proposal SET state = $2 WHERE id = $1;

-- name: live_approvals
SELECT a.id, a.state, a.asked_by FROM newel.approval a
WHERE a.case_id = $1 AND (a.state = 'pending' OR (a.state = 'approved' AND EXISTS (
    SELECT FROM newel.action x WHERE x.approval_id = a.id AND x.state = 'authorised'))) FOR UPDATE;

-- name: invalidate
UPDATE newel.approval SET state = 'invalidated', reason = $2, decided_at = coalesce(decided_at, $3) WHERE id = $1;

-- name: live_actions
-- What nothing was called of that could yet land.
SELECT id FROM newel.action WHERE case_id = $1 AND state = 'authorised' AND NOT under_way FOR UPDATE;

-- name: void
UPDATE newel.action SET state = 'void', reason = $2, ended_at = $3 WHERE id = $1;
