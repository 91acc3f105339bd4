-- The overflow pool of a workflow: open from somebody's act, or its alert's, until it is closed; one at a time.
CREATE TABLE newel.overflow (
    id        uuid PRIMARY KEY,
    workflow  text        NOT NULL,
    state     text        NOT NULL CHECK (state IN ('open', 'closed')),
    reason    text        NOT NULL CHECK (length(reason) > 0),
    opened_by text        NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_by text,
    closed_at timestamptz,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((closed_by IS NULL) = (closed_at IS NULL))
);
CREATE UNIQUE INDEX overflow_open ON newel.overflow (workflow) WHERE state = 'open';
CREATE TRIGGER overflow_transition BEFORE UPDATE ON newel.overflow
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('overflow');
CREATE CONSTRAINT TRIGGER overflow_audited AFTER INSERT OR UPDATE ON newel.overflow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('overflow');

-- Each crossing of the alert's depth is told once: it stands until the queue is calm again.
CREATE TABLE newel.overflow_alert (
    id        uuid PRIMARY KEY,
    workflow  text        NOT NULL,
    depth     integer     NOT NULL CHECK (depth > 0),
    normal    integer     NOT NULL CHECK (normal > 0),
    raised_at timestamptz NOT NULL,
    ended_at  timestamptz CHECK (ended_at >= raised_at)
);
CREATE UNIQUE INDEX overflow_alert_stands ON newel.overflow_alert (workflow) WHERE ended_at IS NULL;

-- Work that somebody was given through the pool, and the queue of one workflow alone.
ALTER TABLE newel.work_item ADD COLUMN overflow boolean NOT NULL DEFAULT false;
ALTER TABLE newel.work_item ADD CONSTRAINT work_item_overflow_owned CHECK (NOT overflow OR owner_id IS NOT NULL);
CREATE INDEX work_item_apart ON newel.work_item (bucket, workflow, priority, position, due_at, id) WHERE state = 'queued';
CREATE INDEX work_item_apart_general ON newel.work_item (bucket, workflow, priority, position, due_at, id)
    WHERE state = 'queued' AND general;
CREATE INDEX work_item_overflow ON newel.work_item (owner_id, workflow) WHERE state = 'owned' AND overflow;

-- Nobody is given work through a pool that is closed; whoever closes it waits for who is being given some.
CREATE FUNCTION newel.guard_overflow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM newel.overflow o WHERE o.workflow = NEW.workflow AND o.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'NW-OVERFLOW: the overflow pool of % is closed', NEW.workflow USING ERRCODE = 'NW034';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER work_item_overflow BEFORE UPDATE OF owner_id ON newel.work_item FOR EACH ROW
    WHEN (NEW.overflow AND NEW.owner_id IS NOT NULL AND NEW.owner_id IS DISTINCT FROM OLD.owner_id)
    EXECUTE FUNCTION newel.guard_overflow();

GRANT SELECT, INSERT, UPDATE ON newel.overflow, newel.overflow_alert TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_overflow() TO newel_app;
