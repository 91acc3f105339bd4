-- A part of the queue that somebody looks at often, by name; their own, or shown to their team as well.
CREATE TABLE newel.saved_view (
    id         uuid PRIMARY KEY,
    staff_id   uuid        NOT NULL REFERENCES newel.staff,
    team       text        NOT NULL DEFAULT '',
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    workflow   text        NOT NULL DEFAULT '',
    priority   smallint    NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 3),
    language   text        NOT NULL DEFAULT '',
    late       boolean     NOT NULL DEFAULT false,
    saved_at   timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX saved_view_name ON newel.saved_view (staff_id, name) WHERE removed_at IS NULL;
CREATE INDEX saved_view_team ON newel.saved_view (team, name) WHERE removed_at IS NULL AND team <> '';

GRANT SELECT, INSERT, UPDATE ON newel.saved_view TO newel_app;
