-- Quality: reviews of what was done, and of what waits to leave; how much is sampled.

-- A review: of a sampled case, of a marked miss, or of an answer that waits for it. What it said is
-- sealed; its marks are words of the policy.
CREATE TABLE newel.review (
    id              uuid PRIMARY KEY,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    episode         integer     NOT NULL,
    workflow        text        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('sample', 'miss', 'held')),
    work            text        NOT NULL CHECK (work IN ('ai', 'approved', 'person')),
    author_id       uuid        REFERENCES newel.staff,
    state           text        NOT NULL CHECK (state IN ('open', 'done', 'released', 'corrected', 'returned', 'void')),
    share           real        CHECK (share BETWEEN 0 AND 1),
    miss_id         uuid        REFERENCES newel.miss,
    proposal_id     uuid        UNIQUE REFERENCES newel.proposal,
    due_at          timestamptz,
    expires_at      timestamptz CHECK (expires_at > due_at),
    created_at      timestamptz NOT NULL,
    reviewed_by     uuid        REFERENCES newel.staff,
    policy_id       uuid        REFERENCES newel.policy_version,
    marks           jsonb       NOT NULL DEFAULT '{}',
    score           real        CHECK (score BETWEEN 0 AND 1),
    passed          boolean,
    critical        text[]      NOT NULL DEFAULT '{}',
    said_sealed     bytea,
    text_mac        bytea,
    ended_at        timestamptz,
    UNIQUE (id, case_id, episode),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state IN ('open', 'void')) = (reviewed_by IS NULL)),
    CHECK ((reviewed_by IS NULL) = (score IS NULL AND passed IS NULL AND policy_id IS NULL)),
    CHECK (reviewed_by IS NULL OR score IS NOT NULL AND passed IS NOT NULL AND policy_id IS NOT NULL),
    CHECK (critical = '{}' OR NOT passed AND score = 0),
    CHECK ((kind = 'held') = (proposal_id IS NOT NULL)),
    CHECK ((kind = 'held') = (text_mac IS NOT NULL)),
    CHECK ((kind = 'held') = (due_at IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK ((kind = 'miss') = (miss_id IS NOT NULL)),
    CHECK ((kind = 'sample') = (share IS NOT NULL)),
    CHECK (kind = 'held' OR state IN ('open', 'done')),
    CHECK (kind <> 'held' OR state <> 'done'),
    CHECK (state <> 'released' OR passed)
);
CREATE UNIQUE INDEX review_once ON newel.review (case_id, episode, kind) WHERE kind <> 'held';
CREATE UNIQUE INDEX review_held ON newel.review (case_id) WHERE kind = 'held' AND state = 'open';
CREATE INDEX review_case ON newel.review (case_id);
CREATE INDEX review_open ON newel.review (kind, due_at, created_at, id) WHERE state = 'open';
CREATE INDEX review_sampled ON newel.review (workflow, work, ended_at DESC) WHERE kind = 'sample' AND state = 'done';
CREATE INDEX review_ended ON newel.review (ended_at) WHERE state <> 'open';
CREATE TRIGGER review_transition BEFORE UPDATE ON newel.review
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('review');
CREATE CONSTRAINT TRIGGER review_audited AFTER INSERT OR UPDATE ON newel.review
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('review');

-- Whether a review would be of a person's own work or to their own benefit: they are its customer; or they
-- wrote, approved, resolved, lowered or owned something of the case, or let an answer of it leave. An answer
-- that waits is the AI's, whoever worked on the case before.
CREATE FUNCTION newel.is_own(its_kind text, which uuid, who uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (SELECT FROM newel.staff s JOIN newel.cases c ON c.customer_id = s.customer_id
               WHERE c.id = which AND s.id = who) THEN
        RETURN true;
    END IF;
    IF its_kind = 'held' THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM newel.message m WHERE m.case_id = which AND m.released_by = who)
        OR EXISTS (SELECT FROM newel.approval a WHERE a.case_id = which AND a.decided_by = who)
        OR EXISTS (SELECT FROM newel.resolution s WHERE s.case_id = which AND s.staff_id = who)
        OR EXISTS (SELECT FROM newel.lowering l WHERE l.case_id = which AND l.staff_id = who)
        OR EXISTS (SELECT FROM newel.work_item w WHERE w.case_id = which AND w.owner_id = who
                   AND w.state IN ('queued', 'owned')) -- said for its partial index; those before stand below
        OR EXISTS (SELECT FROM newel.audit_event e WHERE e.case_id = which AND e.entity = 'work_item'
                   AND e.data ->> 'owner' = who::text)
        OR EXISTS (SELECT FROM newel.review r WHERE r.case_id = which AND r.kind = 'held' AND r.reviewed_by = who);
END $$;

-- A review starts open, is of what it is of, and ends once: by a reviewer whose work it is not; an
-- answer that waits is released in time, or not at all.
CREATE FUNCTION newel.guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'NW-REVIEW: a review starts open' USING ERRCODE = 'NW032';
        END IF;
        IF NEW.proposal_id IS NOT NULL AND NOT EXISTS (SELECT FROM newel.proposal p
            WHERE p.id = NEW.proposal_id AND p.case_id = NEW.case_id AND p.episode = NEW.episode) THEN
            RAISE EXCEPTION 'NW-REVIEW: not an answer of this case' USING ERRCODE = 'NW032';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'open' OR
       (NEW.case_id, NEW.episode, NEW.workflow, NEW.kind, NEW.work, NEW.author_id, NEW.share, NEW.miss_id,
        NEW.proposal_id, NEW.due_at, NEW.expires_at, NEW.created_at) IS DISTINCT FROM
       (OLD.case_id, OLD.episode, OLD.workflow, OLD.kind, OLD.work, OLD.author_id, OLD.share, OLD.miss_id,
        OLD.proposal_id, OLD.due_at, OLD.expires_at, OLD.created_at)
       OR NEW.state <> 'corrected' AND NEW.text_mac IS DISTINCT FROM OLD.text_mac THEN
        RAISE EXCEPTION 'NW-REVIEW: what was reviewed never changes' USING ERRCODE = 'NW032';
    END IF;
    IF NEW.reviewed_by IS NULL THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM newel.staff s WHERE s.id = NEW.reviewed_by AND s.active
                   AND s.roles && '{reviewer,supervisor}'::text[]) THEN
        RAISE EXCEPTION 'NW-REVIEW: not a reviewer' USING ERRCODE = 'NW032';
    END IF;
    IF newel.is_own(NEW.kind, NEW.case_id, NEW.reviewed_by) THEN
        RAISE EXCEPTION 'NW-REVIEW: nobody reviews their own work' USING ERRCODE = 'NW032';
    END IF;
    IF NEW.state IN ('released', 'corrected') AND newel.now() >= OLD.expires_at THEN
        RAISE EXCEPTION 'NW-REVIEW: it is too late to send it' USING ERRCODE = 'NW032';
    END IF;
    RETURN NEW;
END $$;
-- INV-7: whose answer waited for a review that is over goes on, or is a person's.
CREATE CONSTRAINT TRIGGER review_limbo AFTER UPDATE ON newel.review
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.kind = 'held') EXECUTE FUNCTION newel.guard_limbo();
CREATE TRIGGER review_guard BEFORE INSERT OR UPDATE ON newel.review
    FOR EACH ROW EXECUTE FUNCTION newel.guard_review();

-- QUA-3: what its decision holds for a reviewer never leaves as the AI's own word. Released or corrected
-- by a reviewer it is theirs, and proved by their review (newel.guard_provenance).
CREATE FUNCTION newel.guard_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM newel.message m JOIN newel.decision d ON d.proposal_id = m.proposal_id
               WHERE m.id = NEW.message_id AND m.author = 'ai' AND d.held) THEN
        RAISE EXCEPTION 'NW-UNREVIEWED: a reviewer has not released it' USING ERRCODE = 'NW033';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outbox_reviewed BEFORE UPDATE ON newel.outbox
    FOR EACH ROW WHEN (NEW.state = 'claimed') EXECUTE FUNCTION newel.guard_reviewed();

-- Whether sampling is raised for one kind of work of a workflow, and the reviews that say so.
CREATE TABLE newel.sampling (
    workflow text        NOT NULL,
    work     text        NOT NULL CHECK (work IN ('ai', 'approved', 'person')),
    raised   boolean     NOT NULL,
    passed   integer     NOT NULL CHECK (passed >= 0),
    of       integer     NOT NULL CHECK (of >= passed),
    at       timestamptz NOT NULL,
    since    timestamptz NOT NULL,
    PRIMARY KEY (workflow, work)
);

GRANT SELECT, INSERT, UPDATE ON newel.review, newel.sampling TO newel_app;
GRANT EXECUTE ON FUNCTION newel.is_own(text, uuid, uuid), newel.guard_review(), newel.guard_reviewed() TO newel_app;
