-- name: matter
-- What speaks against offering anything on a case $1 of a customer $2; $3 are the case and those merged into it.
SELECT ARRAY(SELECT DISTINCT t.name FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
        CROSS JOIN LATERAL unnest(r.markers) AS t(name) WHERE m.case_id = ANY ($3::uuid[]) ORDER BY t.name) AS triggers,
    NOT EXISTS (SELECT FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
        WHERE m.case_id = ANY ($3::uuid[]) AND r.outcome = 'failed') AS scanned,
    EXISTS (SELECT FROM newel.sla_target t WHERE t.case_id = $1 AND t.breached_at IS NOT NULL) AS late,
    EXISTS (SELECT FROM newel.action a WHERE a.case_id = $1 AND (a.under_way OR a.state = 'refused')) AS failed,
    EXISTS (SELECT FROM newel.cases c WHERE c.customer_id = $2 AND c.id <> $1 AND c.state <> 'resolved' AND c.locked)
        AS elsewhere;

-- name: ended_of
-- When a person last used or dismissed each of these with a customer ($1); and whether on this very episode ($3, $4).
SELECT name, max(ended_at) AS ended_at, bool_or(case_id = $3 AND episode = $4) AS here FROM newel.offer
WHERE customer_id = $1 AND name = ANY ($2::text[]) AND ended_at IS NOT NULL GROUP BY name;

-- name: show
-- It is shown on this episode for the first time; no row when it was.
INSERT INTO newel.offer (id, case_id, episode, customer_id, workflow, name, state, policy_id, shown_to, shown_at)
VALUES ($1, $2, $3, $4, $5, $6, 'shown', $7, $8, $9) ON CONFLICT (case_id, episode, name) DO NOTHING RETURNING id;

-- name: find
SELECT id, state FROM newel.offer WHERE case_id = $1 AND episode = $2 AND name = $3;

-- name: end
-- A person has used or dismissed it; no row when somebody was first.
UPDATE newel.offer SET state = $2, ended_by = $3, ended_at = $4 WHERE id = $1 AND state = 'shown' RETURNING id;

-- name: uptake
-- How often each was shown since a time, and what became of it.
SELECT workflow, name, count(*)::integer AS shown, (count(*) FILTER (WHERE state = 'used'))::integer AS used,
    (count(*) FILTER (WHERE state = 'dismissed'))::integer AS dismissed
FROM newel.offer WHERE shown_at >= $1 GROUP BY workflow, name ORDER BY workflow, name;
