-- Ground: schemas, the clock, state machines, audit, jobs.
-- The application's role (newel_app) owns nothing; it is created by `newel migrate`.

CREATE SCHEMA newel;
CREATE SCHEMA keyring;

-- The one clock: each transaction reads it once. Tests, as the owner, replace this function.
CREATE FUNCTION newel.now() RETURNS timestamptz
    LANGUAGE sql STABLE AS 'SELECT clock_timestamp()';

-- State machines: a copy of newel.domain.states, proved equal by a test.
CREATE TABLE newel.state_transition (
    machine    text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (machine, from_state, to_state)
);

-- Refuses a change of state that the machine does not know; argument: the machine.
CREATE FUNCTION newel.guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM newel.state_transition t
        WHERE t.machine = TG_ARGV[0] AND t.from_state = OLD.state AND t.to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'NW-STATE: % may not go from % to %', TG_ARGV[0], OLD.state, NEW.state
            USING ERRCODE = 'NW010';
    END IF;
    RETURN NEW;
END $$;

-- The audit: append-only; the leaf hash is computed here, so that no caller can choose it.
-- Leaf = SHA-256(0x00 || UTF-8 of the JSON array [id, at, actor_kind, actor_id, event, entity,
-- entity_id, case_id, data]), after RFC 9162, 2.1.1; `at` in UTC with microseconds.
CREATE TABLE newel.audit_event (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid        NOT NULL UNIQUE,
    at         timestamptz NOT NULL,
    actor_kind text        NOT NULL CHECK (actor_kind IN ('staff', 'service', 'system', 'ai', 'customer')),
    actor_id   text        NOT NULL,
    event      text        NOT NULL,
    entity     text        NOT NULL,
    entity_id  text        NOT NULL,
    state      text,
    case_id    uuid,
    data       jsonb       NOT NULL DEFAULT '{}',
    tx         xid8        NOT NULL DEFAULT pg_current_xact_id(),
    leaf_hash  bytea       NOT NULL CHECK (length(leaf_hash) = 32)
);
CREATE INDEX audit_event_entity ON newel.audit_event (entity_id, entity);
CREATE INDEX audit_event_case ON newel.audit_event (case_id, seq) WHERE case_id IS NOT NULL;

CREATE FUNCTION newel.audit_leaf(e newel.audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256('\x00'::bytea || convert_to(jsonb_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.actor_kind, e.actor_id, e.event, e.entity, e.entity_id, e.state, e.case_id, e.data
    )::text, 'UTF8'))
$$;

CREATE FUNCTION newel.audit_seal_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := pg_current_xact_id();
    NEW.leaf_hash := newel.audit_leaf(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_seal_leaf BEFORE INSERT ON newel.audit_event
    FOR EACH ROW EXECUTE FUNCTION newel.audit_seal_leaf();

CREATE FUNCTION newel.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'NW-APPEND: % is append-only', TG_TABLE_NAME USING ERRCODE = 'NW011';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON newel.audit_event
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON newel.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION newel.refuse_change();

-- INV-13: at commit, each change of state has exactly one audit event; argument: the entity.
CREATE FUNCTION newel.guard_audited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n integer;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO n FROM newel.audit_event a
    WHERE a.entity = TG_ARGV[0] AND a.entity_id = NEW.id::text
      AND a.state = NEW.state AND a.tx = pg_current_xact_id();
    IF n <> 1 THEN
        RAISE EXCEPTION 'NW-AUDIT: % % became % with % audit events', TG_ARGV[0], NEW.id, NEW.state, n
            USING ERRCODE = 'NW013';
    END IF;
    RETURN NULL;
END $$;

-- INV-13 for rows without a state: at commit, the act of this transaction has exactly one audit event, by whom the
-- row names; arguments: the entity, the event, the column that names who.
CREATE FUNCTION newel.guard_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n integer;
BEGIN
    SELECT count(*) INTO n FROM newel.audit_event a
    WHERE a.entity = TG_ARGV[0] AND a.entity_id = NEW.id::text AND a.event = TG_ARGV[1]
      AND a.actor_id = to_jsonb(NEW) ->> TG_ARGV[2] AND a.tx = pg_current_xact_id();
    IF n <> 1 THEN
        RAISE EXCEPTION 'NW-AUDIT: % of % % with % audit events', TG_ARGV[1], TG_ARGV[0], NEW.id, n
            USING ERRCODE = 'NW013';
    END IF;
    RETURN NULL;
END $$;

-- Each running worker process: it holds a shared advisory lock (7310, number) on a connection of its
-- own for as long as it lives, and says now and then that it does. `answers`: the AI is with it.
CREATE TABLE newel.worker (
    number     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    answers    boolean     NOT NULL DEFAULT true
);

-- Jobs: the work that the state asks for, written in the state's own transaction. `traceparent`: the span that asked
-- for it (W3C Trace Context), where traces are collected.
CREATE TABLE newel.job (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL,
    case_id     uuid,
    subject_id  uuid,
    key         text        UNIQUE,
    state       text        NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'dead')),
    priority    smallint    NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 4),
    run_at      timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    lease_until timestamptz,
    token       bigint      NOT NULL DEFAULT 0,
    error       text,
    created_at  timestamptz NOT NULL,
    worker      integer,
    traceparent text CHECK (length(traceparent) = 55),
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_ready ON newel.job (kind, priority, run_at, id) WHERE state = 'ready';
CREATE INDEX job_lease ON newel.job (lease_until) WHERE state = 'running';
CREATE INDEX job_case ON newel.job (case_id, kind);
CREATE INDEX job_failing ON newel.job (created_at) WHERE kind = 'answer' AND attempts >= 5;
