-- What the AI proposed, what was decided, what a person approved, what was executed.

CREATE TABLE newel.proposal (
    id              uuid PRIMARY KEY,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    episode         integer     NOT NULL,
    message_id      uuid        NOT NULL REFERENCES newel.message,
    revision        integer     NOT NULL DEFAULT 1,
    contact_reason  text        NOT NULL,
    drafted_by      text        NOT NULL CHECK (drafted_by IN ('ai', 'person')),
    confidence      real        NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    calibrated      boolean     NOT NULL,
    model           text        NOT NULL,
    reasons         text[]      NOT NULL,
    sources         jsonb       NOT NULL,
    draft_sealed    bytea       NOT NULL,
    state           text        NOT NULL CHECK (state IN ('made', 'released', 'pending', 'decided', 'discarded', 'superseded')),
    policy_id       uuid        NOT NULL REFERENCES newel.policy_version,
    created_at      timestamptz NOT NULL
);
CREATE INDEX proposal_case ON newel.proposal (case_id, created_at DESC);

-- What the AI made never changes, nor what it was made for; only what becomes of it.
CREATE FUNCTION newel.guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.episode, NEW.message_id, NEW.revision, NEW.contact_reason, NEW.drafted_by,
        NEW.confidence, NEW.calibrated, NEW.model, NEW.reasons, NEW.sources, NEW.draft_sealed, NEW.policy_id)
       IS DISTINCT FROM
       (OLD.id, OLD.case_id, OLD.episode, OLD.message_id, OLD.revision, OLD.contact_reason, OLD.drafted_by,
        OLD.confidence, OLD.calibrated, OLD.model, OLD.reasons, OLD.sources, OLD.draft_sealed, OLD.policy_id) THEN
        RAISE EXCEPTION 'NW-PROPOSAL: what was proposed never changes' USING ERRCODE = 'NW035';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_kept BEFORE UPDATE ON newel.proposal
    FOR EACH ROW EXECUTE FUNCTION newel.guard_proposal();
CREATE TRIGGER proposal_transition BEFORE UPDATE ON newel.proposal
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('proposal');
CREATE CONSTRAINT TRIGGER proposal_audited AFTER INSERT OR UPDATE ON newel.proposal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('proposal');

CREATE TABLE newel.decision (
    id          uuid PRIMARY KEY,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    episode     integer     NOT NULL,
    message_id  uuid        REFERENCES newel.message,
    proposal_id uuid        REFERENCES newel.proposal,
    kind        text        NOT NULL CHECK (kind IN ('release', 'propose', 'escalate', 'deflect')),
    tier        smallint    NOT NULL CHECK (tier IN (1, 2, 3)),
    reasons     text[]      NOT NULL CHECK (cardinality(reasons) > 0),
    signals     jsonb       NOT NULL,
    sampled     boolean     NOT NULL DEFAULT false,
    held        boolean     NOT NULL DEFAULT false,
    policy_id   uuid        NOT NULL REFERENCES newel.policy_version,
    at          timestamptz NOT NULL
);
CREATE INDEX decision_case ON newel.decision (case_id, at);
CREATE INDEX decision_at ON newel.decision (at);
CREATE INDEX decision_sampled ON newel.decision (case_id, episode) WHERE sampled;
CREATE INDEX decision_held ON newel.decision (proposal_id) WHERE held;
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON newel.decision
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

CREATE TABLE newel.approval (
    id              uuid PRIMARY KEY,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    proposal_id     uuid        NOT NULL REFERENCES newel.proposal,
    message_id      uuid        NOT NULL REFERENCES newel.message,
    state           text        NOT NULL CHECK (state IN
        ('pending', 'approved', 'rejected', 'expired', 'withdrawn', 'invalidated')),
    binding         bytea       NOT NULL CHECK (length(binding) = 32),
    text_mac        bytea       NOT NULL,
    payload_mac     bytea,
    edited          boolean     NOT NULL DEFAULT false,
    amount_minor    bigint      CHECK (amount_minor >= 0),
    due_at          timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    decided_by      uuid        REFERENCES newel.staff,
    decided_at      timestamptz,
    reason          text        NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    asked_by        uuid        REFERENCES newel.staff,
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK (state NOT IN ('approved', 'rejected') OR decided_by IS NOT NULL),
    CHECK (payload_mac IS NOT NULL OR amount_minor IS NULL)
);
CREATE UNIQUE INDEX approval_pending ON newel.approval (case_id) WHERE state = 'pending';
CREATE INDEX approval_case ON newel.approval (case_id);
CREATE INDEX approval_expiry ON newel.approval (expires_at) WHERE state = 'pending';
CREATE TRIGGER approval_transition BEFORE UPDATE ON newel.approval
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('approval');
CREATE CONSTRAINT TRIGGER approval_audited AFTER INSERT OR UPDATE ON newel.approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('approval');

-- INV-12: who approves is an active approver, signed in, within their own limit, before it expires, and never
-- the beneficiary nor who asked for it. What was shown never changes; execution has a quarter of an hour at least.
CREATE FUNCTION newel.guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE approving boolean; latest timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' THEN
            RAISE EXCEPTION 'NW-APPROVAL: an approval starts pending' USING ERRCODE = 'NW012';
        END IF;
        RETURN NEW;
    END IF;
    approving := NEW.state = 'approved' AND OLD.state = 'pending';
    latest := CASE WHEN approving THEN greatest(OLD.expires_at, newel.now() + interval '15 minutes')
                   ELSE OLD.expires_at END;
    IF (NEW.case_id, NEW.proposal_id, NEW.message_id, NEW.binding, NEW.text_mac, NEW.payload_mac, NEW.amount_minor)
       IS DISTINCT FROM
       (OLD.case_id, OLD.proposal_id, OLD.message_id, OLD.binding, OLD.text_mac, OLD.payload_mac, OLD.amount_minor)
       OR NEW.asked_by IS DISTINCT FROM OLD.asked_by
       OR NEW.expires_at > latest
       OR OLD.state <> 'pending' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
    THEN
        RAISE EXCEPTION 'NW-APPROVAL: what was shown never changes' USING ERRCODE = 'NW012';
    END IF;
    IF approving AND (greatest(NEW.decided_at, newel.now()) >= OLD.expires_at OR NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.cases c ON c.id = NEW.case_id
        WHERE s.id = NEW.decided_by AND s.active AND 'approver' = ANY (s.roles)
          AND s.customer_id IS DISTINCT FROM c.customer_id
          AND s.id IS DISTINCT FROM NEW.asked_by
          AND s.limit_minor >= coalesce(NEW.amount_minor, 0))) THEN
        RAISE EXCEPTION 'NW-APPROVAL: no authority for this approval' USING ERRCODE = 'NW012';
    END IF;
    IF OLD.state = 'pending' AND NEW.state IN ('approved', 'rejected') AND NOT EXISTS (
        SELECT FROM newel.staff_session n WHERE n.staff_id = NEW.decided_by
          AND n.ended_at IS NULL AND n.expires_at > newel.now()) THEN
        RAISE EXCEPTION 'NW-APPROVAL: who decides is not signed in' USING ERRCODE = 'NW012';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_authority BEFORE INSERT OR UPDATE ON newel.approval
    FOR EACH ROW EXECUTE FUNCTION newel.guard_approval();

CREATE TABLE newel.action (
    id              uuid PRIMARY KEY,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    proposal_id     uuid        NOT NULL REFERENCES newel.proposal,
    customer_id     uuid        NOT NULL REFERENCES newel.customer,
    class           text        NOT NULL,
    state           text        NOT NULL CHECK (state IN
        ('authorised', 'claimed', 'confirmed', 'refused', 'unknown', 'void')),
    authority       text        NOT NULL CHECK (authority IN ('approval', 'autonomous', 'own_limit')),
    approval_id     uuid        REFERENCES newel.approval,
    staff_id        uuid        REFERENCES newel.staff,
    policy_id       uuid        NOT NULL REFERENCES newel.policy_version,
    payload_mac     bytea       NOT NULL,
    binding         bytea,
    args_sealed     bytea       NOT NULL,
    amount_minor    bigint      NOT NULL DEFAULT 0 CHECK (amount_minor >= 0),
    cap_minor       bigint,
    window_from     timestamptz,
    keyed           boolean     NOT NULL,
    message_id      uuid        NOT NULL REFERENCES newel.message,
    lease_until     timestamptz,
    attempts        integer     NOT NULL DEFAULT 0,
    reference       text        NOT NULL DEFAULT '',
    reason          text        NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    doubted_at      timestamptz,
    lapsed          boolean     NOT NULL DEFAULT false,
    under_way       boolean     NOT NULL GENERATED ALWAYS AS (
        state IN ('claimed', 'unknown') OR state = 'authorised' AND doubted_at IS NOT NULL) STORED,
    CHECK ((authority = 'approval') = (approval_id IS NOT NULL)),
    CHECK (authority <> 'own_limit' OR staff_id IS NOT NULL),
    CHECK ((cap_minor IS NULL) = (window_from IS NULL)),
    CHECK (authority <> 'approval' OR amount_minor = 0 OR cap_minor IS NOT NULL),
    CONSTRAINT action_own_cap CHECK (authority <> 'own_limit' OR amount_minor = 0 OR cap_minor IS NOT NULL),
    CHECK ((state IN ('confirmed', 'refused', 'void')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'claimed') = (lease_until IS NOT NULL)),
    CHECK (state <> 'unknown' OR doubted_at IS NOT NULL)
);
CREATE UNIQUE INDEX action_proposal ON newel.action (proposal_id) WHERE state <> 'void';
CREATE INDEX action_of_proposal ON newel.action (proposal_id);
CREATE INDEX action_case ON newel.action (case_id);
CREATE INDEX action_customer ON newel.action (customer_id, class, created_at);
CREATE TRIGGER action_transition BEFORE UPDATE ON newel.action
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('action');
CREATE CONSTRAINT TRIGGER action_audited AFTER INSERT OR UPDATE ON newel.action
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('action');

-- The action classes that an active policy lists as autonomous, with their own money ceiling.
CREATE TABLE newel.policy_autonomous (
    policy_id     uuid   NOT NULL REFERENCES newel.policy_version,
    class         text   NOT NULL,
    ceiling_minor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (policy_id, class)
);
CREATE TRIGGER autonomous_signed BEFORE INSERT OR UPDATE ON newel.policy_autonomous
    FOR EACH ROW EXECUTE FUNCTION newel.guard_policy_part();

-- INV-11, INV-12: an action is claimed only with live authority for exactly this payload,
-- within its cap over the window, counted under the customer's lock. A call that may yet land (`doubted_at`:
-- when one was last left without an answer) counts in the cap, and the action does not end without it.
CREATE FUNCTION newel.guard_action() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE spent bigint; tier_now smallint; inbound uuid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'authorised' THEN
            RAISE EXCEPTION 'NW-ACTION: an action starts authorised' USING ERRCODE = 'NW012';
        END IF;
        IF NOT EXISTS (SELECT FROM newel.cases k WHERE k.id = NEW.case_id AND k.customer_id = NEW.customer_id) THEN
            RAISE EXCEPTION 'NW-ACTION: not the customer of the case' USING ERRCODE = 'NW012';
        END IF;
        RETURN NEW;
    END IF;
    -- It follows its case to a customer who became known (INV-12: caps, and never the beneficiary).
    IF NEW.customer_id <> OLD.customer_id AND NOT EXISTS (
        SELECT FROM newel.cases c WHERE c.id = NEW.case_id AND c.customer_id = NEW.customer_id) THEN
        RAISE EXCEPTION 'NW-ACTION: not the customer of the case' USING ERRCODE = 'NW012';
    END IF;
    IF (NEW.case_id, NEW.proposal_id, NEW.message_id, NEW.policy_id, NEW.class, NEW.payload_mac,
        NEW.args_sealed, NEW.amount_minor, NEW.cap_minor, NEW.window_from, NEW.keyed, NEW.authority,
        NEW.approval_id, NEW.binding, NEW.staff_id, NEW.created_at) IS DISTINCT FROM
       (OLD.case_id, OLD.proposal_id, OLD.message_id, OLD.policy_id, OLD.class, OLD.payload_mac,
        OLD.args_sealed, OLD.amount_minor, OLD.cap_minor, OLD.window_from, OLD.keyed, OLD.authority,
        OLD.approval_id, OLD.binding, OLD.staff_id, OLD.created_at) THEN
        RAISE EXCEPTION 'NW-ACTION: a payload never changes' USING ERRCODE = 'NW012';
    END IF;
    IF NEW.doubted_at IS DISTINCT FROM OLD.doubted_at
       AND (NEW.doubted_at IS NULL OR NEW.doubted_at < newel.now() - interval '1 minute') THEN
        RAISE EXCEPTION 'NW-DOUBT: a doubt begins now and is not taken back' USING ERRCODE = 'NW023';
    ELSIF OLD.lapsed AND (NOT NEW.lapsed OR NEW.state IN ('authorised', 'claimed')) THEN
        RAISE EXCEPTION 'NW-DOUBT: what has lapsed is only asked about' USING ERRCODE = 'NW023';
    ELSIF NEW.state IN ('void', 'refused') AND NEW.doubted_at > newel.now() - interval '20 minutes' THEN
        RAISE EXCEPTION 'NW-DOUBT: a call of it may yet land' USING ERRCODE = 'NW023';
    END IF;
    IF NEW.state <> 'claimed' OR OLD.state = 'claimed' THEN
        RETURN NEW;
    END IF;
    SELECT k.tier INTO tier_now FROM newel.cases k WHERE k.id = NEW.case_id FOR NO KEY UPDATE;
    inbound := newel.latest_inbound(NEW.case_id);
    IF NEW.authority = 'approval' AND NOT EXISTS (
        SELECT FROM newel.approval a WHERE a.id = NEW.approval_id AND a.state = 'approved'
          AND a.case_id = NEW.case_id AND a.proposal_id = NEW.proposal_id
          AND a.binding = NEW.binding AND a.payload_mac = NEW.payload_mac
          AND a.expires_at > newel.now() AND a.message_id = inbound
          AND coalesce(a.amount_minor, 0) = NEW.amount_minor) THEN
        RAISE EXCEPTION 'NW-ACTION: the approval does not bind' USING ERRCODE = 'NW012';
    ELSIF NEW.authority = 'autonomous' AND (tier_now = 3 OR NEW.message_id <> inbound OR NOT EXISTS (
        SELECT FROM newel.policy_autonomous p JOIN newel.policy_version v ON v.id = p.policy_id
        WHERE p.policy_id = NEW.policy_id AND v.state = 'active' AND p.class = NEW.class
          AND p.ceiling_minor >= NEW.amount_minor)) THEN
        RAISE EXCEPTION 'NW-ACTION: not an autonomous class of the policy in force' USING ERRCODE = 'NW012';
    ELSIF NEW.authority = 'own_limit' AND NOT EXISTS (
        SELECT FROM newel.staff s WHERE s.id = NEW.staff_id AND s.active
          AND s.limit_minor >= NEW.amount_minor
          AND s.customer_id IS DISTINCT FROM NEW.customer_id) THEN
        RAISE EXCEPTION 'NW-ACTION: above the person''s limit' USING ERRCODE = 'NW012';
    END IF;
    IF NEW.cap_minor IS NOT NULL THEN
        PERFORM FROM newel.customer c WHERE c.id = NEW.customer_id FOR NO KEY UPDATE;
        SELECT coalesce(sum(a.amount_minor), 0) INTO spent FROM newel.action a
        WHERE a.customer_id = NEW.customer_id AND a.class = NEW.class AND a.id <> NEW.id
          AND (a.under_way OR a.state = 'confirmed') AND a.created_at >= NEW.window_from;
        IF spent + NEW.amount_minor > NEW.cap_minor THEN
            RAISE EXCEPTION 'NW-CAP: % spent, % asked, cap %', spent, NEW.amount_minor, NEW.cap_minor
                USING ERRCODE = 'NW015';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER action_authority BEFORE INSERT OR UPDATE ON newel.action
    FOR EACH ROW EXECUTE FUNCTION newel.guard_action();

-- INV-12: by their own authority a person acts on the T3 case that they own, by what they asked for themselves; without
-- a limit they do only what the policy lets the AI do alone. Their limit is looked at when it is claimed.
CREATE FUNCTION newel.guard_own_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.work_item w ON w.owner_id = s.id AND w.state = 'owned'
            JOIN newel.cases c ON c.id = w.case_id JOIN newel.proposal p ON p.case_id = c.id
        WHERE s.id = NEW.staff_id AND c.id = NEW.case_id AND c.tier = 3
          AND p.id = NEW.proposal_id AND p.drafted_by = 'person'
          AND (s.limit_minor > 0 OR EXISTS (SELECT FROM newel.policy_autonomous a
              WHERE a.policy_id = NEW.policy_id AND a.class = NEW.class AND a.ceiling_minor >= NEW.amount_minor))) THEN
        RAISE EXCEPTION 'NW-ACTION: not the act of who owns the case' USING ERRCODE = 'NW012';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER action_own BEFORE INSERT ON newel.action FOR EACH ROW
    WHEN (NEW.authority = 'own_limit') EXECUTE FUNCTION newel.guard_own_act();

-- INV-11: while nobody knows how a person's act ended, the same is not done again in that case.
CREATE UNIQUE INDEX action_own_open ON newel.action (case_id, class)
    WHERE authority = 'own_limit' AND state IN ('authorised', 'claimed', 'unknown');
