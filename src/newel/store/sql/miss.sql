-- name: standing
-- Whether this person had the case in hand and has marked it, and whether a marker had locked its episode.
SELECT EXISTS (SELECT FROM newel.context_package p JOIN newel.work_item w ON w.id = p.work_item_id
        WHERE p.case_id = $1 AND w.owner_id = $2)
    OR EXISTS (SELECT FROM newel.audit_event e WHERE e.case_id = $1 AND e.entity = 'work_item'
        AND e.data ->> 'owner' = $2::text)
    OR EXISTS (SELECT FROM newel.approval a WHERE a.case_id = $1 AND a.decided_by = $2)
    OR EXISTS (SELECT FROM newel.message m WHERE m.case_id = $1 AND m.released_by = $2) AS handled,
    EXISTS (SELECT FROM newel.scan_receipt r JOIN newel.message m ON m.id = r.message_id
        WHERE m.case_id = $1 AND m.episode = $3 AND r.locked) AS flagged,
    EXISTS (SELECT FROM newel.miss x WHERE x.case_id = $1 AND x.staff_id = $2 AND x.review_id IS NULL) AS marked;

-- name: add
-- One mark of a person on a case; no row when they had marked it before.
INSERT INTO newel.miss (id, case_id, episode, staff_id, cluster, tier, at, review_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING RETURNING id;
