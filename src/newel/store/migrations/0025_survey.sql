-- A survey asks CSAT, NPS or effort, and its answer lies on the scale of its kind; those of before asked CSAT.
ALTER TABLE newel.survey ADD COLUMN kind text NOT NULL DEFAULT 'csat' CHECK (kind IN ('csat', 'nps', 'effort'));
ALTER TABLE newel.survey ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE newel.survey DROP CONSTRAINT survey_score_check;
ALTER TABLE newel.survey ADD CONSTRAINT survey_scale CHECK (score BETWEEN CASE kind WHEN 'nps' THEN 0 ELSE 1 END
    AND CASE kind WHEN 'csat' THEN 5 WHEN 'nps' THEN 10 ELSE 7 END);
