-- Whether the AI has decided anything lately, and which answers fail again and again, are short walks of an index.
CREATE INDEX decision_at ON newel.decision (at);
CREATE INDEX job_failing ON newel.job (created_at) WHERE kind = 'answer' AND attempts >= 5;
