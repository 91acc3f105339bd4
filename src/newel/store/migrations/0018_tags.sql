-- Tags of a case: words of a team for matters, never for people. What was taken off stays, with its time.
CREATE TABLE newel.case_tag (
    case_id    uuid        NOT NULL REFERENCES newel.cases,
    tag        text        NOT NULL CHECK (length(tag) BETWEEN 1 AND 32 AND tag !~ '[[:space:]<>@,;]' AND tag !~ '[0-9]{5}'),
    at         timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (case_id, tag)
);
CREATE INDEX case_tag_tag ON newel.case_tag (tag, case_id) WHERE removed_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON newel.case_tag TO newel_app;

ALTER TABLE newel.saved_view ADD COLUMN tag text NOT NULL DEFAULT '';
