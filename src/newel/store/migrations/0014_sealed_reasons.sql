-- INV-15: what a person writes of a case in their own words stands sealed under the case's key. The
-- key is not here, so words from before cannot be sealed; plain they may not stay (an empty one was there).

ALTER TABLE newel.lowering DROP COLUMN reason, ADD COLUMN reason_sealed bytea NOT NULL DEFAULT '';
ALTER TABLE newel.lowering ALTER COLUMN reason_sealed DROP DEFAULT;
ALTER TABLE newel.context_grant DROP COLUMN purpose, ADD COLUMN purpose_sealed bytea;
UPDATE newel.approval SET reason = '' WHERE state IN ('rejected', 'withdrawn')
    AND reason NOT IN ('wrong_answer', 'wrong_action', 'tone', 'unclear', 'needs_a_person', 'other');
