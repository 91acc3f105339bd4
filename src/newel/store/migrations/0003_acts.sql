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

-- What somebody is writing, sealed for its case: one row a person, empty once sent or handed over.
CREATE TABLE newel.draft (
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    staff_id    uuid        NOT NULL REFERENCES newel.staff,
    from_id     uuid        REFERENCES newel.staff,
    body_sealed bytea,
    saved_at    timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);

GRANT SELECT, INSERT, UPDATE ON newel.draft TO newel_app;

-- "Should have been T3": said by who handled the case, once each, with the cluster that was missed.
CREATE TABLE newel.miss (
    id       uuid PRIMARY KEY,
    case_id  uuid        NOT NULL REFERENCES newel.cases,
    episode  integer     NOT NULL,
    staff_id uuid        NOT NULL REFERENCES newel.staff,
    cluster  text        NOT NULL CHECK (cluster IN ('request', 'legal', 'reputation', 'repeat', 'emotion', 'complexity',
        'value', 'topic', 'injection', 'data', 'risk_words')),
    tier     smallint    CHECK (tier IN (1, 2, 3)),
    at       timestamptz NOT NULL,
    UNIQUE (case_id, staff_id)
);
CREATE INDEX miss_at ON newel.miss (at);
CREATE TRIGGER miss_append_only BEFORE UPDATE OR DELETE ON newel.miss
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

GRANT SELECT, INSERT ON newel.miss TO newel_app;

-- A person's message that is held for a few seconds so that they may take it back, with what follows
-- once it leaves: a wait for the customer, or the end of the episode.
CREATE TABLE newel.hold (
    outbox_id         uuid PRIMARY KEY REFERENCES newel.outbox,
    case_id           uuid        NOT NULL REFERENCES newel.cases,
    staff_id          uuid        NOT NULL REFERENCES newel.staff,
    token             bigint      NOT NULL,
    inbound_id        uuid        REFERENCES newel.message,
    wait              interval,
    resolution_sealed bytea,
    release_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    CHECK (wait IS NULL OR resolution_sealed IS NULL)
);
CREATE UNIQUE INDEX hold_open ON newel.hold (case_id) WHERE ended_at IS NULL;

-- What is held is not claimed.
CREATE FUNCTION newel.guard_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'claimed' AND EXISTS (
        SELECT FROM newel.hold h WHERE h.outbox_id = NEW.id AND h.ended_at IS NULL) THEN
        RAISE EXCEPTION 'NW-HELD: its writer may still take it back' USING ERRCODE = 'NW020';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_held BEFORE UPDATE ON newel.outbox
    FOR EACH ROW EXECUTE FUNCTION newel.guard_held();

GRANT SELECT, INSERT, UPDATE ON newel.hold TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_held() TO newel_app;

-- CSAT: one question for a resolved episode, and its one answer.
CREATE TABLE newel.survey (
    id              uuid PRIMARY KEY,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    conversation_id uuid        NOT NULL REFERENCES newel.conversation,
    episode         integer     NOT NULL,
    tier            smallint    CHECK (tier IN (1, 2, 3)),
    asked_at        timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL CHECK (expires_at > asked_at),
    score           smallint    CHECK (score BETWEEN 1 AND 5),
    comment_sealed  bytea,
    answered_at     timestamptz,
    UNIQUE (case_id, episode),
    CHECK ((score IS NULL) = (answered_at IS NULL)),
    CHECK (comment_sealed IS NULL OR score IS NOT NULL)
);
CREATE INDEX survey_conversation ON newel.survey (conversation_id, asked_at DESC);
CREATE INDEX survey_answered ON newel.survey (answered_at) WHERE answered_at IS NOT NULL;

CREATE FUNCTION newel.guard_survey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL OR newel.now() >= OLD.expires_at THEN
        RAISE EXCEPTION 'NW-SURVEY: one answer, and in time' USING ERRCODE = 'NW021';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER survey_once BEFORE UPDATE ON newel.survey
    FOR EACH ROW EXECUTE FUNCTION newel.guard_survey();

GRANT SELECT, INSERT, UPDATE ON newel.survey TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_survey() TO newel_app;

-- Canned texts, owned by a team: plain text with places from a known list, no customer's words.
CREATE TABLE newel.macro (
    id         uuid PRIMARY KEY,
    workflow   text        NOT NULL,
    language   text        NOT NULL,
    name       text        NOT NULL,
    team       text        NOT NULL,
    body       text        NOT NULL CHECK (length(body) > 0),
    active     boolean     NOT NULL DEFAULT true,
    updated_by text        NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (workflow, language, name)
);

GRANT SELECT, INSERT, UPDATE ON newel.macro TO newel_app;
