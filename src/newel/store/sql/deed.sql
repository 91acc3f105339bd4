-- name: hand
-- A person as somebody who acts by themselves.
SELECT limit_minor, customer_id FROM newel.staff WHERE id = $1 AND active;

-- name: others
-- Who has the right to work cases and a limit that is enough, the least first.
SELECT name FROM newel.staff
WHERE active AND limit_minor > 0 AND limit_minor >= $1 AND id <> $2 AND roles && ARRAY['resolver', 'supervisor']
    AND customer_id IS DISTINCT FROM $3::uuid
ORDER BY limit_minor, name LIMIT 3;

-- name: of_case
-- What was done in a case, or is under way, in its order.
SELECT a.id, a.class, a.state, a.authority, a.args_sealed, a.reference, a.reason, a.created_at AS at, a.ended_at,
    s.name AS by, a.staff_id, a.message_id
FROM newel.action a LEFT JOIN newel.staff s ON s.id = a.staff_id
WHERE a.case_id = $1 ORDER BY a.created_at, a.id;

-- name: unsettled
-- Acts of people, alone or by another's approval, of which nobody can say yet that they were done.
SELECT class FROM newel.action
WHERE case_id = $1 AND staff_id IS NOT NULL AND state IN ('authorised', 'claimed', 'unknown');
