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
