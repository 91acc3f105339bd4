-- name: begin
-- An open package with all its parts pending.
WITH package AS (
    INSERT INTO newel.context_package (id, case_id, work_item_id, opened_at) VALUES ($1, $2, $3, $4) RETURNING id
)
INSERT INTO newel.context_part (package_id, part, state, deadline)
SELECT package.id, part, 'pending', $6 FROM package, unnest($5::text[]) AS part;

-- name: package
-- A package by its id.
SELECT id, case_id, work_item_id, opened_at, complete_at FROM newel.context_package WHERE id = $1;

-- name: package_of
-- The newest package of a case.
SELECT id, case_id, work_item_id, opened_at, complete_at FROM newel.context_package
WHERE case_id = $1 ORDER BY opened_at DESC, id LIMIT 1;

-- name: parts
SELECT part, state, sealed, gap, deadline, filled_at, attempts FROM newel.context_part
WHERE package_id = $1 ORDER BY part;

-- name: missing
-- The parts that are not ready.
SELECT part, attempts FROM newel.context_part WHERE package_id = $1 AND state <> 'ready';

-- name: put
-- These parts are ready, or gaps; one that came before stays. When the last has come, the package notes it.
WITH made AS MATERIALIZED (
    SELECT * FROM unnest($2::text[], $3::bytea[], $4::text[]) AS m(part, sealed, gap)
), put AS (
    UPDATE newel.context_part c SET state = CASE WHEN m.sealed IS NULL THEN 'gap' ELSE 'ready' END,
        sealed = m.sealed, gap = m.gap, filled_at = CASE WHEN m.sealed IS NULL THEN c.filled_at ELSE $5 END,
        attempts = c.attempts + 1
    FROM made m WHERE c.package_id = $1 AND c.part = m.part AND (m.sealed IS NOT NULL OR c.state <> 'ready')
)
UPDATE newel.context_package p SET complete_at = $5
WHERE p.id = $1 AND p.complete_at IS NULL AND NOT EXISTS (
    SELECT FROM newel.context_part c WHERE c.package_id = p.id AND c.state <> 'ready'
        AND NOT EXISTS (SELECT FROM made m WHERE m.part = c.part AND m.sealed IS NOT NULL));

-- name: renew
-- These parts of a work item's package have changed at their source: they are made anew.
UPDATE newel.context_part SET state = 'pending', sealed = NULL, filled_at = NULL, gap = '', attempts = 0
WHERE part = ANY ($2::text[]) AND package_id = (SELECT id FROM newel.context_package WHERE work_item_id = $1)
RETURNING package_id;

-- name: add_grant
INSERT INTO newel.context_grant (id, package_id, staff_id, granted_by, purpose_sealed, granted_at, expires_at, masked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: live_grant
-- A grant that a person holds now to open the package; one to read the texts alone does not.
SELECT id FROM newel.context_grant
WHERE package_id = $1 AND staff_id = $2 AND NOT masked AND granted_at <= $3 AND expires_at > $3 ORDER BY expires_at DESC LIMIT 1;

-- name: newest_proposal
-- The AI's last proposal in an episode.
SELECT id FROM newel.proposal WHERE case_id = $1 AND episode = $2 AND drafted_by = 'ai'
ORDER BY created_at DESC, id LIMIT 1;

-- name: decisions
-- Why the case went where it went in this episode.
SELECT kind, reasons FROM newel.decision WHERE case_id = $1 AND episode = $2 ORDER BY at;

-- name: acts
-- What was called on a case in this episode, or may yet land, and what is known of it.
SELECT a.class, CASE WHEN a.under_way THEN 'unknown' ELSE a.state END AS state
FROM newel.action a JOIN newel.message m ON m.id = a.message_id
WHERE a.case_id = $1 AND a.attempts > 0 AND (a.under_way OR m.episode = $2) ORDER BY a.created_at, a.id;

-- name: past
-- The customer's other cases, newest first.
SELECT c.opened_at, c.workflow, c.contact_reason, c.state, coalesce(r.category, '') AS category
FROM newel.cases c LEFT JOIN newel.resolution r ON r.case_id = c.id AND r.episode = c.episode
WHERE c.customer_id = $1 AND c.id <> $2 ORDER BY c.opened_at DESC LIMIT 20;

-- name: similar
-- Cases of the same contact reason that a person resolved, newest first.
SELECT c.id::text AS case_id, r.category, coalesce(r.cause, '') AS cause, r.seconds_spent
FROM newel.cases c JOIN newel.resolution r ON r.case_id = c.id AND r.episode = c.episode
WHERE c.workflow = $1 AND c.contact_reason = $2 AND c.id <> $3 AND r.by_kind = 'staff'
ORDER BY r.at DESC LIMIT 10;

-- name: similar_trigger
-- Cases that the same rule brought to a person and a person resolved, newest first: for a case that was marked
-- before anybody asked what it is about.
SELECT found.case_id, found.category, found.cause, found.seconds_spent
FROM (SELECT w.workflow, w.reason FROM newel.work_item w WHERE w.case_id = $1 ORDER BY w.queued_at DESC, w.id LIMIT 1) mine
    CROSS JOIN LATERAL (
        SELECT w.case_id::text AS case_id, r.category, coalesce(r.cause, '') AS cause, r.seconds_spent
        FROM newel.work_item w JOIN newel.resolution r ON r.case_id = w.case_id AND r.episode = w.episode
        WHERE w.workflow = mine.workflow AND w.reason = mine.reason AND w.state = 'done' AND w.case_id <> $1
            AND r.by_kind = 'staff'
        ORDER BY w.done_at DESC LIMIT 10) found
WHERE mine.reason <> '';
