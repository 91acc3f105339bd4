-- What the desk does besides answering: support levels, notes.

ALTER TABLE newel.work_item
    ADD COLUMN level text NOT NULL DEFAULT 'L2' CHECK (level IN ('L2', 'L3')),
    ADD COLUMN passed_by uuid REFERENCES newel.staff;

-- Private notes on a case: sealed, never changed, never a customer's to see; and whom they name.
CREATE TABLE newel.note (
    id          uuid PRIMARY KEY,
    seq         bigint      GENERATED ALWAYS AS IDENTITY,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    episode     integer     NOT NULL,
    author_id   uuid        NOT NULL REFERENCES newel.staff,
    kind        text        NOT NULL CHECK (kind IN ('note', 'handover', 'question', 'answer')),
    answers     uuid        REFERENCES newel.note,
    mentions    uuid[]      NOT NULL DEFAULT '{}',
    body_sealed bytea       NOT NULL,
    at          timestamptz NOT NULL,
    CHECK ((kind = 'answer') = (answers IS NOT NULL))
);
CREATE INDEX note_case ON newel.note (case_id, seq);
CREATE TRIGGER note_append_only BEFORE UPDATE OR DELETE ON newel.note
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

GRANT SELECT, INSERT ON newel.note TO newel_app;
GRANT USAGE ON SEQUENCE newel.note_seq_seq TO newel_app;

-- A question to an expert: a note, a grant for a limited time, and the note that answers it.
CREATE TABLE newel.question (
    id          uuid PRIMARY KEY REFERENCES newel.note,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    asked_by    uuid        NOT NULL REFERENCES newel.staff,
    expert_id   uuid        NOT NULL REFERENCES newel.staff CHECK (expert_id <> asked_by),
    grant_id    uuid        NOT NULL REFERENCES newel.context_grant,
    asked_at    timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > asked_at),
    answered_at timestamptz
);
CREATE INDEX question_open ON newel.question (expert_id, asked_at) WHERE answered_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON newel.question TO newel_app;
