-- name: reads
-- Whether somebody may read a case that has ended: they had it, or a live grant lets them read its texts.
SELECT EXISTS (SELECT FROM newel.context_package p JOIN newel.work_item w ON w.id = p.work_item_id
        WHERE p.case_id = $1 AND w.owner_id = $2 AND w.state = 'done')
    OR EXISTS (SELECT FROM newel.context_package p JOIN newel.context_grant g ON g.package_id = p.id
        WHERE p.case_id = $1 AND g.staff_id = $2 AND g.masked AND g.granted_at <= $3 AND g.expires_at > $3);

-- name: had
-- Whether somebody had a case when an episode of it ended.
SELECT EXISTS (SELECT FROM newel.context_package p JOIN newel.work_item w ON w.id = p.work_item_id
    WHERE p.case_id = $1 AND w.owner_id = $2 AND w.state = 'done');

-- name: regulated
-- Whether any work on a case was regulated.
SELECT EXISTS (SELECT FROM newel.context_package p JOIN newel.work_item w ON w.id = p.work_item_id
    JOIN newel.bucket b ON b.id = w.bucket WHERE p.case_id = $1 AND b.regulated);
