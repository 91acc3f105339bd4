-- Work items, SLA targets, context packages.

CREATE TABLE newel.work_item (
    id          uuid PRIMARY KEY,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    episode     integer     NOT NULL,
    workflow    text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('queued', 'owned', 'done', 'cancelled')),
    lane        text        NOT NULL DEFAULT 'normal' CHECK (lane IN ('normal', 'supervisor')),
    priority    smallint    NOT NULL CHECK (priority IN (1, 2, 3)),
    bucket      integer     NOT NULL REFERENCES newel.bucket,
    general     boolean     NOT NULL DEFAULT false,
    position    integer     NOT NULL DEFAULT 0,
    owner_id    uuid        REFERENCES newel.staff,
    token       bigint      NOT NULL DEFAULT 0,
    reason      text        NOT NULL,
    queued_at   timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    owned_at    timestamptz,
    done_at     timestamptz,
    breached    boolean     NOT NULL DEFAULT false,
    level       text        NOT NULL DEFAULT 'L2' CHECK (level IN ('L2', 'L3')),
    passed_by   uuid        REFERENCES newel.staff,
    overflow    boolean     NOT NULL DEFAULT false,
    CHECK ((state = 'owned') = (owner_id IS NOT NULL AND done_at IS NULL)),
    CHECK ((state IN ('done', 'cancelled')) = (done_at IS NOT NULL)),
    CONSTRAINT work_item_overflow_owned CHECK (NOT overflow OR owner_id IS NOT NULL)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX work_item_open ON newel.work_item (case_id) WHERE state IN ('queued', 'owned');
CREATE INDEX work_item_case ON newel.work_item (case_id);
CREATE INDEX work_item_ended ON newel.work_item (workflow, reason, done_at DESC) WHERE state = 'done';
CREATE INDEX work_item_queue ON newel.work_item (priority, position, due_at, id, bucket) WHERE state = 'queued';
CREATE INDEX work_item_bucket ON newel.work_item (bucket, priority, position, due_at, id) WHERE state = 'queued';
CREATE INDEX work_item_general ON newel.work_item (bucket, priority, position, due_at, id)
    WHERE state = 'queued' AND general;
CREATE INDEX work_item_depth ON newel.work_item (workflow, priority, bucket, queued_at) WHERE state = 'queued';
CREATE INDEX work_item_apart ON newel.work_item (bucket, workflow, priority, position, due_at, id) WHERE state = 'queued';
CREATE INDEX work_item_apart_general ON newel.work_item (bucket, workflow, priority, position, due_at, id)
    WHERE state = 'queued' AND general;
CREATE INDEX work_item_overflow ON newel.work_item (owner_id, workflow) WHERE state = 'owned' AND overflow;
CREATE INDEX work_item_owner ON newel.work_item (owner_id, priority, due_at) WHERE state = 'owned';
CREATE TRIGGER work_item_transition BEFORE UPDATE ON newel.work_item
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('work_item');
CREATE CONSTRAINT TRIGGER work_item_audited AFTER INSERT OR UPDATE ON newel.work_item
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('work_item');

-- One more or one less of a channel; what is nought is left out.
CREATE FUNCTION newel.counted(loads jsonb, its_channel text, by integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN its_channel = '' THEN loads
        WHEN coalesce((loads ->> its_channel)::integer, 0) + by <= 0 THEN loads - its_channel
        ELSE loads || jsonb_build_object(its_channel, coalesce((loads ->> its_channel)::integer, 0) + by) END
$$;

-- INV-6: each change of owner raises the fencing token. Capacity, in all and of the channel, is held here, under the
-- person's row lock; the supervisor lane does not count.
CREATE FUNCTION newel.guard_work_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_channel text;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.token < OLD.token
       OR NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.token = OLD.token) THEN
        RAISE EXCEPTION 'NW-FENCE: a new owner needs a new token' USING ERRCODE = 'NW016';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'owned' AND OLD.lane = 'normal'
       AND (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.state <> 'owned' OR NEW.lane <> 'normal'
            OR NEW.bucket <> OLD.bucket) THEN
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = OLD.bucket;
        UPDATE newel.staff SET load = load - 1, channel_load = newel.counted(channel_load, its_channel, -1)
        WHERE id = OLD.owner_id;
    END IF;
    IF NEW.state = 'owned' AND NEW.lane = 'normal'
       AND (TG_OP = 'INSERT' OR OLD.state <> 'owned' OR OLD.owner_id <> NEW.owner_id OR OLD.lane <> 'normal') THEN
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = NEW.bucket;
        UPDATE newel.staff SET load = load + 1, last_assigned_at = NEW.owned_at,
            channel_load = newel.counted(channel_load, its_channel, 1)
        WHERE id = NEW.owner_id AND load < capacity AND active AND (channel_capacity -> its_channel IS NULL
            OR coalesce((channel_load ->> its_channel)::integer, 0) < (channel_capacity ->> its_channel)::integer);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'NW-CAPACITY: % is full', NEW.owner_id USING ERRCODE = 'NW018';
        END IF;
    ELSIF NEW.state = 'owned' AND NEW.lane = 'normal' AND OLD.bucket <> NEW.bucket THEN
        -- What somebody has already and now asks for something else is counted anew, and stays with them.
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = NEW.bucket;
        UPDATE newel.staff SET load = load + 1, channel_load = newel.counted(channel_load, its_channel, 1)
        WHERE id = NEW.owner_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER work_item_owner BEFORE INSERT OR UPDATE ON newel.work_item
    FOR EACH ROW EXECUTE FUNCTION newel.guard_work_item();

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

CREATE TABLE newel.sla_target (
    id             uuid PRIMARY KEY,
    case_id        uuid        NOT NULL REFERENCES newel.cases,
    work_item_id   uuid        REFERENCES newel.work_item,
    approval_id    uuid        REFERENCES newel.approval,
    kind           text        NOT NULL CHECK (kind IN ('first_response', 'next_response', 'resolution', 'approval')),
    state          text        NOT NULL CHECK (state IN ('running', 'paused', 'met', 'cancelled')),
    priority       smallint    NOT NULL CHECK (priority IN (1, 2, 3)),
    minutes        integer     NOT NULL CHECK (minutes > 0),
    business_time  boolean     NOT NULL,
    started_at     timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    paused_at      timestamptz,
    paused          interval   NOT NULL DEFAULT '0',
    paused_business interval   NOT NULL DEFAULT '0',
    percents       smallint[]    NOT NULL,
    alert_ats      timestamptz[] NOT NULL,
    next_alert_at  timestamptz,
    next_percent   smallint,
    breached_at    timestamptz,
    ended_at       timestamptz,
    policy_id      uuid        NOT NULL REFERENCES newel.policy_version,
    CHECK (cardinality(percents) = cardinality(alert_ats)),
    CHECK (kind = 'resolution' OR state <> 'paused'),
    CHECK ((state = 'paused') = (paused_at IS NOT NULL)),
    CHECK ((state IN ('met', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (state = 'running' OR next_alert_at IS NULL),
    CHECK ((next_alert_at IS NULL) = (next_percent IS NULL))
);
CREATE INDEX sla_due ON newel.sla_target (next_alert_at) WHERE next_alert_at IS NOT NULL;
CREATE INDEX sla_case ON newel.sla_target (case_id);
CREATE INDEX sla_running ON newel.sla_target (kind, priority, due_at) WHERE state = 'running';
CREATE INDEX sla_met ON newel.sla_target (kind, ended_at, priority, due_at) WHERE state = 'met';
CREATE UNIQUE INDEX sla_live ON newel.sla_target (case_id, kind) WHERE state IN ('running', 'paused');
CREATE TRIGGER sla_transition BEFORE UPDATE ON newel.sla_target
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('sla');
CREATE CONSTRAINT TRIGGER sla_audited AFTER INSERT OR UPDATE ON newel.sla_target
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('sla');

-- INV-9: one row per (target, threshold), and none before its time.
CREATE TABLE newel.sla_alert (
    target_id uuid        NOT NULL REFERENCES newel.sla_target,
    percent   smallint    NOT NULL,
    due_at    timestamptz NOT NULL,
    fired_at  timestamptz NOT NULL,
    PRIMARY KEY (target_id, percent),
    CHECK (fired_at >= due_at)
);
CREATE FUNCTION newel.guard_sla_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.sla_target t WHERE t.id = NEW.target_id
                   AND t.alert_ats[array_position(t.percents, NEW.percent)] = NEW.due_at) THEN
        RAISE EXCEPTION 'NW-SLA: no such threshold at that time' USING ERRCODE = 'NW009';
    END IF;
    IF NEW.fired_at > newel.now() THEN
        RAISE EXCEPTION 'NW-SLA: not before its time' USING ERRCODE = 'NW009';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sla_alert_due BEFORE INSERT ON newel.sla_alert
    FOR EACH ROW EXECUTE FUNCTION newel.guard_sla_alert();
CREATE TRIGGER sla_alert_append_only BEFORE UPDATE OR DELETE ON newel.sla_alert
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

-- Notices to people (alerts, pages, mentions): ids and words of the policy only, never text.
CREATE TABLE newel.notice (
    id         uuid PRIMARY KEY,
    staff_id   uuid        REFERENCES newel.staff,
    address    text        NOT NULL DEFAULT '',
    case_id    uuid        REFERENCES newel.cases,
    kind       text        NOT NULL,
    data       jsonb       NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    seen_at    timestamptz
);
CREATE INDEX notice_case ON newel.notice (case_id, kind);
CREATE INDEX notice_staff ON newel.notice (staff_id, created_at) WHERE seen_at IS NULL;
-- RTE-2: the on-call is told once of each item, for each cause and urgency.
CREATE UNIQUE INDEX notice_called ON newel.notice (case_id, kind, (data ->> 'about')) WHERE starts_with(kind, 'on_call.');
CREATE INDEX notice_address ON newel.notice (address, created_at) WHERE seen_at IS NULL AND address <> '';

-- What goes to a role is seen by each of its people for themselves: one by one, or all up to a time.
CREATE TABLE newel.notice_seen (
    notice_id uuid        NOT NULL REFERENCES newel.notice,
    staff_id  uuid        NOT NULL REFERENCES newel.staff,
    at        timestamptz NOT NULL,
    PRIMARY KEY (staff_id, notice_id)
);
CREATE TABLE newel.notice_mark (
    staff_id uuid        PRIMARY KEY REFERENCES newel.staff,
    seen_to  timestamptz NOT NULL
);

CREATE TABLE newel.context_package (
    id           uuid PRIMARY KEY,
    case_id      uuid        NOT NULL REFERENCES newel.cases,
    work_item_id uuid        NOT NULL UNIQUE REFERENCES newel.work_item,
    opened_at    timestamptz NOT NULL,
    complete_at  timestamptz
);
CREATE INDEX context_package_case ON newel.context_package (case_id);
CREATE TABLE newel.context_part (
    package_id uuid        NOT NULL REFERENCES newel.context_package,
    part       text        NOT NULL,
    state      text        NOT NULL CHECK (state IN ('pending', 'ready', 'gap')),
    sealed     bytea,
    gap        text        NOT NULL DEFAULT '',
    deadline   timestamptz NOT NULL,
    filled_at  timestamptz,
    attempts   integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (package_id, part),
    CHECK ((state = 'ready') = (sealed IS NOT NULL))
);
-- A purpose-bound grant to open another's package, for a time; each opening and reveal is audited. A masked one
-- leaves the package shut: the texts of an ended case are read beside one that it is like.
CREATE TABLE newel.context_grant (
    id         uuid PRIMARY KEY,
    package_id uuid        NOT NULL REFERENCES newel.context_package,
    staff_id   uuid        NOT NULL REFERENCES newel.staff,
    granted_by uuid        NOT NULL REFERENCES newel.staff,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > granted_at),
    purpose_sealed bytea,
    masked     boolean     NOT NULL DEFAULT false
);
CREATE INDEX context_grant_staff ON newel.context_grant (package_id, staff_id);

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

-- What somebody is writing, sealed for its case: one row a person, empty once sent or handed over.
CREATE TABLE newel.draft (
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    staff_id    uuid        NOT NULL REFERENCES newel.staff,
    from_id     uuid        REFERENCES newel.staff,
    body_sealed bytea,
    saved_at    timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);

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
    review_id uuid
);
CREATE UNIQUE INDEX miss_marked ON newel.miss (case_id, staff_id) WHERE review_id IS NULL;
CREATE INDEX miss_at ON newel.miss (at);
CREATE TRIGGER miss_append_only BEFORE UPDATE OR DELETE ON newel.miss
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

-- "This happens again": said by anybody who sees a case, with words (masked, and sealed with it) and what it is about;
-- who says it as they end a case may leave the words out.
CREATE TABLE newel.pattern (
    id             uuid PRIMARY KEY,
    case_id        uuid        NOT NULL REFERENCES newel.cases,
    episode        integer     NOT NULL,
    staff_id       uuid        NOT NULL REFERENCES newel.staff,
    contact_reason text        NOT NULL,
    words_sealed   bytea,
    at             timestamptz NOT NULL,
    UNIQUE (case_id, episode, staff_id)
);
CREATE INDEX pattern_at ON newel.pattern (at);
CREATE TRIGGER pattern_append_only BEFORE UPDATE OR DELETE ON newel.pattern
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

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

-- Tags of a case: words of a team for matters, never for people. What was taken off stays, with its time.
CREATE TABLE newel.case_tag (
    case_id    uuid        NOT NULL REFERENCES newel.cases,
    tag        text        NOT NULL CHECK (length(tag) BETWEEN 1 AND 32 AND tag !~ '[[:space:]<>@,;]' AND tag !~ '[0-9]{5}'),
    at         timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (case_id, tag)
);
CREATE INDEX case_tag_tag ON newel.case_tag (tag, case_id) WHERE removed_at IS NULL;

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
    removed_at timestamptz,
    tag        text        NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX saved_view_name ON newel.saved_view (staff_id, name) WHERE removed_at IS NULL;
CREATE INDEX saved_view_team ON newel.saved_view (team, name) WHERE removed_at IS NULL AND team <> '';

-- What was recommended on a case to the person who works it: shown once, then used or dismissed by a person. No text.
CREATE TABLE newel.offer (
    id          uuid PRIMARY KEY,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    episode     integer     NOT NULL,
    customer_id uuid        NOT NULL REFERENCES newel.customer,
    workflow    text        NOT NULL,
    name        text        NOT NULL CHECK (length(name) > 0),
    state       text        NOT NULL CHECK (state IN ('shown', 'used', 'dismissed')),
    policy_id   uuid        NOT NULL REFERENCES newel.policy_version,
    shown_to    uuid        NOT NULL REFERENCES newel.staff,
    shown_at    timestamptz NOT NULL,
    ended_by    uuid        REFERENCES newel.staff,
    ended_at    timestamptz,
    UNIQUE (case_id, episode, name),
    CHECK ((state = 'shown') = (ended_at IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX offer_customer ON newel.offer (customer_id, name) WHERE ended_at IS NOT NULL;
CREATE INDEX offer_shown ON newel.offer (shown_at);
CREATE TRIGGER offer_transition BEFORE UPDATE ON newel.offer
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('offer');
CREATE CONSTRAINT TRIGGER offer_audited AFTER INSERT OR UPDATE ON newel.offer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('offer');

-- Nobody is sold anything where something is wrong: on a lock, after any trigger, where the AI may not draft, or to
-- vulnerable people. It is shown and used on the customer's own case, while a person has it.
CREATE FUNCTION newel.guard_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.cases c JOIN newel.customer u ON u.id = c.customer_id
                   WHERE c.id = NEW.case_id AND c.customer_id = NEW.customer_id AND c.kind = 'conversation'
                   AND c.state = 'owned' AND NOT c.locked AND c.assist = 2 AND NOT u.vulnerable)
        OR EXISTS (SELECT FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
                   WHERE m.case_id = NEW.case_id AND (r.outcome = 'failed' OR r.markers <> '{}')) THEN
        RAISE EXCEPTION 'NW-OFFER: nothing is offered on case %', NEW.case_id USING ERRCODE = 'NW051';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offer_allowed BEFORE INSERT OR UPDATE ON newel.offer FOR EACH ROW
    WHEN (NEW.state <> 'dismissed') EXECUTE FUNCTION newel.guard_offer();
