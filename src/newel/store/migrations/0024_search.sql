-- Texts are read into the search by a walk of this index: a summary of pages was never used, and each round
-- walked through all messages there are.

DROP INDEX newel.message_created;
CREATE INDEX message_created ON newel.message (created_at);
