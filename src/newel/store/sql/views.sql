-- name: migrations
-- The migrations that this database has.
SELECT number FROM public.newel_migration;

-- name: open_work
-- Open work by kind and state, from partial indexes.
SELECT 'case' AS what, state, count(*) AS n FROM newel.cases WHERE state <> 'resolved' GROUP BY state
UNION ALL
SELECT 'job', state, count(*) FROM newel.job GROUP BY state
UNION ALL
SELECT 'work_item', state, count(*) FROM newel.work_item WHERE state IN ('queued', 'owned') GROUP BY state
UNION ALL
SELECT 'approval', state, count(*) FROM newel.approval WHERE state = 'pending' GROUP BY state
UNION ALL
SELECT 'outbox', state, count(*) FROM newel.outbox WHERE state IN ('pending', 'claimed') GROUP BY state
UNION ALL
SELECT 'feedback', state, count(*) FROM newel.feedback WHERE state = 'pending' GROUP BY state;

-- name: lags
-- How long the oldest of what is due has waited: jobs by kind ($1), messages, feedback, work that nobody has; and how
-- long ago a worker was seen, with the AI or at all. What there is none of has no row; a worker that was never seen too.
SELECT 'job' AS what, k.kind, min(j.run_at) AS since
FROM unnest($1::text[]) AS k(kind), unnest(ARRAY[1, 2, 3, 4]::smallint[]) AS p(priority), LATERAL (
    SELECT run_at FROM newel.job WHERE state = 'ready' AND kind = k.kind AND priority = p.priority AND run_at <= newel.now()
    ORDER BY run_at LIMIT 1) j GROUP BY k.kind
UNION ALL SELECT 'outbox', '', min(created_at) FROM newel.outbox WHERE state IN ('pending', 'claimed') HAVING count(*) > 0
UNION ALL SELECT 'feedback', '', min(created_at) FROM newel.feedback WHERE state = 'pending' HAVING count(*) > 0
UNION ALL SELECT 'unrouted', '', min(queued_at) FROM newel.work_item WHERE state = 'queued' HAVING count(*) > 0
UNION ALL SELECT 'worker', 'any', max(seen_at) FROM newel.worker HAVING count(*) > 0
UNION ALL SELECT 'worker', 'ai', max(seen_at) FROM newel.worker WHERE answers HAVING count(*) > 0;

-- name: conversation
-- Whether there is such a conversation.
SELECT id FROM newel.conversation WHERE id = $1;

-- name: visible
-- What has left for the customer, in the order in which it left.
SELECT o.visible_seq AS seq, m.id, m.author, m.body_sealed, m.created_at, m.case_id, c.customer_id, c.key_wrapped,
    k.wrapped AS subject_wrapped
FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id JOIN newel.cases c ON c.id = m.case_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE o.conversation_id = $1 AND o.visible_seq > $2 AND o.state <> 'withdrawn'
ORDER BY o.visible_seq LIMIT 200;

-- name: case
-- A case at a glance.
SELECT c.id, c.workflow, c.kind, c.conversation_id, c.contact_reason, c.language, c.state, c.tier, c.locked,
    c.priority, c.assist, c.episode, c.follow_up, c.due_at, c.opened_at, c.resolved_at,
    p.workflow || '/' || p.number AS policy_version,
    (SELECT s.login FROM newel.work_item w JOIN newel.staff s ON s.id = w.owner_id
     WHERE w.case_id = c.id AND w.state = 'owned') AS owner,
    (SELECT a.id FROM newel.approval a WHERE a.case_id = c.id AND a.state = 'pending') AS approval_id,
    ARRAY(SELECT t.tag FROM newel.case_tag t WHERE t.case_id = c.id AND t.removed_at IS NULL ORDER BY t.tag) AS tags
FROM newel.cases c JOIN newel.policy_version p ON p.id = c.policy_id WHERE c.id = $1;

-- name: targets
-- The SLA targets of a case.
SELECT kind, state, priority, started_at, due_at, breached_at IS NOT NULL AS breached FROM newel.sla_target
WHERE case_id = $1 ORDER BY started_at, kind;

-- name: owned
-- What a person owns.
SELECT w.id, w.case_id, w.workflow, c.contact_reason, w.state, w.lane, w.priority, b.language, b.skills, b.regulated,
    w.reason, w.queued_at, w.due_at, w.breached, w.level, w.token, s.login AS owner
FROM newel.work_item w JOIN newel.cases c ON c.id = w.case_id JOIN newel.bucket b ON b.id = w.bucket
    JOIN newel.staff s ON s.id = w.owner_id
WHERE w.owner_id = $1 AND w.state = 'owned' ORDER BY w.priority, w.due_at, w.id;

-- name: queue
-- What waits, in the order of claims.
SELECT w.id, w.case_id, w.workflow, c.contact_reason, w.state, w.lane, w.priority, b.language, b.skills, b.regulated,
    w.reason, w.queued_at, w.due_at, w.breached, w.level, w.token, NULL::text AS owner
FROM newel.work_item w JOIN newel.cases c ON c.id = w.case_id JOIN newel.bucket b ON b.id = w.bucket
WHERE w.state = 'queued' ORDER BY w.priority, w.position, w.due_at, w.id LIMIT $1;

-- name: work_item
-- One work item.
SELECT w.id, w.case_id, w.workflow, c.contact_reason, w.state, w.lane, w.priority, b.language, b.skills, b.regulated,
    w.reason, w.queued_at, w.due_at, w.breached, w.level, w.token, s.login AS owner
FROM newel.work_item w JOIN newel.cases c ON c.id = w.case_id JOIN newel.bucket b ON b.id = w.bucket
    LEFT JOIN newel.staff s ON s.id = w.owner_id
WHERE w.id = $1;

-- name: staff_id
-- The person of a login.
SELECT id FROM newel.staff WHERE login = $1 AND active;

-- name: approvals
-- What waits for an approver.
SELECT a.id, a.case_id, c.workflow, c.contact_reason, c.priority, a.amount_minor, a.due_at,
    a.expires_at, a.created_at
FROM (SELECT id, case_id, amount_minor, due_at, expires_at, created_at FROM newel.approval
        WHERE state = 'pending' ORDER BY due_at, id LIMIT $1) a JOIN newel.cases c ON c.id = a.case_id
ORDER BY a.due_at, a.id;

-- name: approval
-- One approval with the rows that it was made of.
SELECT a.id, a.case_id, c.workflow, c.contact_reason, a.state, a.edited, a.amount_minor, a.due_at, a.expires_at,
    a.message_id, a.proposal_id, p.confidence, p.calibrated, p.reasons, p.sources, p.draft_sealed, m.body_sealed,
    c.customer_id, c.key_wrapped, k.wrapped AS subject_wrapped
FROM newel.approval a JOIN newel.cases c ON c.id = a.case_id JOIN newel.proposal p ON p.id = a.proposal_id
    JOIN newel.message m ON m.id = a.message_id JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE a.id = $1;

-- name: questions
-- What a person is asked as an expert and has not answered, while it stands; oldest first.
SELECT q.id, q.case_id, c.workflow, c.contact_reason, c.priority, a.login AS asked_by, q.asked_at, q.expires_at,
    n.body_sealed, c.customer_id, c.key_wrapped, k.wrapped AS subject_wrapped
FROM newel.question q JOIN newel.note n ON n.id = q.id JOIN newel.cases c ON c.id = q.case_id
    JOIN newel.staff a ON a.id = q.asked_by JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE q.expert_id = $1 AND q.answered_at IS NULL AND q.expires_at > $2 ORDER BY q.asked_at, q.id;

-- name: misses
-- What people said should have been T3, in a time, oldest first; with what became of the case.
SELECT m.id, m.case_id, m.episode, c.workflow, c.contact_reason, m.cluster, m.tier, s.login AS marked_by, m.at,
    c.state, c.tier AS tier_now
FROM newel.miss m JOIN newel.cases c ON c.id = m.case_id JOIN newel.staff s ON s.id = m.staff_id
WHERE m.at >= $1 AND m.at <= $2 ORDER BY m.at, m.id LIMIT $3;

-- name: satisfaction
-- What was asked since a time, and how often each score was given, by workflow, tier and kind.
SELECT c.workflow, s.tier, s.kind, s.score, count(*) AS times
FROM newel.survey s JOIN newel.cases c ON c.id = s.case_id WHERE s.asked_at >= $1
GROUP BY c.workflow, s.tier, s.kind, s.score ORDER BY c.workflow, s.tier, s.kind, s.score;
