-- name: lock_workflow
-- One after the other: whoever changes the policies of a workflow.
SELECT pg_advisory_xact_lock(hashtextextended('newel.policy:' || $1, 0));

-- name: next_number
-- The next number of a workflow.
SELECT coalesce(max(number), 0) + 1 FROM newel.policy_version WHERE workflow = $1;

-- name: add
-- A new draft.
INSERT INTO newel.policy_version (id, workflow, number, name, digest, body, state, required, changes, base_id,
    emergency, review, submitted_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $12, $13);

-- name: add_text
-- A fixed text that the system may send under a version.
INSERT INTO newel.policy_template (policy_id, key, text_mac, language) VALUES ($1, $2, $3, $4);

-- name: add_autonomous
-- An action class that a version lists as autonomous, with its own ceiling.
INSERT INTO newel.policy_autonomous (policy_id, class, ceiling_minor) VALUES ($1, $2, $3);

-- name: by_id
-- A version by id.
SELECT id, workflow, number, body, state, required, changes, base_id, emergency, review, review_by,
    submitted_by, created_at, activated_at
FROM newel.policy_version WHERE id = $1;

-- name: by_number
-- A version by workflow and number.
SELECT id, workflow, number, body, state, required, changes, base_id, emergency, review, review_by,
    submitted_by, created_at, activated_at
FROM newel.policy_version WHERE workflow = $1 AND number = $2;

-- name: locked
-- A version, locked.
SELECT id, workflow, number, body, state, required, changes, base_id, emergency, review, review_by,
    submitted_by, created_at, activated_at
FROM newel.policy_version WHERE id = $1 FOR UPDATE;

-- name: active_of
-- The version in force of one workflow.
SELECT id, workflow, number, body, state, required, changes, base_id, emergency, review, review_by,
    submitted_by, created_at, activated_at
FROM newel.policy_version WHERE workflow = $1 AND state = 'active';

-- name: in_force
-- Which version each workflow has in force, without its text.
SELECT id, workflow FROM newel.policy_version WHERE state = 'active';

-- name: active
-- The versions in force.
SELECT id, workflow, number, body, state, required, changes, base_id, emergency, review, review_by,
    submitted_by, created_at, activated_at
FROM newel.policy_version WHERE state = 'active' ORDER BY workflow;

-- name: headlines
-- All versions of one workflow, or of all, newest first.
SELECT v.id, v.workflow, v.number, v.state, v.required,
    ARRAY(SELECT s.role FROM newel.policy_signature s WHERE s.policy_id = v.id ORDER BY s.role) AS signed,
    v.submitted_by, v.created_at, v.activated_at
FROM newel.policy_version v WHERE $1::text IS NULL OR v.workflow = $1
ORDER BY v.workflow, v.number DESC;

-- name: signatures
-- Who signed a version, and how they showed that it is them.
SELECT g.role, g.staff_id, s.login, g.proof, g.signed_at
FROM newel.policy_signature g JOIN newel.staff s ON s.id = g.staff_id WHERE g.policy_id = $1 ORDER BY g.role;

-- name: sign
-- A signature.
INSERT INTO newel.policy_signature (policy_id, role, staff_id, signed_at, proof, session_hash)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: retire
-- Out of force.
UPDATE newel.policy_version SET state = 'retired', retired_at = $2
WHERE id = $1 AND state = 'active' RETURNING id;

-- name: activate
-- In force; an emergency names when it is reviewed at the latest.
UPDATE newel.policy_version SET state = 'active', activated_at = $2, review_by = $3
WHERE id = $1 AND state = 'draft' RETURNING id;
