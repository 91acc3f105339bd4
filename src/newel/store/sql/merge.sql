-- name: add
-- The case $1 has ended in the case $2.
INSERT INTO newel.merge (case_id, into_id, staff_id, at) VALUES ($1, $2, $3, $4);

-- name: into
-- What a case was merged into.
SELECT into_id FROM newel.merge WHERE case_id = $1;

-- name: taken_in
-- What was merged into a case, in that order.
SELECT case_id FROM newel.merge WHERE into_id = $1 ORDER BY at, case_id;

-- name: newest
-- Of these messages the one that came last.
SELECT id FROM newel.message WHERE id = ANY ($1::uuid[]) ORDER BY seq DESC LIMIT 1;

-- name: acting
-- Whether an action of a case was called, and has not ended.
SELECT EXISTS (SELECT FROM newel.action WHERE case_id = $1 AND under_way);

-- name: others
-- The open conversations of the same customer and workflow beside the case $1, or that with the id $2 alone; the
-- newest first.
SELECT c.id, c.contact_reason, c.state, c.tier, c.locked, c.priority, c.opened_at, w.due_at,
    w.queued_at AS due_from, w.reason, s.name AS owner
FROM newel.cases one JOIN newel.cases c ON c.customer_id = one.customer_id AND c.workflow = one.workflow
    LEFT JOIN newel.work_item w ON w.case_id = c.id AND w.state IN ('queued', 'owned')
    LEFT JOIN newel.staff s ON s.id = w.owner_id
WHERE one.id = $1 AND c.id <> one.id AND c.kind = 'conversation' AND c.state <> 'resolved'
    AND ($2::uuid IS NULL OR c.id = $2)
ORDER BY c.opened_at DESC, c.id LIMIT 20;

-- name: waits
-- What of a case would be withdrawn or carried along.
SELECT (SELECT count(*)::integer FROM newel.message m WHERE m.case_id = $1) AS messages,
    EXISTS (SELECT FROM newel.approval a WHERE a.case_id = $1 AND a.state = 'pending') AS approval,
    EXISTS (SELECT FROM newel.review r WHERE r.case_id = $1 AND r.kind = 'held' AND r.state = 'open') AS held,
    EXISTS (SELECT FROM newel.draft d WHERE d.case_id = $1 AND d.staff_id = $2 AND d.body_sealed IS NOT NULL) AS draft;
