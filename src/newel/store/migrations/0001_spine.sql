-- Ground: schemas, the clock, state machines, audit, jobs.
-- The application's role (newel_app) owns nothing; it is created by `newel migrate`.

CREATE SCHEMA newel;
CREATE SCHEMA keyring;

-- The one clock: each transaction reads it once. Tests, as the owner, replace this function.
CREATE FUNCTION newel.now() RETURNS timestamptz
    LANGUAGE sql STABLE AS 'SELECT clock_timestamp()';

-- State machines: a copy of newel.domain.states, proved equal by a test.
CREATE TABLE newel.state_transition (
    machine    text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (machine, from_state, to_state)
);

-- Refuses a change of state that the machine does not know; argument: the machine.
CREATE FUNCTION newel.guard_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM newel.state_transition t
        WHERE t.machine = TG_ARGV[0] AND t.from_state = OLD.state AND t.to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'NW-STATE: % may not go from % to %', TG_ARGV[0], OLD.state, NEW.state
            USING ERRCODE = 'NW010';
    END IF;
    RETURN NEW;
END $$;

-- The audit: append-only; the leaf hash is computed here, so that no caller can choose it.
-- Leaf = SHA-256(0x00 || UTF-8 of the JSON array [id, at, actor_kind, actor_id, event, entity,
-- entity_id, case_id, data]), after RFC 9162, 2.1.1; `at` in UTC with microseconds.
CREATE TABLE newel.audit_event (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid        NOT NULL UNIQUE,
    at         timestamptz NOT NULL,
    actor_kind text        NOT NULL CHECK (actor_kind IN ('staff', 'service', 'system', 'ai', 'customer')),
    actor_id   text        NOT NULL,
    event      text        NOT NULL,
    entity     text        NOT NULL,
    entity_id  text        NOT NULL,
    state      text,
    case_id    uuid,
    data       jsonb       NOT NULL DEFAULT '{}',
    tx         xid8        NOT NULL DEFAULT pg_current_xact_id(),
    leaf_hash  bytea       NOT NULL CHECK (length(leaf_hash) = 32)
);
CREATE INDEX audit_event_entity ON newel.audit_event (entity_id, entity);
CREATE INDEX audit_event_case ON newel.audit_event (case_id, seq) WHERE case_id IS NOT NULL;

CREATE FUNCTION newel.audit_leaf(e newel.audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256('\x00'::bytea || convert_to(jsonb_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.actor_kind, e.actor_id, e.event, e.entity, e.entity_id, e.state, e.case_id, e.data
    )::text, 'UTF8'))
$$;

CREATE FUNCTION newel.audit_seal_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := pg_current_xact_id();
    NEW.leaf_hash := newel.audit_leaf(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_seal_leaf BEFORE INSERT ON newel.audit_event
    FOR EACH ROW EXECUTE FUNCTION newel.audit_seal_leaf();

CREATE FUNCTION newel.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'NW-APPEND: % is append-only', TG_TABLE_NAME USING ERRCODE = 'NW011';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON newel.audit_event
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON newel.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION newel.refuse_change();

-- INV-13: at commit, each change of state has exactly one audit event; argument: the entity.
CREATE FUNCTION newel.guard_audited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n integer;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO n FROM newel.audit_event a
    WHERE a.entity = TG_ARGV[0] AND a.entity_id = NEW.id::text
      AND a.state = NEW.state AND a.tx = pg_current_xact_id();
    IF n <> 1 THEN
        RAISE EXCEPTION 'NW-AUDIT: % % became % with % audit events', TG_ARGV[0], NEW.id, NEW.state, n
            USING ERRCODE = 'NW013';
    END IF;
    RETURN NULL;
END $$;

-- Jobs: the work that the state asks for, written in the state's own transaction.
CREATE TABLE newel.job (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text        NOT NULL,
    case_id     uuid,
    subject_id  uuid,
    key         text        UNIQUE,
    state       text        NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'dead')),
    priority    smallint    NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 4),
    run_at      timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    lease_until timestamptz,
    token       bigint      NOT NULL DEFAULT 0,
    error       text,
    created_at  timestamptz NOT NULL,
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_ready ON newel.job (kind, priority, run_at, id) WHERE state = 'ready';
CREATE INDEX job_lease ON newel.job (lease_until) WHERE state = 'running';
CREATE INDEX job_case ON newel.job (case_id, kind);
-- Access and people: staff, their skills and sessions, service tokens.

CREATE TABLE newel.staff (
    id                uuid PRIMARY KEY,
    login             text        NOT NULL UNIQUE,
    name              text        NOT NULL,
    password_hash     text,
    roles             text[]      NOT NULL DEFAULT '{}',
    clearance         text        NOT NULL CHECK (clearance IN ('junior', 'senior', 'specialist', 'supervisor', 'none')),
    skills            jsonb       NOT NULL DEFAULT '{}',
    languages         text[]      NOT NULL DEFAULT '{}',
    zone              text        NOT NULL DEFAULT 'UTC',
    shifts            jsonb       NOT NULL DEFAULT '{}',
    team              text        NOT NULL DEFAULT 'inhouse',
    capacity          integer     NOT NULL DEFAULT 0 CHECK (capacity >= 0),
    load              integer     NOT NULL DEFAULT 0 CHECK (load >= 0),
    limit_minor       bigint      NOT NULL DEFAULT 0 CHECK (limit_minor >= 0),
    customer_id       uuid,
    presence          text        NOT NULL DEFAULT 'away' CHECK (presence IN ('available', 'away')),
    eligible          integer[]   NOT NULL DEFAULT '{}',
    general           integer[]   NOT NULL DEFAULT '{}',
    last_assigned_at  timestamptz,
    active            boolean     NOT NULL DEFAULT true,
    created_at        timestamptz NOT NULL
);

CREATE TABLE newel.staff_session (
    id_hash      bytea PRIMARY KEY,
    staff_id     uuid        NOT NULL REFERENCES newel.staff,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX staff_session_staff ON newel.staff_session (staff_id, last_seen_at) WHERE ended_at IS NULL;

CREATE TABLE newel.service_token (
    id         uuid PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    token_hash bytea       NOT NULL UNIQUE,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);

-- A bucket is the language, skills and clearance that queued work asks for, as one small number.
CREATE TABLE newel.bucket (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    language  text    NOT NULL,
    skills    text[]  NOT NULL,
    regulated boolean NOT NULL,
    UNIQUE (language, skills, regulated)
);
-- Policy: versions, signatures, what is active; the kill switch; knowledge.

CREATE TABLE newel.policy_version (
    id           uuid PRIMARY KEY,
    workflow     text        NOT NULL,
    number       integer     NOT NULL CHECK (number > 0),
    name         text        NOT NULL,
    digest       bytea       NOT NULL CHECK (length(digest) = 32),
    body         text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('draft', 'active', 'retired')),
    required     text[]      NOT NULL DEFAULT '{}',
    changes      jsonb       NOT NULL DEFAULT '[]',
    base_id      uuid        REFERENCES newel.policy_version,
    emergency    boolean     NOT NULL DEFAULT false,
    review       text[]      NOT NULL DEFAULT '{}',
    review_by    timestamptz,
    submitted_by uuid        REFERENCES newel.staff,
    created_at   timestamptz NOT NULL,
    activated_at timestamptz,
    retired_at   timestamptz,
    UNIQUE (workflow, number),
    CHECK (NOT emergency OR (required = '{}' AND review <> '{}')),
    CHECK (emergency OR (review = '{}' AND review_by IS NULL)),
    CHECK ((state = 'draft') = (activated_at IS NULL)),
    CHECK ((state = 'retired') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX policy_version_active ON newel.policy_version (workflow) WHERE state = 'active';

CREATE TABLE newel.policy_signature (
    policy_id uuid        NOT NULL REFERENCES newel.policy_version,
    role      text        NOT NULL,
    staff_id  uuid        NOT NULL REFERENCES newel.staff,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (policy_id, role)
);

-- INV-14: an active version carries each signature that it requires, never the submitter's alone.
CREATE FUNCTION newel.guard_policy_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'NW-SIGN: a policy version starts as a draft' USING ERRCODE = 'NW014';
    END IF;
    IF NEW.state = 'active' AND EXISTS (
        SELECT FROM unnest(NEW.required) r WHERE NOT EXISTS (
            SELECT FROM newel.policy_signature s
            JOIN newel.staff p ON p.id = s.staff_id
            WHERE s.policy_id = NEW.id AND s.role = r AND r = ANY (p.roles)
              AND s.staff_id IS DISTINCT FROM NEW.submitted_by)
    ) THEN
        RAISE EXCEPTION 'NW-SIGN: policy % lacks a signature', NEW.id USING ERRCODE = 'NW014';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.body <> OLD.body OR NEW.digest <> OLD.digest OR NEW.required <> OLD.required) THEN
        RAISE EXCEPTION 'NW-SIGN: a policy version never changes' USING ERRCODE = 'NW014';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_signed BEFORE INSERT OR UPDATE ON newel.policy_version
    FOR EACH ROW EXECUTE FUNCTION newel.guard_policy_signed();
CREATE TRIGGER policy_transition BEFORE UPDATE ON newel.policy_version
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('policy');
CREATE CONSTRAINT TRIGGER policy_audited AFTER INSERT OR UPDATE ON newel.policy_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('policy');
CREATE TRIGGER signature_append_only BEFORE UPDATE OR DELETE ON newel.policy_signature
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

-- The fixed texts that the system may send by itself, by policy version (blind MAC of each text).
CREATE TABLE newel.policy_template (
    policy_id uuid  NOT NULL REFERENCES newel.policy_version,
    key       text  NOT NULL,
    text_mac  bytea NOT NULL,
    PRIMARY KEY (policy_id, key)
);

-- What a version lets the system say and do is written before anybody signs it, and never grows.
CREATE FUNCTION newel.guard_policy_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.policy_version v WHERE v.id = NEW.policy_id AND v.state = 'draft')
       OR EXISTS (SELECT FROM newel.policy_signature s WHERE s.policy_id = NEW.policy_id) THEN
        RAISE EXCEPTION 'NW-SIGN: what was signed never grows' USING ERRCODE = 'NW014';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER template_signed BEFORE INSERT OR UPDATE ON newel.policy_template
    FOR EACH ROW EXECUTE FUNCTION newel.guard_policy_part();

CREATE TABLE newel.kill_switch (
    id             uuid PRIMARY KEY,
    workflow       text,
    contact_reason text,
    reason         text        NOT NULL,
    engaged_by     text        NOT NULL,
    engaged_at     timestamptz NOT NULL,
    released_by    text,
    released_at    timestamptz,
    CHECK (contact_reason IS NULL OR workflow IS NOT NULL),
    CHECK ((released_by IS NULL) = (released_at IS NULL))
);
CREATE INDEX kill_switch_engaged ON newel.kill_switch (workflow, contact_reason) WHERE released_at IS NULL;

CREATE TABLE newel.article (
    id         text        NOT NULL,
    version    integer     NOT NULL CHECK (version > 0),
    collection text        NOT NULL,
    language   text        NOT NULL,
    title      text        NOT NULL,
    body       text        NOT NULL,
    owner      text        NOT NULL,
    updated    date        NOT NULL,
    current    boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX article_current ON newel.article (id) WHERE current;
-- Customers, conversations, cases, messages, receipts. All text is sealed (AES-256-GCM).

CREATE TABLE keyring.subject_key (
    subject_id   uuid PRIMARY KEY,
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE newel.customer (
    id                   uuid PRIMARY KEY,
    kind                 text        NOT NULL DEFAULT 'customer' CHECK (kind IN ('customer', 'vendor')),
    ref_mac              bytea       UNIQUE,
    profile_sealed       bytea       NOT NULL,
    segment              text        NOT NULL DEFAULT '',
    lifetime_value_minor bigint,
    currency             text        NOT NULL DEFAULT 'GBP',
    vip                  boolean     NOT NULL DEFAULT false,
    vulnerable           boolean     NOT NULL DEFAULT false,
    prefers_human        boolean     NOT NULL DEFAULT false,
    training_consent     boolean     NOT NULL DEFAULT false,
    language             text        NOT NULL DEFAULT '',
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL
);
CREATE TABLE newel.customer_identity (
    channel      text  NOT NULL,
    identity_mac bytea NOT NULL,
    customer_id  uuid  NOT NULL REFERENCES newel.customer,
    PRIMARY KEY (channel, identity_mac)
);

CREATE TABLE newel.conversation (
    id          uuid PRIMARY KEY,
    workflow    text        NOT NULL,
    channel     text        NOT NULL,
    thread_mac  bytea       NOT NULL,
    customer_id uuid        NOT NULL REFERENCES newel.customer,
    webhook     boolean     NOT NULL DEFAULT true,
    disclosed   boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    UNIQUE (channel, thread_mac)
);
CREATE INDEX conversation_customer ON newel.conversation (customer_id);

-- `cases` is the matter with the state of its current episode.
CREATE TABLE newel.cases (
    id                uuid PRIMARY KEY,
    workflow          text        NOT NULL,
    kind              text        NOT NULL CHECK (kind IN ('conversation', 'item')),
    customer_id       uuid        NOT NULL REFERENCES newel.customer,
    conversation_id   uuid        REFERENCES newel.conversation,
    key_wrapped       bytea       NOT NULL,
    policy_id         uuid        NOT NULL REFERENCES newel.policy_version,
    episode           integer     NOT NULL DEFAULT 1 CHECK (episode > 0),
    state             text        NOT NULL CHECK (state IN
        ('ai', 'deflecting', 'approval', 'acting', 'queued', 'owned', 'waiting', 'snoozed', 'resolved')),
    tier              smallint    CHECK (tier IN (1, 2, 3)),
    locked            boolean     NOT NULL DEFAULT false,
    priority          smallint    NOT NULL DEFAULT 3 CHECK (priority IN (1, 2, 3)),
    assist            smallint    NOT NULL DEFAULT 2 CHECK (assist IN (0, 1, 2)),
    contact_reason    text        NOT NULL DEFAULT '',
    language          text        NOT NULL DEFAULT '',
    deflected         boolean     NOT NULL DEFAULT false,
    follow_up         boolean     NOT NULL DEFAULT false,
    last_inbound_id   uuid,
    turn              integer     NOT NULL DEFAULT 0,
    due_at            timestamptz,
    opened_at         timestamptz NOT NULL,
    episode_opened_at timestamptz NOT NULL,
    answered_at       timestamptz,
    resolved_at       timestamptz,
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK (NOT locked OR tier = 3),
    CHECK (state NOT IN ('waiting', 'snoozed', 'deflecting') OR due_at IS NOT NULL)
);
CREATE INDEX cases_conversation ON newel.cases (conversation_id, opened_at DESC);
CREATE INDEX cases_customer ON newel.cases (customer_id, opened_at DESC);
CREATE INDEX cases_open ON newel.cases (state) WHERE state <> 'resolved';

CREATE FUNCTION newel.guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Within an episode a tier never falls by rule; a person's lowering is its own row.
    IF NEW.episode = OLD.episode AND OLD.tier IS NOT NULL
       AND (NEW.tier IS NULL OR NEW.tier < OLD.tier OR (OLD.locked AND NOT NEW.locked))
       AND NOT EXISTS (SELECT FROM newel.lowering l WHERE l.case_id = NEW.id AND l.episode = NEW.episode
                       AND l.from_tier = OLD.tier AND l.tx = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'NW-TIER: only a person lowers a tier' USING ERRCODE = 'NW017';
    END IF;
    IF NEW.episode <> OLD.episode AND (OLD.state <> 'resolved' OR NEW.episode <> OLD.episode + 1) THEN
        RAISE EXCEPTION 'NW-TIER: an episode ends with its resolution' USING ERRCODE = 'NW017';
    END IF;
    IF (NEW.workflow, NEW.kind, NEW.customer_id, NEW.conversation_id) IS DISTINCT FROM
       (OLD.workflow, OLD.kind, OLD.customer_id, OLD.conversation_id) THEN
        RAISE EXCEPTION 'NW-CASE: whose case it is never changes' USING ERRCODE = 'NW008';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_tier BEFORE UPDATE ON newel.cases
    FOR EACH ROW EXECUTE FUNCTION newel.guard_case();
CREATE TRIGGER case_transition BEFORE UPDATE ON newel.cases
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('case');
CREATE CONSTRAINT TRIGGER case_audited AFTER INSERT OR UPDATE ON newel.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('case');

CREATE TABLE newel.lowering (
    id        uuid PRIMARY KEY,
    case_id   uuid        NOT NULL REFERENCES newel.cases,
    episode   integer     NOT NULL,
    from_tier smallint    NOT NULL,
    to_tier   smallint    NOT NULL CHECK (to_tier < from_tier OR unlocked),
    unlocked  boolean     NOT NULL,
    staff_id  uuid        NOT NULL REFERENCES newel.staff,
    reason    text        NOT NULL CHECK (length(reason) >= 3),
    at        timestamptz NOT NULL,
    tx        xid8        NOT NULL DEFAULT pg_current_xact_id()
);

CREATE TABLE newel.message (
    id             uuid PRIMARY KEY,
    case_id        uuid        NOT NULL REFERENCES newel.cases,
    episode        integer     NOT NULL,
    seq            bigint GENERATED ALWAYS AS IDENTITY,
    direction      text        NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    channel        text        NOT NULL,
    external_mac   bytea,
    drafted_by     text        NOT NULL CHECK (drafted_by IN ('customer', 'ai', 'person', 'template')),
    released_by    uuid        REFERENCES newel.staff,
    approval_id    uuid,
    proposal_id    uuid,
    template       text,
    policy_id      uuid        REFERENCES newel.policy_version,
    text_mac       bytea       NOT NULL,
    body_sealed    bytea       NOT NULL,
    received_at    timestamptz,
    created_at     timestamptz NOT NULL,
    author         text GENERATED ALWAYS AS (CASE
        WHEN direction = 'inbound' THEN 'customer'
        WHEN drafted_by = 'template' THEN 'system'
        WHEN released_by IS NOT NULL THEN 'person'
        ELSE 'ai' END) STORED,
    CHECK ((direction = 'inbound') = (drafted_by = 'customer')),
    CHECK ((drafted_by = 'template') = (template IS NOT NULL)),
    CHECK (drafted_by <> 'person' OR released_by IS NOT NULL),
    CHECK (direction = 'outbound' OR external_mac IS NOT NULL)
);
CREATE UNIQUE INDEX message_external ON newel.message (channel, external_mac) WHERE direction = 'inbound';
CREATE INDEX message_case ON newel.message (case_id, seq);

-- Provenance is proved, not claimed: a person's message needs that person's approval of exactly
-- this text, or their live session and ownership; a system message is a fixed text of the policy.
CREATE FUNCTION newel.guard_provenance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.direction = 'inbound' THEN
        RETURN NEW;
    END IF;
    IF NEW.drafted_by = 'template' THEN
        IF NOT EXISTS (SELECT FROM newel.policy_template t WHERE t.policy_id = NEW.policy_id
                       AND t.key = NEW.template AND t.text_mac = NEW.text_mac) THEN
            RAISE EXCEPTION 'NW-AUTHOR: not a text of the policy' USING ERRCODE = 'NW001';
        END IF;
    ELSIF NEW.released_by IS NOT NULL AND NEW.approval_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM newel.approval a WHERE a.id = NEW.approval_id
                       AND a.state = 'approved' AND a.decided_by = NEW.released_by
                       AND a.text_mac = NEW.text_mac AND a.case_id = NEW.case_id) THEN
            RAISE EXCEPTION 'NW-AUTHOR: not what was approved' USING ERRCODE = 'NW001';
        END IF;
    ELSIF NEW.released_by IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM newel.work_item w JOIN newel.staff_session s ON s.staff_id = w.owner_id
                       WHERE w.case_id = NEW.case_id AND w.state = 'owned' AND w.owner_id = NEW.released_by
                         AND s.ended_at IS NULL AND s.expires_at > newel.now()) THEN
            RAISE EXCEPTION 'NW-AUTHOR: the person does not own the case' USING ERRCODE = 'NW001';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER message_provenance BEFORE INSERT ON newel.message
    FOR EACH ROW EXECUTE FUNCTION newel.guard_provenance();
CREATE TRIGGER message_append_only BEFORE UPDATE OR DELETE ON newel.message
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

-- The customer's last word on a case, by the order of arrival.
CREATE FUNCTION newel.latest_inbound(which uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT m.id FROM newel.message m WHERE m.case_id = which AND m.direction = 'inbound'
    ORDER BY m.seq DESC LIMIT 1
$$;

-- A back-office item's fields and the AI's extraction, sealed, one revision a row.
CREATE TABLE newel.item (
    id           uuid PRIMARY KEY,
    case_id      uuid        NOT NULL REFERENCES newel.cases,
    message_id   uuid        NOT NULL REFERENCES newel.message,
    confidence   real        CHECK (confidence BETWEEN 0 AND 1),
    fields_sealed bytea      NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX item_case ON newel.item (case_id);

CREATE TABLE newel.scan_receipt (
    id              uuid PRIMARY KEY,
    message_id      uuid        NOT NULL UNIQUE REFERENCES newel.message,
    case_id         uuid        NOT NULL REFERENCES newel.cases,
    policy_id       uuid        NOT NULL REFERENCES newel.policy_version,
    outcome         text        NOT NULL CHECK (outcome IN ('scanned', 'failed')),
    tier_floor      smallint    NOT NULL CHECK (tier_floor IN (1, 2, 3)),
    locked          boolean     NOT NULL,
    markers         text[]      NOT NULL,
    clusters        text[]      NOT NULL,
    risk            real        NOT NULL,
    not_evaluated   text[]      NOT NULL,
    evidence_sealed bytea       NOT NULL,
    at              timestamptz NOT NULL,
    CHECK (NOT locked OR tier_floor = 3),
    CHECK (outcome = 'scanned' OR locked)
);

-- INV-2: a receipt belongs to the transaction that took the message in; none is made up later.
CREATE FUNCTION newel.guard_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.message m WHERE m.id = NEW.message_id AND m.case_id = NEW.case_id
                   AND m.direction = 'inbound' AND m.xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'NW-RECEIPT: not a message of this transaction' USING ERRCODE = 'NW004';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_at_intake BEFORE INSERT ON newel.scan_receipt
    FOR EACH ROW EXECUTE FUNCTION newel.guard_receipt();
CREATE TRIGGER receipt_append_only BEFORE UPDATE OR DELETE ON newel.scan_receipt
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();
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
    policy_id   uuid        NOT NULL REFERENCES newel.policy_version,
    at          timestamptz NOT NULL
);
CREATE INDEX decision_case ON newel.decision (case_id, at);
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
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK (state NOT IN ('approved', 'rejected') OR decided_by IS NOT NULL),
    CHECK (payload_mac IS NOT NULL OR amount_minor IS NULL)
);
CREATE UNIQUE INDEX approval_pending ON newel.approval (case_id) WHERE state = 'pending';
CREATE INDEX approval_expiry ON newel.approval (expires_at) WHERE state = 'pending';
CREATE TRIGGER approval_transition BEFORE UPDATE ON newel.approval
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('approval');
CREATE CONSTRAINT TRIGGER approval_audited AFTER INSERT OR UPDATE ON newel.approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('approval');

-- INV-12: who approves is an active approver, within their own limit, before it expires, and never
-- the beneficiary. What was shown never changes; execution has a quarter of an hour at least.
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
       OR NEW.expires_at > latest
       OR OLD.state <> 'pending' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
    THEN
        RAISE EXCEPTION 'NW-APPROVAL: what was shown never changes' USING ERRCODE = 'NW012';
    END IF;
    IF approving AND (greatest(NEW.decided_at, newel.now()) >= OLD.expires_at OR NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.cases c ON c.id = NEW.case_id
        WHERE s.id = NEW.decided_by AND s.active AND 'approver' = ANY (s.roles)
          AND s.customer_id IS DISTINCT FROM c.customer_id
          AND s.limit_minor >= coalesce(NEW.amount_minor, 0))) THEN
        RAISE EXCEPTION 'NW-APPROVAL: no authority for this approval' USING ERRCODE = 'NW012';
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
    CHECK ((authority = 'approval') = (approval_id IS NOT NULL)),
    CHECK (authority <> 'own_limit' OR staff_id IS NOT NULL),
    CHECK ((cap_minor IS NULL) = (window_from IS NULL)),
    CHECK (authority <> 'approval' OR amount_minor = 0 OR cap_minor IS NOT NULL),
    CHECK ((state IN ('confirmed', 'refused', 'void')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'claimed') = (lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX action_proposal ON newel.action (proposal_id) WHERE state <> 'void';
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
-- within its cap over the window, counted under the customer's lock.
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
    IF (NEW.case_id, NEW.customer_id, NEW.proposal_id, NEW.message_id, NEW.policy_id, NEW.class, NEW.payload_mac,
        NEW.args_sealed, NEW.amount_minor, NEW.cap_minor, NEW.window_from, NEW.keyed, NEW.authority,
        NEW.approval_id, NEW.binding, NEW.staff_id, NEW.created_at) IS DISTINCT FROM
       (OLD.case_id, OLD.customer_id, OLD.proposal_id, OLD.message_id, OLD.policy_id, OLD.class, OLD.payload_mac,
        OLD.args_sealed, OLD.amount_minor, OLD.cap_minor, OLD.window_from, OLD.keyed, OLD.authority,
        OLD.approval_id, OLD.binding, OLD.staff_id, OLD.created_at) THEN
        RAISE EXCEPTION 'NW-ACTION: a payload never changes' USING ERRCODE = 'NW012';
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
          AND a.state IN ('claimed', 'confirmed', 'unknown') AND a.created_at >= NEW.window_from;
        IF spent + NEW.amount_minor > NEW.cap_minor THEN
            RAISE EXCEPTION 'NW-CAP: % spent, % asked, cap %', spent, NEW.amount_minor, NEW.cap_minor
                USING ERRCODE = 'NW015';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER action_authority BEFORE INSERT OR UPDATE ON newel.action
    FOR EACH ROW EXECUTE FUNCTION newel.guard_action();
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
    CHECK ((state = 'owned') = (owner_id IS NOT NULL AND done_at IS NULL)),
    CHECK ((state IN ('done', 'cancelled')) = (done_at IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX work_item_open ON newel.work_item (case_id) WHERE state IN ('queued', 'owned');
CREATE INDEX work_item_queue ON newel.work_item (priority, position, due_at, id, bucket) WHERE state = 'queued';
CREATE INDEX work_item_bucket ON newel.work_item (bucket, priority, position, due_at, id) WHERE state = 'queued';
CREATE INDEX work_item_general ON newel.work_item (bucket, priority, position, due_at, id)
    WHERE state = 'queued' AND general;
CREATE INDEX work_item_owner ON newel.work_item (owner_id, priority, due_at) WHERE state = 'owned';
CREATE TRIGGER work_item_transition BEFORE UPDATE ON newel.work_item
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('work_item');
CREATE CONSTRAINT TRIGGER work_item_audited AFTER INSERT OR UPDATE ON newel.work_item
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('work_item');

-- INV-6: each change of owner raises the fencing token. Capacity is held here, under the
-- person's row lock; the supervisor lane does not count.
CREATE FUNCTION newel.guard_work_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.token < OLD.token
       OR NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.token = OLD.token) THEN
        RAISE EXCEPTION 'NW-FENCE: a new owner needs a new token' USING ERRCODE = 'NW016';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'owned' AND OLD.lane = 'normal'
       AND (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.state <> 'owned' OR NEW.lane <> 'normal') THEN
        UPDATE newel.staff SET load = load - 1 WHERE id = OLD.owner_id;
    END IF;
    IF NEW.state = 'owned' AND NEW.lane = 'normal'
       AND (TG_OP = 'INSERT' OR OLD.state <> 'owned' OR OLD.owner_id <> NEW.owner_id OR OLD.lane <> 'normal') THEN
        UPDATE newel.staff SET load = load + 1, last_assigned_at = NEW.owned_at
        WHERE id = NEW.owner_id AND load < capacity AND active;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'NW-CAPACITY: % is full', NEW.owner_id USING ERRCODE = 'NW018';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER work_item_owner BEFORE INSERT OR UPDATE ON newel.work_item
    FOR EACH ROW EXECUTE FUNCTION newel.guard_work_item();

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
CREATE INDEX notice_staff ON newel.notice (staff_id, created_at) WHERE seen_at IS NULL;

CREATE TABLE newel.context_package (
    id           uuid PRIMARY KEY,
    case_id      uuid        NOT NULL REFERENCES newel.cases,
    work_item_id uuid        NOT NULL UNIQUE REFERENCES newel.work_item,
    opened_at    timestamptz NOT NULL,
    complete_at  timestamptz
);
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
-- A purpose-bound grant to open another's package, for a time; each opening and reveal is audited.
CREATE TABLE newel.context_grant (
    id         uuid PRIMARY KEY,
    package_id uuid        NOT NULL REFERENCES newel.context_package,
    staff_id   uuid        NOT NULL REFERENCES newel.staff,
    granted_by uuid        NOT NULL REFERENCES newel.staff,
    purpose    text        NOT NULL CHECK (length(purpose) >= 3),
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > granted_at)
);
CREATE INDEX context_grant_staff ON newel.context_grant (package_id, staff_id);
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
       (NEW.message_id, NEW.case_id, NEW.conversation_id, NEW.action_id, NEW.episode) IS DISTINCT FROM
       (OLD.message_id, OLD.case_id, OLD.conversation_id, OLD.action_id, OLD.episode)
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
    IF EXISTS (SELECT FROM newel.action a WHERE (a.id = NEW.action_id OR a.proposal_id = m.proposal_id))
       AND NOT EXISTS (SELECT FROM newel.action a WHERE (a.id = NEW.action_id OR a.proposal_id = m.proposal_id)
                       AND a.state = 'confirmed') THEN
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
    IF EXISTS (SELECT FROM newel.kill_switch k WHERE k.released_at IS NULL
               AND (k.workflow IS NULL OR k.workflow = c.workflow)
               AND (k.contact_reason IS NULL OR k.contact_reason = c.contact_reason)) THEN
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
    pattern_flag boolean     NOT NULL DEFAULT false,
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
    kind          text        NOT NULL CHECK (kind IN ('resolution', 'approval', 'follow_up', 'false_alarm', 'missed')),
    state         text        NOT NULL CHECK (state IN ('pending', 'ingested', 'dead')),
    body_sealed   bytea       NOT NULL,
    attempts      integer     NOT NULL DEFAULT 0,
    error         text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK ((state = 'pending') = (ended_at IS NULL))
);
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
-- Guards over several tables, and what the application's role may do.

-- INV-7: the limbo view lists each open case that nothing and nobody will move.
CREATE VIEW newel.limbo AS
SELECT c.id, c.workflow, c.state FROM newel.cases c
WHERE c.state <> 'resolved' AND NOT CASE
    WHEN c.state IN ('queued', 'owned') THEN EXISTS (
        SELECT FROM newel.work_item w WHERE w.case_id = c.id AND w.state = c.state)
    WHEN c.state = 'approval' THEN EXISTS (
        SELECT FROM newel.approval a WHERE a.case_id = c.id AND a.state = 'pending')
        AND EXISTS (SELECT FROM newel.job j WHERE j.case_id = c.id AND j.kind = 'approval_expiry' AND j.state <> 'dead')
    ELSE EXISTS (
        SELECT FROM newel.job j WHERE j.case_id = c.id AND j.state <> 'dead' AND j.kind = CASE c.state
            WHEN 'ai' THEN 'answer' WHEN 'acting' THEN 'action' WHEN 'waiting' THEN 'settle'
            WHEN 'deflecting' THEN 'deflection' WHEN 'snoozed' THEN 'wake' END)
    END;

CREATE FUNCTION newel.guard_limbo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        which := NEW.id;
    ELSE
        which := OLD.case_id;
    END IF;
    IF which IS NOT NULL AND EXISTS (SELECT FROM newel.limbo l WHERE l.id = which) THEN
        RAISE EXCEPTION 'NW-LIMBO: case % would be in limbo', which USING ERRCODE = 'NW007';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_limbo AFTER INSERT OR UPDATE ON newel.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();
CREATE CONSTRAINT TRIGGER work_item_limbo AFTER UPDATE ON newel.work_item
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();
CREATE CONSTRAINT TRIGGER approval_limbo AFTER UPDATE ON newel.approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();
CREATE CONSTRAINT TRIGGER job_limbo AFTER DELETE OR UPDATE OF state, kind, case_id ON newel.job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();

-- INV-3: on a T3 or locked case no job that can write to the customer exists for the AI.
CREATE FUNCTION newel.guard_no_ai_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        which := NEW.id;
    ELSE
        which := NEW.case_id;
        PERFORM FROM newel.cases c WHERE c.id = which FOR NO KEY UPDATE;
    END IF;
    IF EXISTS (SELECT FROM newel.cases c JOIN newel.job j ON j.case_id = c.id AND j.kind = 'answer'
               WHERE c.id = which AND c.tier = 3) THEN
        RAISE EXCEPTION 'NW-AIJOB: no AI job stands on a T3 case' USING ERRCODE = 'NW006';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_no_ai_job AFTER INSERT OR UPDATE OF tier ON newel.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.tier = 3)
    EXECUTE FUNCTION newel.guard_no_ai_job();
CREATE CONSTRAINT TRIGGER job_no_ai_job AFTER INSERT OR UPDATE OF kind, case_id ON newel.job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'answer')
    EXECUTE FUNCTION newel.guard_no_ai_job();

GRANT USAGE ON SCHEMA newel, keyring TO newel_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA newel, keyring TO newel_app;
GRANT DELETE ON newel.job, newel.staff_session TO newel_app;
REVOKE INSERT, UPDATE ON newel.state_transition FROM newel_app;
REVOKE UPDATE ON newel.audit_event, newel.message, newel.scan_receipt, newel.decision, newel.sla_alert,
    newel.policy_signature, newel.lowering, newel.policy_template, newel.policy_autonomous FROM newel_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA newel TO newel_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA newel TO newel_app;
