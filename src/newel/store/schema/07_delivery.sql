-- Outbox, resolution, feedback.

CREATE TABLE newel.outbox (
    id           uuid PRIMARY KEY,
    message_id   uuid        NOT NULL UNIQUE REFERENCES newel.message,
    case_id      uuid        NOT NULL REFERENCES newel.cases,
    conversation_id uuid     NOT NULL REFERENCES newel.conversation,
    episode      integer     NOT NULL,
    state        text        NOT NULL CHECK (state IN ('pending', 'claimed', 'delivered', 'withdrawn', 'dead')),
    action_id    uuid        REFERENCES newel.action,
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    attempts     integer     NOT NULL DEFAULT 0,
    claimed_at   timestamptz,
    ended_at     timestamptz,
    provider_id  text        NOT NULL DEFAULT '',
    reason       text        NOT NULL DEFAULT '',
    visible_seq  bigint,
    created_at   timestamptz NOT NULL,
    -- It leaves right before this one, in its delivery: by what the AI introduces itself goes with its reply.
    before_id    uuid        REFERENCES newel.outbox DEFERRABLE INITIALLY DEFERRED,
    CHECK (state NOT IN ('claimed', 'delivered') OR claimed_at IS NOT NULL),
    CHECK ((state IN ('delivered', 'withdrawn', 'dead')) = (ended_at IS NOT NULL))
);
CREATE INDEX outbox_case ON newel.outbox (case_id) WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_visible ON newel.outbox (conversation_id, visible_seq) WHERE visible_seq IS NOT NULL;
CREATE TRIGGER outbox_transition BEFORE UPDATE ON newel.outbox
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('outbox');
CREATE CONSTRAINT TRIGGER outbox_audited AFTER INSERT OR UPDATE ON newel.outbox
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('outbox');

-- The kill switch and each AI claim meet on one advisory lock, so that none slips by.
CREATE FUNCTION newel.lock_kill_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7305);
    RETURN NEW;
END $$;
CREATE TRIGGER kill_switch_lock BEFORE INSERT ON newel.kill_switch
    FOR EACH ROW EXECUTE FUNCTION newel.lock_kill_switch();

-- INV-1, 2, 3, 19 at the last gate: what may not leave is refused in the claim's transaction.
CREATE FUNCTION newel.guard_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE m record; c record; inbound uuid;
BEGIN
    SELECT author, drafted_by, case_id, episode, proposal_id INTO m FROM newel.message WHERE id = NEW.message_id;
    IF TG_OP = 'INSERT' AND (NEW.state <> 'pending' OR NEW.claimed_at IS NOT NULL OR NEW.visible_seq IS NOT NULL) THEN
        RAISE EXCEPTION 'NW-OUTBOX: starts pending' USING ERRCODE = 'NW002';
    END IF;
    IF TG_OP = 'UPDATE' AND (
       (NEW.message_id, NEW.case_id, NEW.conversation_id, NEW.action_id, NEW.episode, NEW.before_id) IS DISTINCT FROM
       (OLD.message_id, OLD.case_id, OLD.conversation_id, OLD.action_id, OLD.episode, OLD.before_id)
       OR NEW.state <> 'claimed' AND (NEW.claimed_at, NEW.visible_seq) IS DISTINCT FROM (OLD.claimed_at, OLD.visible_seq)
    ) THEN
        RAISE EXCEPTION 'NW-OUTBOX: what is sent never changes' USING ERRCODE = 'NW002';
    END IF;
    IF m.case_id <> NEW.case_id OR m.episode <> NEW.episode THEN
        RAISE EXCEPTION 'NW-OUTBOX: not a message of this case' USING ERRCODE = 'NW002';
    END IF;
    -- Each further try of a claimed message is a claim of its own.
    IF TG_OP = 'INSERT' OR NEW.state <> 'claimed' OR OLD.state = 'claimed' AND
       (NEW.attempts, NEW.claimed_at, NEW.visible_seq) IS NOT DISTINCT FROM
       (OLD.attempts, OLD.claimed_at, OLD.visible_seq) THEN
        RETURN NEW;
    END IF;
    IF NOT (SELECT coalesce(bool_or(a.state = 'confirmed'), true) FROM (
                SELECT state FROM newel.action WHERE id = NEW.action_id
                UNION ALL SELECT state FROM newel.action WHERE proposal_id = m.proposal_id) a) THEN
        RAISE EXCEPTION 'NW-OUTBOX: its action is not confirmed' USING ERRCODE = 'NW019';
    END IF;
    IF m.author <> 'ai' THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7305);
    SELECT id, workflow, contact_reason, locked, tier, episode INTO c
    FROM newel.cases WHERE id = NEW.case_id FOR NO KEY UPDATE;
    IF c.locked OR c.tier = 3 OR c.episode <> NEW.episode THEN
        RAISE EXCEPTION 'NW-LOCKED: no AI message leaves a locked or T3 case' USING ERRCODE = 'NW003';
    END IF;
    inbound := newel.latest_inbound(NEW.case_id);
    IF NOT EXISTS (SELECT FROM newel.scan_receipt r WHERE r.message_id = inbound
                   AND r.outcome = 'scanned' AND (NOT r.locked OR EXISTS (
                       SELECT FROM newel.lowering l WHERE l.case_id = NEW.case_id AND l.unlocked AND l.at >= r.at))) THEN
        RAISE EXCEPTION 'NW-RECEIPT: the latest message is not scanned' USING ERRCODE = 'NW004';
    END IF;
    -- The stop of a reason holds for what the draft was made for, whatever the case is called by now, and for what
    -- no draft of the case stands behind.
    IF EXISTS (SELECT FROM newel.kill_switch k WHERE k.released_at IS NULL
               AND (k.workflow IS NULL OR k.workflow = c.workflow)
               AND (k.contact_reason IS NULL OR k.contact_reason = c.contact_reason OR NOT EXISTS (
                   SELECT FROM newel.proposal p WHERE p.id = m.proposal_id AND p.case_id = NEW.case_id
                     AND p.contact_reason <> k.contact_reason))) THEN
        RAISE EXCEPTION 'NW-KILL: AI sending is stopped' USING ERRCODE = 'NW005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_gate BEFORE INSERT OR UPDATE ON newel.outbox
    FOR EACH ROW EXECUTE FUNCTION newel.guard_outbox();

CREATE TABLE newel.resolution (
    id           uuid PRIMARY KEY,
    case_id      uuid        NOT NULL REFERENCES newel.cases,
    episode      integer     NOT NULL,
    category     text        NOT NULL CHECK (category IN
        ('resolved', 'redirected', 'information_provided', 'regulatory_referral', 'no_resolution')),
    cause        text        CHECK (cause IN
        ('missing_data', 'unclear_request', 'policy_conflict', 'format', 'edge_case')),
    ai_quality   text        CHECK (ai_quality IN ('correct_low_confidence', 'incorrect_plausible',
        'fundamentally_wrong', 'should_not_have_escalated')),
    seconds_spent integer    CHECK (seconds_spent >= 0),
    by_kind      text        NOT NULL CHECK (by_kind IN ('staff', 'ai', 'customer', 'system')),
    staff_id     uuid        REFERENCES newel.staff,
    note_sealed  bytea,
    at           timestamptz NOT NULL,
    UNIQUE (case_id, episode),
    CHECK ((by_kind = 'staff') = (staff_id IS NOT NULL))
);

CREATE TABLE newel.feedback (
    id            uuid PRIMARY KEY,
    case_id       uuid        NOT NULL REFERENCES newel.cases,
    resolution_id uuid        REFERENCES newel.resolution,
    kind          text        NOT NULL CHECK (kind IN ('resolution', 'approval', 'follow_up', 'false_alarm', 'missed',
        'review')),
    state         text        NOT NULL CHECK (state IN ('pending', 'ingested', 'dead')),
    body_sealed   bytea       NOT NULL,
    attempts      integer     NOT NULL DEFAULT 0,
    error         text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK ((state = 'pending') = (ended_at IS NULL))
);
CREATE INDEX feedback_case ON newel.feedback (case_id);
CREATE INDEX feedback_pending ON newel.feedback (created_at) WHERE state = 'pending';
CREATE TRIGGER feedback_transition BEFORE UPDATE ON newel.feedback
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('feedback');
CREATE CONSTRAINT TRIGGER feedback_audited AFTER INSERT OR UPDATE ON newel.feedback
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('feedback');

-- What feedback becomes: a training label (masked text only) or a calibration signal.
CREATE TABLE newel.label (
    feedback_id    uuid        NOT NULL REFERENCES newel.feedback,
    use            text        NOT NULL CHECK (use IN ('training', 'calibration')),
    workflow       text        NOT NULL,
    contact_reason text        NOT NULL,
    masked_text    text        NOT NULL DEFAULT '',
    right_answer   boolean,
    confidence     real,
    data           jsonb       NOT NULL DEFAULT '{}',
    at             timestamptz NOT NULL,
    PRIMARY KEY (feedback_id, use)
);

CREATE INDEX resolution_by_staff ON newel.resolution (at) WHERE by_kind = 'staff';

-- The customer's chat: how far the customer has seen what left and when that was, and how far a person has read.
CREATE TABLE newel.chat (
    conversation_id uuid PRIMARY KEY REFERENCES newel.conversation,
    seen_seq        bigint NOT NULL DEFAULT 0 CHECK (seen_seq >= 0),
    read_seq        bigint NOT NULL DEFAULT 0 CHECK (read_seq >= 0),
    seen_at         timestamptz,
    CONSTRAINT chat_seen_at CHECK (seen_at IS NULL OR seen_seq > 0)
);

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

-- One question for a resolved episode (CSAT, NPS or effort), and its one answer on the scale of its kind.
CREATE TABLE newel.survey (
    id              uuid PRIMARY KEY,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    conversation_id uuid        NOT NULL REFERENCES newel.conversation,
    episode         integer     NOT NULL,
    tier            smallint    CHECK (tier IN (1, 2, 3)),
    asked_at        timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL CHECK (expires_at > asked_at),
    score           smallint,
    comment_sealed  bytea,
    answered_at     timestamptz,
    kind            text        NOT NULL CHECK (kind IN ('csat', 'nps', 'effort')),
    UNIQUE (case_id, episode),
    CONSTRAINT survey_scale CHECK (score BETWEEN CASE kind WHEN 'nps' THEN 0 ELSE 1 END
        AND CASE kind WHEN 'csat' THEN 5 WHEN 'nps' THEN 10 ELSE 7 END),
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
