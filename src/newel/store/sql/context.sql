-- name: add_package
INSERT INTO newel.context_package (id, case_id, work_item_id, opened_at) VALUES ($1, $2, $3, $4);

-- name: add_part
INSERT INTO newel.context_part (package_id, part, state, deadline) VALUES ($1, $2, 'pending', $3);

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

-- name: fill
-- A part is ready; what was a gap is one no more.
UPDATE newel.context_part SET state = 'ready', sealed = $3, gap = '', filled_at = $4, attempts = attempts + 1
WHERE package_id = $1 AND part = $2;

-- name: renew
-- These parts of a work item's package have changed at their source: they are made anew.
UPDATE newel.context_part SET state = 'pending', sealed = NULL, filled_at = NULL, gap = '', attempts = 0
WHERE part = ANY ($2::text[]) AND package_id = (SELECT id FROM newel.context_package WHERE work_item_id = $1)
RETURNING package_id;

-- name: gap
-- A part did not come; one that came before stays.
UPDATE newel.context_part SET state = 'gap', gap = $3, attempts = attempts + 1
WHERE package_id = $1 AND part = $2 AND state <> 'ready';

-- name: complete
-- Note when the last part had come.
UPDATE newel.context_package p SET complete_at = $2
WHERE p.id = $1 AND p.complete_at IS NULL
    AND NOT EXISTS (SELECT FROM newel.context_part c WHERE c.package_id = p.id AND c.state <> 'ready');

-- name: add_grant
INSERT INTO newel.context_grant (id, package_id, staff_id, granted_by, purpose_sealed, granted_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: live_grant
-- A grant that a person holds now.
SELECT id FROM newel.context_grant
WHERE package_id = $1 AND staff_id = $2 AND granted_at <= $3 AND expires_at > $3 ORDER BY expires_at DESC LIMIT 1;

-- name: newest_proposal
-- The AI's last proposal in an episode.
SELECT id FROM newel.proposal WHERE case_id = $1 AND episode = $2 AND drafted_by = 'ai'
ORDER BY created_at DESC, id LIMIT 1;

-- name: decisions
-- Why the case went where it went in this episode.
SELECT kind, reasons FROM newel.decision WHERE case_id = $1 AND episode = $2 ORDER BY at;

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
