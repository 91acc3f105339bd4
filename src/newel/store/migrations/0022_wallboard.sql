-- What waits, and what ended today, is counted from an index alone: before, a page read each row of it.

CREATE INDEX work_item_depth ON newel.work_item (workflow, priority, bucket, queued_at) WHERE state = 'queued';

DROP INDEX newel.sla_met;
CREATE INDEX sla_met ON newel.sla_target (kind, ended_at, priority, due_at) WHERE state = 'met';
