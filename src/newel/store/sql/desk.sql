-- name: mine
-- What a person owns, most urgent first, with what is due soonest, the customer's newest words and whether they wait
-- for an answer.
SELECT w.id, w.case_id, w.workflow, w.state, w.priority, w.due_at, w.queued_at, w.breached, w.level, w.reason, w.token, w.overflow AS lent,
    d.kind AS due_kind, coalesce(d.due_at, w.due_at) AS next_due, coalesce(d.started_at, w.queued_at) AS due_from,
    c.kind, c.state AS case_state, c.contact_reason, c.language, c.locked, c.due_at AS until, c.customer_id,
    c.key_wrapped, k.wrapped AS subject_wrapped, u.profile_sealed, n.id AS message_id, n.body_sealed, n.created_at AS said_at,
    ARRAY(SELECT t.tag FROM newel.case_tag t WHERE t.case_id = c.id AND t.removed_at IS NULL ORDER BY t.tag) AS tags,
    NOT EXISTS (SELECT FROM newel.message a WHERE a.case_id = c.id AND a.seq > n.seq AND a.direction = 'outbound'
        AND a.drafted_by <> 'template') AS unanswered
FROM newel.work_item w JOIN newel.cases c ON c.id = w.case_id JOIN newel.customer u ON u.id = c.customer_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    LEFT JOIN LATERAL (SELECT m.id, m.seq, m.body_sealed, m.created_at FROM newel.message m
        WHERE m.case_id = c.id AND m.direction = 'inbound' ORDER BY m.seq DESC LIMIT 1) n ON true
    LEFT JOIN LATERAL (SELECT t.kind, t.due_at, t.started_at FROM newel.sla_target t
        WHERE t.case_id = c.id AND t.state = 'running' ORDER BY t.due_at LIMIT 1) d ON true
WHERE w.owner_id = $1 AND w.state = 'owned' ORDER BY w.priority, w.due_at, w.id;

-- name: queue
-- What waits: first what a person may take ($1 their buckets, $2 those as a generalist, from priority $3 on, not passed
-- on by $4), then the head of all the rest; at most $7. If asked of one workflow ($5), priority ($6) and
-- language ($8), only what is late ($9), and only what carries a tag ($10).
WITH tongue AS MATERIALIZED (SELECT id FROM newel.bucket WHERE $8 = '' OR language = $8
), able AS (
    SELECT w.id FROM (
        SELECT x.* FROM unnest($1::int[]) AS b(bucket) JOIN tongue ON tongue.id = b.bucket CROSS JOIN LATERAL (
            SELECT id, priority, position, due_at FROM newel.work_item
            WHERE state = 'queued' AND bucket = b.bucket AND priority >= $3 AND passed_by IS DISTINCT FROM $4::uuid
                AND ($5 = '' OR workflow = $5) AND ($6 = 0 OR priority = $6) AND (NOT $9 OR breached)
                AND ($10 = '' OR EXISTS (SELECT FROM newel.case_tag t WHERE t.tag = $10
                    AND t.case_id = work_item.case_id AND t.removed_at IS NULL))
            ORDER BY priority, position, due_at, id LIMIT $7) x
        UNION ALL
        SELECT x.* FROM unnest($2::int[]) AS b(bucket) JOIN tongue ON tongue.id = b.bucket CROSS JOIN LATERAL (
            SELECT id, priority, position, due_at FROM newel.work_item
            WHERE state = 'queued' AND bucket = b.bucket AND priority >= $3 AND general
                AND passed_by IS DISTINCT FROM $4::uuid AND ($5 = '' OR workflow = $5) AND ($6 = 0 OR priority = $6) AND (NOT $9 OR breached)
                AND ($10 = '' OR EXISTS (SELECT FROM newel.case_tag t WHERE t.tag = $10
                    AND t.case_id = work_item.case_id AND t.removed_at IS NULL))
            ORDER BY priority, position, due_at, id LIMIT $7) x
    ) w ORDER BY w.priority, w.position, w.due_at, w.id LIMIT $7
), rest AS (
    SELECT id FROM newel.work_item WHERE state = 'queued' AND ($5 = '' OR workflow = $5)
        AND ($6 = 0 OR priority = $6) AND (NOT $9 OR breached) AND ($8 = '' OR bucket IN (SELECT id FROM tongue))
        AND ($10 = '' OR EXISTS (SELECT FROM newel.case_tag t WHERE t.tag = $10
                    AND t.case_id = work_item.case_id AND t.removed_at IS NULL))
    ORDER BY priority, position, due_at, id LIMIT $7
)
SELECT w.id, w.case_id, w.workflow, w.state, w.priority, w.due_at, w.queued_at, w.breached, w.level, w.reason, w.token,
    d.kind AS due_kind, coalesce(d.due_at, w.due_at) AS next_due, coalesce(d.started_at, w.queued_at) AS due_from,
    c.kind, c.state AS case_state, c.contact_reason, c.language, c.locked, NULL::timestamptz AS until, c.customer_id,
    c.key_wrapped, k.wrapped AS subject_wrapped, u.profile_sealed, n.id AS message_id, n.body_sealed, n.created_at AS said_at,
    ARRAY(SELECT t.tag FROM newel.case_tag t WHERE t.case_id = c.id AND t.removed_at IS NULL ORDER BY t.tag) AS tags,
    false AS unanswered, q.able
FROM (SELECT id, true AS able FROM able UNION ALL
        SELECT id, false FROM rest WHERE id NOT IN (SELECT id FROM able)) q
    JOIN newel.work_item w ON w.id = q.id JOIN newel.cases c ON c.id = w.case_id
    JOIN newel.customer u ON u.id = c.customer_id JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    LEFT JOIN LATERAL (SELECT m.id, m.body_sealed, m.created_at FROM newel.message m
        WHERE m.case_id = c.id AND m.direction = 'inbound' ORDER BY m.seq DESC LIMIT 1) n ON true
    LEFT JOIN LATERAL (SELECT t.kind, t.due_at, t.started_at FROM newel.sla_target t
        WHERE t.case_id = c.id AND t.state = 'running' ORDER BY t.due_at LIMIT 1) d ON true
ORDER BY q.able DESC, w.priority, w.position, w.due_at, w.id LIMIT $7;

-- name: depth
-- How much waits, by workflow, priority and language.
SELECT q.workflow, q.priority, b.language, sum(q.n)::integer AS n FROM (
    SELECT workflow, priority, bucket, count(*) AS n FROM newel.work_item WHERE state = 'queued'
    GROUP BY workflow, priority, bucket) q JOIN newel.bucket b ON b.id = q.bucket
GROUP BY q.workflow, q.priority, b.language ORDER BY q.workflow, q.priority, b.language;

-- name: messages
-- The newest messages of these cases, newest first: who wrote them, whether they have left and were seen (when, of the
-- latest that was), and what the scan saw.
SELECT m.id, m.case_id, m.seq, m.episode, m.direction, m.author, m.drafted_by, m.template, m.channel, m.created_at AS at, m.body_sealed,
    s.name AS released_by, o.state AS delivery, o.reason AS undelivered, h.release_at, h.staff_id AS held_by,
    coalesce(o.visible_seq <= t.seen_seq, false) AS seen, CASE WHEN o.visible_seq = t.seen_seq THEN t.seen_at END AS seen_at,
    r.id AS receipt_id, r.evidence_sealed
FROM unnest($1::uuid[]) AS k(id) CROSS JOIN LATERAL (
        SELECT x.id, x.case_id, x.seq, x.episode, x.direction, x.author, x.drafted_by, x.template, x.channel, x.created_at,
            x.body_sealed, x.released_by
        FROM newel.message x WHERE x.case_id = k.id ORDER BY x.seq DESC LIMIT $2) m
    LEFT JOIN newel.outbox o ON o.message_id = m.id LEFT JOIN newel.chat t ON t.conversation_id = o.conversation_id
    LEFT JOIN newel.hold h ON h.outbox_id = o.id AND h.ended_at IS NULL
    LEFT JOIN newel.staff s ON s.id = m.released_by LEFT JOIN newel.scan_receipt r ON r.message_id = m.id
ORDER BY m.seq DESC LIMIT $2;

-- name: moments
-- What became of the case, in its order: the steps that people speak of.
SELECT e.at, e.event, e.actor_kind, s.name AS actor, e.data, o.name AS owner
FROM newel.audit_event e LEFT JOIN newel.staff s ON e.actor_kind = 'staff' AND s.id::text = e.actor_id
    LEFT JOIN newel.staff o ON o.id::text = e.data ->> 'owner'
WHERE e.case_id = $1 AND e.event = ANY ($2::text[]) ORDER BY e.seq;

-- name: opened
-- Whether this person has opened it since then.
SELECT EXISTS (SELECT FROM newel.audit_event WHERE entity_id = $1 AND entity = $2 AND event = $3
    AND actor_kind = 'staff' AND actor_id = $4 AND at > $5);

-- name: question
-- What a person is asked on a case, has not answered, and still can.
SELECT q.id, a.name AS asked_by, q.expires_at FROM newel.question q JOIN newel.staff a ON a.id = q.asked_by
WHERE q.case_id = $1 AND q.expert_id = $2 AND q.answered_at IS NULL AND q.expires_at > $3 ORDER BY q.asked_at LIMIT 1;

-- name: people
-- Everybody who works on cases, by name.
SELECT id, login, name, clearance, presence, load, capacity, languages, skills FROM newel.staff
WHERE active AND roles && ARRAY['resolver', 'supervisor'] ORDER BY name, login;

-- name: names
SELECT id, name FROM newel.staff WHERE id = ANY ($1::uuid[]) ORDER BY name;
