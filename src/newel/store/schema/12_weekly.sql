-- The weekly review of misses, and the post-mortem of each.

-- A miss that a review of a sample found names it, and is of its case and episode: the audit of unflagged work (QUA-6).
ALTER TABLE newel.miss ADD FOREIGN KEY (review_id, case_id, episode) REFERENCES newel.review (id, case_id, episode);
CREATE UNIQUE INDEX miss_found ON newel.miss (review_id) WHERE review_id IS NOT NULL;

-- The weekly review of a workflow's misses: opened with its figures as they were, signed off once (INT-3).
CREATE TABLE newel.weekly (
    id         uuid PRIMARY KEY,
    workflow   text        NOT NULL,
    week       date        NOT NULL CHECK (extract(isodow FROM week) = 1),
    state      text        NOT NULL CHECK (state IN ('open', 'signed')),
    policy_id  uuid        NOT NULL REFERENCES newel.policy_version,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL CHECK (until > since),
    owner      text        NOT NULL,
    owner_id   uuid        REFERENCES newel.staff,
    figures    jsonb       NOT NULL,
    opened_at  timestamptz NOT NULL CHECK (opened_at >= until),
    due_at     timestamptz NOT NULL CHECK (due_at > opened_at),
    overdue_at timestamptz CHECK (overdue_at >= due_at),
    signed_by  uuid        REFERENCES newel.staff,
    signed_at  timestamptz,
    notes      text        NOT NULL DEFAULT '',
    decisions  text        NOT NULL DEFAULT '',
    unwritten  text        NOT NULL DEFAULT '',
    UNIQUE (workflow, week),
    CHECK ((state = 'signed') = (signed_by IS NOT NULL)),
    CHECK ((state = 'signed') = (signed_at IS NOT NULL)),
    CHECK ((state = 'signed') = (notes <> '')),
    CHECK (state = 'signed' OR decisions = '' AND unwritten = '')
);
CREATE INDEX weekly_open ON newel.weekly (due_at) WHERE state = 'open';
CREATE TRIGGER weekly_transition BEFORE UPDATE ON newel.weekly
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('weekly');
CREATE CONSTRAINT TRIGGER weekly_audited AFTER INSERT OR UPDATE ON newel.weekly
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('weekly');

-- The post-mortem of a miss: one for each cluster of an episode. What it says is sealed with the case (QUA-6).
CREATE TABLE newel.post_mortem (
    id          uuid PRIMARY KEY,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    episode     integer     NOT NULL,
    workflow    text        NOT NULL,
    cluster     text        NOT NULL,
    miss_id     uuid        NOT NULL REFERENCES newel.miss,
    state       text        NOT NULL CHECK (state IN ('open', 'written', 'closed')),
    owner       text        NOT NULL,
    owner_id    uuid        REFERENCES newel.staff,
    opened_at   timestamptz NOT NULL,
    due_at      timestamptz NOT NULL CHECK (due_at > opened_at),
    overdue_at  timestamptz CHECK (overdue_at >= due_at),
    written_by  uuid        REFERENCES newel.staff,
    written_at  timestamptz,
    why         text        CHECK (why IN ('not_seen', 'below_threshold', 'marker_missing', 'spared', 'routing')),
    measure     text        CHECK (measure IN ('marker', 'threshold', 'playbook', 'nothing')),
    said_sealed bytea,
    draft_id    uuid        REFERENCES newel.policy_version,
    closed_at   timestamptz,
    UNIQUE (case_id, episode, cluster),
    CHECK ((state = 'written') = (written_by IS NOT NULL)),
    CHECK ((state = 'written') = (written_at IS NOT NULL)),
    CHECK ((state = 'written') = (why IS NOT NULL)),
    CHECK ((state = 'written') = (measure IS NOT NULL)),
    CHECK ((state = 'written') = (said_sealed IS NOT NULL)),
    CHECK ((draft_id IS NOT NULL) = (measure IS NOT NULL AND measure = 'marker')),
    CONSTRAINT post_mortem_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX post_mortem_open ON newel.post_mortem (due_at) WHERE state = 'open';
CREATE INDEX post_mortem_workflow ON newel.post_mortem (workflow, opened_at);
CREATE TRIGGER post_mortem_transition BEFORE UPDATE ON newel.post_mortem
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('post_mortem');
CREATE CONSTRAINT TRIGGER post_mortem_audited AFTER INSERT OR UPDATE ON newel.post_mortem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('post_mortem');

-- Whether somebody may say that it is done: who is named for it, or a supervisor; an account that is in use.
CREATE FUNCTION newel.answers_for(who uuid, owner_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM newel.staff s WHERE s.id = who AND s.active
        AND (s.id = owner_id OR 'supervisor' = ANY (s.roles)))
$$;

-- What was counted never changes, and what is signed off nothing of; with post-mortems of its week open it says why.
CREATE FUNCTION newel.guard_weekly() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'NW-WEEKLY: a weekly review starts open' USING ERRCODE = 'NW040';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'open' OR
       (NEW.id, NEW.workflow, NEW.week, NEW.policy_id, NEW.since, NEW.until, NEW.owner, NEW.owner_id, NEW.figures,
        NEW.opened_at, NEW.due_at) IS DISTINCT FROM
       (OLD.id, OLD.workflow, OLD.week, OLD.policy_id, OLD.since, OLD.until, OLD.owner, OLD.owner_id, OLD.figures,
        OLD.opened_at, OLD.due_at) OR
       OLD.overdue_at IS NOT NULL AND NEW.overdue_at IS DISTINCT FROM OLD.overdue_at THEN
        RAISE EXCEPTION 'NW-WEEKLY: a weekly review keeps what it was' USING ERRCODE = 'NW040';
    END IF;
    IF NEW.state = 'signed' AND NOT newel.answers_for(NEW.signed_by, NEW.owner_id) THEN
        RAISE EXCEPTION 'NW-WEEKLY: not theirs to sign off' USING ERRCODE = 'NW040';
    END IF;
    IF NEW.state = 'signed' AND NEW.unwritten = '' AND EXISTS (SELECT FROM newel.post_mortem p
        WHERE p.workflow = NEW.workflow AND p.state = 'open' AND p.opened_at >= NEW.since AND p.opened_at < NEW.until) THEN
        RAISE EXCEPTION 'NW-WEEKLY: post-mortems of its week are open, and no reason is given' USING ERRCODE = 'NW040';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER weekly_guard BEFORE INSERT OR UPDATE ON newel.weekly
    FOR EACH ROW EXECUTE FUNCTION newel.guard_weekly();

-- A post-mortem is of a miss of its case, is written once, and has a policy of its workflow drafted at most. It is closed
-- without a word only when its customer was erased (INV-18).
CREATE FUNCTION newel.guard_post_mortem() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NOT EXISTS (SELECT FROM newel.miss m WHERE m.id = NEW.miss_id
            AND m.case_id = NEW.case_id AND m.episode = NEW.episode AND m.cluster = NEW.cluster) THEN
            RAISE EXCEPTION 'NW-POSTMORTEM: a post-mortem starts open, with its miss' USING ERRCODE = 'NW041';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'open' OR
       (NEW.id, NEW.case_id, NEW.episode, NEW.workflow, NEW.cluster, NEW.miss_id, NEW.owner, NEW.owner_id, NEW.opened_at,
        NEW.due_at) IS DISTINCT FROM
       (OLD.id, OLD.case_id, OLD.episode, OLD.workflow, OLD.cluster, OLD.miss_id, OLD.owner, OLD.owner_id, OLD.opened_at,
        OLD.due_at) OR
       OLD.overdue_at IS NOT NULL AND NEW.overdue_at IS DISTINCT FROM OLD.overdue_at THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: a post-mortem keeps what it was' USING ERRCODE = 'NW041';
    END IF;
    IF NEW.state = 'written' AND NOT newel.answers_for(NEW.written_by, NEW.owner_id) THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: not theirs to write' USING ERRCODE = 'NW041';
    END IF;
    IF NEW.state = 'closed' AND NOT EXISTS (SELECT FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
        WHERE c.id = NEW.case_id AND k.wrapped IS NULL) THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: it can be written still' USING ERRCODE = 'NW041';
    END IF;
    IF NEW.draft_id IS NOT NULL AND NOT EXISTS (SELECT FROM newel.policy_version v
        WHERE v.id = NEW.draft_id AND v.workflow = NEW.workflow AND v.state = 'draft') THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: its marker is no draft of the workflow' USING ERRCODE = 'NW041';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER post_mortem_guard BEFORE INSERT OR UPDATE ON newel.post_mortem
    FOR EACH ROW EXECUTE FUNCTION newel.guard_post_mortem();

GRANT SELECT, INSERT, UPDATE ON newel.weekly, newel.post_mortem TO newel_app;
GRANT EXECUTE ON FUNCTION newel.answers_for(uuid, uuid), newel.guard_weekly(), newel.guard_post_mortem() TO newel_app;
