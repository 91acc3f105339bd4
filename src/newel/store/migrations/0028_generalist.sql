-- A bucket knows whose generalists stand in: the skill of the workflow whose work it is. Work of before waits under the usual one.
ALTER TABLE newel.bucket ADD COLUMN generalist text NOT NULL DEFAULT 'general';
ALTER TABLE newel.bucket DROP CONSTRAINT bucket_language_skills_regulated_key;
ALTER TABLE newel.bucket ADD UNIQUE (language, skills, regulated, generalist);
