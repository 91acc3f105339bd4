-- name: conversation
-- The conversation of a thread: the customer's own, or what a stranger began and nobody known has.
SELECT v.id FROM newel.conversation v
    LEFT JOIN newel.customer_identity i ON i.customer_id = v.customer_id AND i.channel = ''
WHERE v.channel = 'chat' AND v.thread_mac = $1 AND (i.identity_mac = $2::bytea OR i.identity_mac IS NULL)
ORDER BY i.identity_mac IS NULL, v.created_at, v.id LIMIT 1;

-- name: begun
-- What stands of a stranger's conversation: whether a known customer has it, and whether this one goes on with it,
-- as their own, or as long as it is open and nobody known has it.
SELECT i.identity_mac IS NOT NULL AS known, coalesce(i.identity_mac = $2::bytea, false) OR i.identity_mac IS NULL AND EXISTS (
    SELECT FROM newel.cases c WHERE c.conversation_id = v.id AND c.state <> 'resolved') AS goes_on
FROM newel.conversation v LEFT JOIN newel.customer_identity i ON i.customer_id = v.customer_id AND i.channel = ''
WHERE v.channel = 'chat' AND v.thread_mac = $1
ORDER BY coalesce(i.identity_mac = $2::bytea, false) DESC, v.created_at, v.id LIMIT 1;

-- name: standing
-- The newest matter of a conversation, or what it was merged into: where it stands, and who has it.
SELECT c.id AS case_id, c.workflow, c.state, s.name AS owner, coalesce(s.presence <> 'available', false) AS owner_away
FROM newel.cases own LEFT JOIN newel.merge x ON x.case_id = own.id JOIN newel.cases c ON c.id = coalesce(x.into_id, own.id)
    LEFT JOIN newel.work_item w ON w.case_id = c.id AND w.state = 'owned'
    LEFT JOIN newel.staff s ON s.id = w.owner_id
WHERE own.conversation_id = $1 ORDER BY own.episode_opened_at DESC, own.id LIMIT 1;

-- name: lines
-- The newest lines of a conversation, of both sides, as its customer sees them; the newest first.
SELECT m.id, m.seq, m.author, m.body_sealed, m.case_id, x.at, x.visible_seq, c.customer_id, c.key_wrapped,
    k.wrapped AS subject_wrapped, s.name AS writer
FROM (
    (SELECT i.id, i.received_at AS at, NULL::bigint AS visible_seq
     FROM newel.cases c JOIN newel.message i ON i.case_id = c.id
     WHERE c.conversation_id = $1 AND i.direction = 'inbound' AND i.conversation_id IS NULL ORDER BY i.seq DESC LIMIT $2)
    UNION ALL
    (SELECT h.id, h.received_at, NULL FROM newel.message h WHERE h.conversation_id = $1 ORDER BY h.seq DESC LIMIT $2)
    UNION ALL
    (SELECT o.message_id, o.claimed_at, o.visible_seq FROM newel.outbox o
     WHERE o.conversation_id = $1 AND o.visible_seq IS NOT NULL AND o.state <> 'withdrawn'
     ORDER BY o.visible_seq DESC LIMIT $2)
) x JOIN newel.message m ON m.id = x.id JOIN newel.cases c ON c.id = m.case_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    LEFT JOIN newel.staff s ON s.id = m.released_by
ORDER BY x.at DESC, m.seq DESC LIMIT $2;

-- name: read_marks
-- How far the customer has seen, and how far a person has read.
SELECT seen_seq, read_seq FROM newel.chat WHERE conversation_id = $1;

-- name: seen
-- The customer has seen so much, at $3; a row when that is news.
INSERT INTO newel.chat (conversation_id, seen_seq, seen_at)
VALUES ($1, $2::bigint, CASE WHEN $2 > 0 THEN $3::timestamptz END)
ON CONFLICT (conversation_id) DO UPDATE SET seen_seq = excluded.seen_seq, seen_at = excluded.seen_at
    WHERE newel.chat.seen_seq < excluded.seen_seq
RETURNING conversation_id;

-- name: last_visible
-- The newest message that has left for the customer.
SELECT coalesce(max(visible_seq), 0) FROM newel.outbox WHERE conversation_id = $1 AND visible_seq IS NOT NULL;

-- name: read
-- A person has read all that the customer wrote so far; a row when that is news.
INSERT INTO newel.chat (conversation_id, read_seq)
SELECT $1, coalesce(max(m.seq), 0) FROM (
    SELECT i.seq FROM newel.cases c JOIN newel.message i ON i.case_id = c.id
    WHERE c.conversation_id = $1 AND i.direction = 'inbound' AND i.conversation_id IS NULL
    UNION ALL
    SELECT h.seq FROM newel.message h WHERE h.conversation_id = $1) m
ON CONFLICT (conversation_id) DO UPDATE SET read_seq = excluded.read_seq WHERE newel.chat.read_seq < excluded.read_seq
RETURNING conversation_id;

-- name: waiting
-- How many wait for a person in a workflow, up to a number.
SELECT count(*) FROM (SELECT FROM newel.work_item WHERE state = 'queued' AND workflow = $1 LIMIT $2) w;

-- name: pace
-- How long people took for their latest cases: the median, and of how many.
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds_spent) AS seconds, count(*) AS n FROM (
    SELECT seconds_spent FROM newel.resolution WHERE by_kind = 'staff' AND seconds_spent IS NOT NULL AND at > $1
    ORDER BY at DESC LIMIT 50) r;
