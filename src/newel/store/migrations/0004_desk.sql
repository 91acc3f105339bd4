-- The desk: saved texts.

-- Saved texts that people insert with "/": the team's (no owner), or somebody's own.
CREATE TABLE newel.macro (
    id         uuid PRIMARY KEY,
    owner_id   uuid        REFERENCES newel.staff,
    workflow   text        NOT NULL DEFAULT '',
    name       text        NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    title      text        NOT NULL,
    body       text        NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text        NOT NULL
);
CREATE UNIQUE INDEX macro_name ON newel.macro (name, workflow, owner_id) NULLS NOT DISTINCT;

GRANT SELECT, INSERT, UPDATE, DELETE ON newel.macro TO newel_app;
