-- The fixed texts of a policy may stand in several languages.
ALTER TABLE newel.policy_template ADD COLUMN language text NOT NULL DEFAULT '';
ALTER TABLE newel.policy_template DROP CONSTRAINT policy_template_pkey;
ALTER TABLE newel.policy_template ADD PRIMARY KEY (policy_id, key, language);
