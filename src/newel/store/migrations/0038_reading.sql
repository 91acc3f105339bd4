-- Who works on a case may read an ended one like it: a grant on its texts, masked, that leaves its package shut (INV-16).
ALTER TABLE newel.context_grant ADD COLUMN masked boolean NOT NULL DEFAULT false;
