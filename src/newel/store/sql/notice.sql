-- name: add
-- A notice to a person, or to whoever holds a role (address).
INSERT INTO newel.notice (id, staff_id, address, case_id, kind, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: sent
-- Whether a notice of this kind went out about one of these things.
SELECT EXISTS (SELECT FROM newel.notice WHERE case_id = $1 AND kind = $2 AND data ->> 'about' = ANY ($3));

-- name: in_use
-- Whether an account in use has this login.
SELECT EXISTS (SELECT FROM newel.staff WHERE login = $1 AND active);

-- name: unseen
-- The newest that a person has not seen: their own, and what their roles ($2) were told since $3; at most $4.
SELECT n.id, n.case_id, n.kind, n.address, coalesce(c.workflow, '') AS workflow,
    coalesce(c.contact_reason, '') AS contact_reason, c.priority, n.data,
    n.created_at
FROM (
    (SELECT id, case_id, kind, address, data, created_at FROM newel.notice
        WHERE staff_id = $1 AND seen_at IS NULL ORDER BY created_at DESC LIMIT $4)
    UNION ALL
    SELECT o.* FROM unnest($2::text[]) AS a(address) CROSS JOIN LATERAL (
        SELECT n.id, n.case_id, n.kind, n.address, n.data, n.created_at FROM newel.notice n
        WHERE n.address = a.address AND n.address <> '' AND n.seen_at IS NULL AND n.created_at > $3
            AND NOT EXISTS (SELECT FROM newel.notice_seen s WHERE s.staff_id = $1 AND s.notice_id = n.id)
        ORDER BY n.created_at DESC LIMIT $4) o
) n LEFT JOIN newel.cases c ON c.id = n.case_id ORDER BY n.created_at DESC, n.id LIMIT $4;

-- name: since
-- Up to when a person has seen all that their roles were told: what was said before they came is not theirs.
SELECT greatest(s.created_at, m.seen_to, $2) FROM newel.staff s
    LEFT JOIN newel.notice_mark m ON m.staff_id = s.id WHERE s.id = $1;

-- name: seen
-- Seen by whom it went to alone: the person ($3), or their own login ($4).
UPDATE newel.notice SET seen_at = $2 WHERE id = $1 AND seen_at IS NULL AND (staff_id = $3 OR address = $4);

-- name: seen_of_role
-- Seen by one of those at its address ($4), for themselves.
INSERT INTO newel.notice_seen (notice_id, staff_id, at)
SELECT id, $3, $2 FROM newel.notice WHERE id = $1 AND address <> '' AND address = ANY ($4::text[]) ON CONFLICT DO NOTHING;

-- name: all_seen
-- A person has seen all that went to them alone.
UPDATE newel.notice SET seen_at = $2 WHERE id IN (
    SELECT id FROM newel.notice WHERE staff_id = $1 AND seen_at IS NULL
    UNION ALL SELECT id FROM newel.notice WHERE address = $3 AND address <> '' AND seen_at IS NULL);

-- name: mark
-- ... and all that their roles were told until now.
INSERT INTO newel.notice_mark (staff_id, seen_to) VALUES ($1, $2)
ON CONFLICT (staff_id) DO UPDATE SET seen_to = excluded.seen_to;
