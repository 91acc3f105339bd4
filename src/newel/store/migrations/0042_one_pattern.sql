-- "This happens again", said with how a case ended, is a flag like any other: seen where the others are (RES-1).
ALTER TABLE newel.pattern ALTER COLUMN words_sealed DROP NOT NULL;
INSERT INTO newel.pattern (id, case_id, episode, staff_id, contact_reason, at)
SELECT gen_random_uuid(), r.case_id, r.episode, r.staff_id, c.contact_reason, r.at
FROM newel.resolution r JOIN newel.cases c ON c.id = r.case_id
WHERE r.pattern_flag AND r.staff_id IS NOT NULL
ON CONFLICT (case_id, episode, staff_id) DO NOTHING;
ALTER TABLE newel.resolution DROP COLUMN pattern_flag;

-- What a case had of work, open or ended; what the same rule brought to people before; what was reviewed of a case.
CREATE INDEX work_item_case ON newel.work_item (case_id);
CREATE INDEX work_item_ended ON newel.work_item (workflow, reason, done_at DESC) WHERE state = 'done';
DROP INDEX newel.review_case;
CREATE INDEX review_case ON newel.review (case_id);
