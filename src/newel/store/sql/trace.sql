-- name: head
-- The case as it is, with its owner and the version of its policy.
SELECT c.id, c.workflow, c.kind, c.contact_reason, c.language, c.state, c.tier, c.locked, c.priority, c.episode,
    p.workflow || '/' || p.number AS policy_version, c.opened_at, c.resolved_at,
    (SELECT w.owner_id FROM newel.work_item w WHERE w.case_id = c.id AND w.state = 'owned') AS owner_id
FROM newel.cases c JOIN newel.policy_version p ON p.id = c.policy_id
WHERE c.id = $1;

-- name: events
-- Everything that was recorded of the case, in order, with the names of people.
SELECT e.seq, e.at, e.actor_kind, e.actor_id, s.name AS actor_name, e.event, e.entity, e.entity_id, e.state, e.data
FROM newel.audit_event e LEFT JOIN newel.staff s ON e.actor_kind = 'staff' AND s.id::text = e.actor_id
WHERE e.case_id = $1 ORDER BY e.seq;

-- name: messages
SELECT m.id, m.episode, m.direction, m.author, m.drafted_by, m.template, m.channel, r.name AS released_by,
    m.body_sealed, m.proposal_id, o.id AS outbox_id, o.attempts, o.provider_id, o.reason
FROM newel.message m LEFT JOIN newel.outbox o ON o.message_id = m.id LEFT JOIN newel.staff r ON r.id = m.released_by
WHERE m.case_id = $1;

-- name: receipts
SELECT r.id, r.message_id, r.outcome, r.tier_floor, r.locked, r.markers, r.clusters, r.risk, r.not_evaluated, r.evidence_sealed,
    p.workflow || '/' || p.number AS policy_version
FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id JOIN newel.policy_version p ON p.id = r.policy_id
WHERE m.case_id = $1;

-- name: proposals
SELECT a.id, a.message_id, a.contact_reason, a.drafted_by, a.confidence, a.calibrated, a.model, a.reasons, a.sources, a.revision,
    a.draft_sealed, p.workflow || '/' || p.number AS policy_version
FROM newel.proposal a JOIN newel.policy_version p ON p.id = a.policy_id WHERE a.case_id = $1;

-- name: decisions
SELECT d.id, d.kind, d.tier, d.reasons, d.signals, d.sampled, d.held, d.proposal_id,
    p.workflow || '/' || p.number AS policy_version
FROM newel.decision d JOIN newel.policy_version p ON p.id = d.policy_id WHERE d.case_id = $1;

-- name: approvals
SELECT a.id, a.proposal_id, a.edited, a.amount_minor, a.due_at, a.expires_at, a.reason AS ended_for, s.name AS decided_by
FROM newel.approval a LEFT JOIN newel.staff s ON s.id = a.decided_by WHERE a.case_id = $1;

-- name: actions
SELECT a.id, a.class, a.authority, a.proposal_id, a.approval_id, a.amount_minor, a.keyed, a.args_sealed, a.attempts,
    a.reference, a.reason AS ended_for, p.workflow || '/' || p.number AS policy_version
FROM newel.action a JOIN newel.policy_version p ON p.id = a.policy_id WHERE a.case_id = $1;

-- name: work_items
SELECT w.id, w.priority, w.reason, w.due_at, b.language, b.skills, b.regulated, w.breached, s.name AS owner
FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket LEFT JOIN newel.staff s ON s.id = w.owner_id
WHERE w.case_id = $1;

-- name: sla_targets
SELECT t.id, t.kind, t.priority, t.minutes, t.business_time, t.started_at, t.due_at, t.breached_at,
    (SELECT array_agg(a.percent ORDER BY a.percent) FROM newel.sla_alert a WHERE a.target_id = t.id) AS alerted
FROM newel.sla_target t WHERE t.case_id = $1;

-- name: resolutions
SELECT r.id, r.episode, r.category, r.cause, r.ai_quality, r.seconds_spent, r.by_kind, r.note_sealed
FROM newel.resolution r WHERE r.case_id = $1;

-- name: feedback
SELECT f.id, f.kind, f.attempts, f.error,
    (SELECT array_agg(l.use ORDER BY l.use) FROM newel.label l WHERE l.feedback_id = f.id) AS labels
FROM newel.feedback f WHERE f.case_id = $1;

-- name: lowerings
SELECT l.id, l.from_tier, l.to_tier, l.unlocked, l.reason_sealed FROM newel.lowering l WHERE l.case_id = $1;

-- name: grants
SELECT g.id, s.login AS opened_to, g.expires_at, g.purpose_sealed
FROM newel.context_grant g JOIN newel.context_package p ON p.id = g.package_id JOIN newel.staff s ON s.id = g.staff_id
WHERE p.case_id = $1;

-- name: surveys
SELECT s.id, s.episode, s.kind, s.score, s.comment_sealed FROM newel.survey s WHERE s.case_id = $1;

-- name: reviews
SELECT r.id, r.episode, r.kind, r.work, r.proposal_id, r.score, r.passed, r.marks, r.critical, r.said_sealed,
    s.name AS decided_by
FROM newel.review r LEFT JOIN newel.staff s ON s.id = r.reviewed_by WHERE r.case_id = $1;

-- name: post_mortems
SELECT p.id, p.episode, p.due_at, p.said_sealed, s.name AS decided_by
FROM newel.post_mortem p LEFT JOIN newel.staff s ON s.id = p.written_by WHERE p.case_id = $1;

-- name: notes
SELECT n.id, n.kind, n.body_sealed, ARRAY(SELECT s.login FROM newel.staff s WHERE s.id = ANY (n.mentions)) AS mentions
FROM newel.note n WHERE n.case_id = $1;

-- name: versions
-- The policy versions that the case was scanned, answered and decided under.
SELECT v.workflow || '/' || v.number AS version, v.activated_at, p.name AS submitted_by
FROM newel.policy_version v LEFT JOIN newel.staff p ON p.id = v.submitted_by
WHERE v.id IN (SELECT d.policy_id FROM newel.decision d WHERE d.case_id = $1) ORDER BY v.workflow, v.number;

-- name: signatures
-- Who signed these versions.
SELECT v.workflow || '/' || v.number AS version, s.role, p.name, s.signed_at AS at
FROM newel.policy_signature s JOIN newel.policy_version v ON v.id = s.policy_id JOIN newel.staff p ON p.id = s.staff_id
WHERE v.id IN (SELECT d.policy_id FROM newel.decision d WHERE d.case_id = $1) ORDER BY s.signed_at, s.role;
