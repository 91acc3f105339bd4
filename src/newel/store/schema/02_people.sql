-- Access and people: staff, their skills and sessions, service tokens.

CREATE TABLE newel.staff (
    id                uuid PRIMARY KEY,
    login             text        NOT NULL UNIQUE,
    name              text        NOT NULL,
    password_hash     text,
    roles             text[]      NOT NULL DEFAULT '{}',
    clearance         text        NOT NULL CHECK (clearance IN ('junior', 'senior', 'specialist', 'supervisor', 'none')),
    skills            jsonb       NOT NULL DEFAULT '{}',
    languages         text[]      NOT NULL DEFAULT '{}',
    zone              text        NOT NULL DEFAULT 'UTC',
    shifts            jsonb       NOT NULL DEFAULT '{}',
    team              text        NOT NULL DEFAULT 'inhouse',
    capacity          integer     NOT NULL DEFAULT 0 CHECK (capacity >= 0),
    load              integer     NOT NULL DEFAULT 0 CHECK (load >= 0),
    limit_minor       bigint      NOT NULL DEFAULT 0 CHECK (limit_minor >= 0),
    customer_id       uuid,
    presence          text        NOT NULL DEFAULT 'away' CHECK (presence IN ('available', 'away')),
    eligible          integer[]   NOT NULL DEFAULT '{}',
    general           integer[]   NOT NULL DEFAULT '{}',
    last_assigned_at  timestamptz,
    active            boolean     NOT NULL DEFAULT true,
    created_at        timestamptz NOT NULL,
    region            text        NOT NULL DEFAULT '',
    channel_capacity  jsonb       NOT NULL DEFAULT '{}',
    channel_load      jsonb       NOT NULL DEFAULT '{}'
);

CREATE TABLE newel.staff_session (
    id_hash      bytea PRIMARY KEY,
    staff_id     uuid        NOT NULL REFERENCES newel.staff,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);

-- INV-13: an account, its rights and its password have their event in the same transaction, and nobody gives
-- themselves rights. What the house's own owner mends by hand is not held: it could take the guard away as well.
CREATE FUNCTION newel.guard_staff() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rights boolean;
BEGIN
    rights := TG_OP = 'INSERT' OR
        (NEW.roles, NEW.clearance, NEW.limit_minor, NEW.active, NEW.customer_id) IS DISTINCT FROM
        (OLD.roles, OLD.clearance, OLD.limit_minor, OLD.active, OLD.customer_id);
    IF NOT EXISTS (SELECT FROM newel.audit_event a
        WHERE a.entity = 'staff' AND a.entity_id = NEW.id::text AND a.tx = pg_current_xact_id()
          AND CASE WHEN rights THEN a.event IN ('access.staff_created', 'access.staff_changed')
                                    AND a.actor_id <> NEW.id::text
                   ELSE a.event IN ('access.staff_changed', 'access.signed_in') END) THEN
        RAISE EXCEPTION 'NW-STAFF: account % changes without its event by another', NEW.id USING ERRCODE = 'NW052';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER staff_made_told AFTER INSERT ON newel.staff DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'newel_app') EXECUTE FUNCTION newel.guard_staff();
CREATE CONSTRAINT TRIGGER staff_rights_told AFTER UPDATE ON newel.staff DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'newel_app' AND
        (NEW.roles, NEW.clearance, NEW.limit_minor, NEW.active, NEW.customer_id, NEW.password_hash) IS DISTINCT FROM
        (OLD.roles, OLD.clearance, OLD.limit_minor, OLD.active, OLD.customer_id, OLD.password_hash))
    EXECUTE FUNCTION newel.guard_staff();

-- INV-13: a session begins with its event, by whose it is.
CREATE FUNCTION newel.guard_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.audit_event a WHERE a.entity = 'staff' AND a.entity_id = NEW.staff_id::text
        AND a.event = 'access.signed_in' AND a.actor_id = NEW.staff_id::text AND a.tx = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'NW-SESSION: a session begins with its event' USING ERRCODE = 'NW052';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER staff_session_told AFTER INSERT ON newel.staff_session DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'newel_app') EXECUTE FUNCTION newel.guard_session();

-- What has ended lives no more: neither a session nor a token.
CREATE FUNCTION newel.guard_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'NW-SESSION: what has ended lives no more' USING ERRCODE = 'NW052';
END $$;
CREATE TRIGGER staff_session_over BEFORE UPDATE ON newel.staff_session FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL) EXECUTE FUNCTION newel.guard_ended();
CREATE INDEX staff_session_staff ON newel.staff_session (staff_id, last_seen_at) WHERE ended_at IS NULL;

CREATE TABLE newel.service_token (
    id         uuid PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    token_hash bytea       NOT NULL UNIQUE,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);

CREATE TRIGGER service_token_over BEFORE UPDATE ON newel.service_token FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION newel.guard_ended();

-- A bucket is the language, skills, clearance, channel and region that queued work asks for, as one small number.
CREATE TABLE newel.bucket (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    language  text    NOT NULL,
    skills    text[]  NOT NULL,
    regulated boolean NOT NULL,
    generalist text   NOT NULL DEFAULT 'general',
    channel   text    NOT NULL DEFAULT '',
    region    text    NOT NULL DEFAULT '',
    region_needed boolean NOT NULL DEFAULT false,
    UNIQUE (language, skills, regulated, generalist, channel, region, region_needed)
);
