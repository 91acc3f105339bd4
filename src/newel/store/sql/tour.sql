-- name: standing
-- The newest case of a step's conversation, and how far it has come.
SELECT c.id AS case_id, c.conversation_id, c.locked,
    (SELECT a.id FROM newel.approval a WHERE a.case_id = c.id AND a.state = 'pending') AS pending,
    (SELECT s.name FROM newel.approval a JOIN newel.staff s ON s.id = a.decided_by
     WHERE a.case_id = c.id AND a.state = 'approved' ORDER BY a.decided_at DESC LIMIT 1) AS approved_by,
    EXISTS (SELECT FROM newel.action x WHERE x.case_id = c.id AND x.state = 'confirmed') AS paid,
    (SELECT s.name FROM newel.work_item w JOIN newel.staff s ON s.id = w.owner_id
     WHERE w.case_id = c.id ORDER BY w.queued_at DESC LIMIT 1) AS owner
FROM newel.conversation v JOIN newel.cases c ON c.conversation_id = v.id
WHERE v.channel = $1 AND v.thread_mac = $2 ORDER BY c.opened_at DESC, c.id LIMIT 1;
