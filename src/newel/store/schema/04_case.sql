-- Customers, conversations, cases, messages, receipts. All text is sealed (AES-256-GCM).

-- A value sealed by the master key that this database was begun with: another one does not open it.
CREATE TABLE keyring.master_check (
    one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
    sealed     bytea       NOT NULL,
    created_at timestamptz NOT NULL
);

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
    updated_at           timestamptz NOT NULL,
    region               text        NOT NULL DEFAULT ''
);
-- `shared`: another customer of the operator's has written from this address too; it proves nobody any more.
CREATE TABLE newel.customer_identity (
    channel      text  NOT NULL,
    identity_mac bytea NOT NULL,
    customer_id  uuid  NOT NULL REFERENCES newel.customer,
    shared       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (channel, identity_mac)
);
CREATE INDEX customer_identity_customer ON newel.customer_identity (customer_id);

-- `own`: its messages name no conversation; it is what its customer has on the channel.
CREATE TABLE newel.conversation (
    id          uuid PRIMARY KEY,
    workflow    text        NOT NULL,
    channel     text        NOT NULL,
    thread_mac  bytea       NOT NULL,
    customer_id uuid        NOT NULL REFERENCES newel.customer,
    webhook     boolean     NOT NULL DEFAULT true,
    disclosed   boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    begun_by    uuid        REFERENCES newel.customer,
    own         boolean     NOT NULL DEFAULT false,
    UNIQUE (channel, thread_mac, customer_id)
);
CREATE INDEX conversation_customer ON newel.conversation (customer_id);
CREATE INDEX conversation_own ON newel.conversation (customer_id, channel) WHERE own;

-- A conversation is one customer's. It changes hands once: what a sender whom nobody knew began (`begun_by`) goes on
-- as that of the customer whom the operator names in it (INV-4).
CREATE FUNCTION newel.guard_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.begun_by IS NOT NULL OR NEW.begun_by IS DISTINCT FROM OLD.customer_id OR NEW.customer_id = OLD.customer_id
       OR EXISTS (SELECT FROM newel.customer_identity i WHERE i.customer_id = OLD.customer_id AND i.channel = '')
       OR NOT EXISTS (SELECT FROM newel.customer_identity i WHERE i.customer_id = NEW.customer_id AND i.channel = '') THEN
        RAISE EXCEPTION 'NW-CASE: whose conversation it is never changes' USING ERRCODE = 'NW008';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conversation_owner BEFORE UPDATE ON newel.conversation FOR EACH ROW
    WHEN ((NEW.customer_id, NEW.begun_by) IS DISTINCT FROM (OLD.customer_id, OLD.begun_by))
    EXECUTE FUNCTION newel.guard_conversation();

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
        ('ai', 'deflecting', 'approval', 'held', 'acting', 'queued', 'owned', 'waiting', 'snoozed', 'resolved')),
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
    reply_to          uuid        REFERENCES newel.conversation,
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK (NOT locked OR tier = 3),
    CHECK (state NOT IN ('waiting', 'snoozed', 'deflecting') OR due_at IS NOT NULL)
);
CREATE INDEX cases_conversation ON newel.cases (conversation_id, opened_at DESC);
CREATE INDEX cases_customer ON newel.cases (customer_id, opened_at DESC);
CREATE INDEX cases_open ON newel.cases (state, episode_opened_at) WHERE state <> 'resolved';

CREATE FUNCTION newel.guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Within an episode a tier never falls by rule; a person's lowering is its own row.
    IF NEW.episode = OLD.episode AND OLD.tier IS NOT NULL
       AND (NEW.tier IS NULL OR NEW.tier < OLD.tier OR (OLD.locked AND NOT NEW.locked))
       AND NOT EXISTS (SELECT FROM newel.lowering l WHERE l.case_id = NEW.id AND l.episode = NEW.episode
                       AND l.from_tier = OLD.tier AND l.tx = pg_current_xact_id()
                       AND NEW.tier >= l.to_tier AND (l.unlocked OR NOT OLD.locked)) THEN
        RAISE EXCEPTION 'NW-TIER: only a person lowers a tier' USING ERRCODE = 'NW017';
    END IF;
    IF NEW.episode <> OLD.episode AND (OLD.state <> 'resolved' OR NEW.episode <> OLD.episode + 1) THEN
        RAISE EXCEPTION 'NW-TIER: an episode ends with its resolution' USING ERRCODE = 'NW017';
    END IF;
    -- Whose it is changes with its conversation alone.
    IF (NEW.workflow, NEW.kind, NEW.conversation_id) IS DISTINCT FROM (OLD.workflow, OLD.kind, OLD.conversation_id)
       OR NEW.customer_id <> OLD.customer_id AND NOT EXISTS (
           SELECT FROM newel.conversation v WHERE v.id = NEW.conversation_id
             AND v.customer_id = NEW.customer_id AND v.begun_by = OLD.customer_id) THEN
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

-- No case of another customer stands in a conversation, and none stays behind when it changes hands (INV-4).
CREATE FUNCTION newel.guard_one_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        IF EXISTS (SELECT FROM newel.conversation v WHERE v.id = NEW.conversation_id AND v.customer_id <> NEW.customer_id) THEN
            RAISE EXCEPTION 'NW-CASE: the conversation is another customer''s' USING ERRCODE = 'NW008';
        END IF;
    ELSIF EXISTS (SELECT FROM newel.cases c WHERE c.conversation_id = NEW.id AND c.customer_id = NEW.begun_by) THEN
        RAISE EXCEPTION 'NW-CASE: its cases go with a conversation' USING ERRCODE = 'NW008';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_one_customer AFTER INSERT ON newel.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_one_customer();
CREATE CONSTRAINT TRIGGER conversation_one_customer AFTER UPDATE OF customer_id ON newel.conversation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_one_customer();

CREATE TABLE newel.lowering (
    id        uuid PRIMARY KEY,
    case_id   uuid        NOT NULL REFERENCES newel.cases,
    episode   integer     NOT NULL,
    from_tier smallint    NOT NULL,
    to_tier   smallint    NOT NULL CHECK (to_tier < from_tier OR unlocked),
    unlocked  boolean     NOT NULL,
    staff_id  uuid        NOT NULL REFERENCES newel.staff,
    at        timestamptz NOT NULL,
    tx        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    reason_sealed bytea NOT NULL
);
CREATE INDEX lowering_case ON newel.lowering (case_id, episode);

-- INV-17: who lowers is signed in and may: a supervisor; of an unlocked case its owner, of a locked one an expert
-- with the skills that it asks for. A lock is lifted in house only. It is of the case as it stands, and of now.
CREATE FUNCTION newel.guard_lowering() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tx := pg_current_xact_id();
    IF NEW.at > newel.now() OR NOT EXISTS (
        SELECT FROM newel.cases c JOIN newel.staff s ON s.id = NEW.staff_id
            LEFT JOIN newel.work_item w ON w.case_id = c.id AND w.state IN ('queued', 'owned')
            LEFT JOIN newel.bucket b ON b.id = w.bucket
        WHERE c.id = NEW.case_id AND c.episode = NEW.episode AND c.tier = NEW.from_tier AND c.locked = NEW.unlocked
          AND s.active AND s.roles && ARRAY['resolver', 'supervisor']
          AND ('supervisor' = ANY (s.roles) OR NOT c.locked AND w.owner_id = s.id
               OR c.locked AND s.clearance IN ('specialist', 'supervisor') AND s.skills ?& b.skills)
          AND (NOT c.locked OR s.team = 'inhouse')
          AND EXISTS (SELECT FROM newel.staff_session n WHERE n.staff_id = s.id
                      AND n.ended_at IS NULL AND n.expires_at > newel.now())) THEN
        RAISE EXCEPTION 'NW-LOWER: this person may not lower this case' USING ERRCODE = 'NW017';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lowering_right BEFORE INSERT ON newel.lowering
    FOR EACH ROW EXECUTE FUNCTION newel.guard_lowering();
CREATE CONSTRAINT TRIGGER lowering_told AFTER INSERT ON newel.lowering DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION newel.guard_told('lowering', 'case.lowering', 'staff_id');

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
    conversation_id uuid       REFERENCES newel.conversation,
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
-- Outbound messages have no external id. The index is whole: a partial one would be walked from end to
-- end by whoever asks for the inbound messages of a case.
CREATE UNIQUE INDEX message_external ON newel.message (channel, external_mac);
CREATE INDEX message_case ON newel.message (case_id, seq);
-- What came in by another conversation than its case's own: that of a case merged into it.
CREATE INDEX message_heard ON newel.message (conversation_id, seq) WHERE conversation_id IS NOT NULL;

-- Provenance is proved, not claimed: a person's message needs that person's approval of exactly
-- this text, or their live session and ownership; a system message is a fixed text of a version that was put in
-- force for the case's workflow with its signatures. An emergency has none yet: it says what was signed before it.
CREATE FUNCTION newel.guard_provenance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.direction = 'inbound' THEN
        RETURN NEW;
    END IF;
    IF NEW.drafted_by = 'template' THEN
        IF NOT EXISTS (SELECT FROM newel.policy_template t JOIN newel.policy_version v ON v.id = t.policy_id
                         JOIN newel.cases c ON c.workflow = v.workflow AND c.id = NEW.case_id
                       WHERE t.policy_id = NEW.policy_id AND t.key = NEW.template AND t.text_mac = NEW.text_mac
                         AND v.state <> 'draft' AND (cardinality(v.required) > 0 OR EXISTS (
                             SELECT FROM newel.policy_template u JOIN newel.policy_version w ON w.id = u.policy_id
                             WHERE v.emergency AND w.workflow = v.workflow AND w.state <> 'draft'
                               AND cardinality(w.required) > 0 AND u.key = t.key AND u.text_mac = t.text_mac))) THEN
            RAISE EXCEPTION 'NW-AUTHOR: not a text of the policy' USING ERRCODE = 'NW001';
        END IF;
    ELSIF NEW.released_by IS NOT NULL AND NEW.approval_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM newel.approval a WHERE a.id = NEW.approval_id
                       AND a.state = 'approved' AND a.decided_by = NEW.released_by
                       AND a.text_mac = NEW.text_mac AND a.case_id = NEW.case_id) THEN
            RAISE EXCEPTION 'NW-AUTHOR: not what was approved' USING ERRCODE = 'NW001';
        END IF;
    ELSIF NEW.released_by IS NOT NULL AND NEW.proposal_id IS NOT NULL THEN
        -- An answer that waited for a reviewer: exactly the words that they released or wrote, once.
        IF NOT EXISTS (SELECT FROM newel.review r WHERE r.proposal_id = NEW.proposal_id AND r.case_id = NEW.case_id
                         AND r.state = CASE NEW.drafted_by WHEN 'ai' THEN 'released' ELSE 'corrected' END
                         AND r.reviewed_by = NEW.released_by AND r.text_mac = NEW.text_mac)
           OR EXISTS (SELECT FROM newel.message m WHERE m.case_id = NEW.case_id
                      AND m.proposal_id = NEW.proposal_id AND m.released_by IS NOT NULL) THEN
            RAISE EXCEPTION 'NW-AUTHOR: not what a reviewer released' USING ERRCODE = 'NW001';
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

-- A case that a person found to be the same matter as another of its customer: it has ended, the other goes on.
CREATE TABLE newel.merge (
    case_id  uuid PRIMARY KEY REFERENCES newel.cases,
    into_id  uuid        NOT NULL REFERENCES newel.cases CHECK (into_id <> case_id),
    staff_id uuid        NOT NULL REFERENCES newel.staff,
    at       timestamptz NOT NULL
);
CREATE INDEX merge_into ON newel.merge (into_id);
CREATE TRIGGER merge_append_only BEFORE UPDATE OR DELETE ON newel.merge
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

-- One customer, one workflow, one step; nothing of the merged case can reach the customer by the AI or wait for
-- anybody (INV-1, 3, 7), and its survivor has at least its tier, lock, priority and restriction (INV-17).
CREATE FUNCTION newel.guard_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one record; other record;
BEGIN
    PERFORM FROM newel.cases c WHERE c.id IN (NEW.case_id, NEW.into_id) ORDER BY c.id FOR NO KEY UPDATE;
    SELECT customer_id, workflow, kind, state, tier, locked, priority, assist INTO one
    FROM newel.cases WHERE id = NEW.case_id;
    SELECT customer_id, workflow, kind, state, tier, locked, priority, assist INTO other
    FROM newel.cases WHERE id = NEW.into_id;
    IF one.customer_id <> other.customer_id OR one.workflow <> other.workflow
       OR one.kind <> 'conversation' OR other.kind <> 'conversation'
       OR NOT EXISTS (SELECT FROM keyring.subject_key k
                      WHERE k.subject_id = one.customer_id AND k.wrapped IS NOT NULL) THEN
        RAISE EXCEPTION 'NW-MERGE: not a matter of the same customer' USING ERRCODE = 'NW022';
    END IF;
    IF EXISTS (SELECT FROM newel.merge m WHERE m.into_id = NEW.case_id OR m.case_id = NEW.into_id) THEN
        RAISE EXCEPTION 'NW-MERGE: a merge is one step, never a chain' USING ERRCODE = 'NW022';
    END IF;
    IF one.state <> 'resolved' OR other.state = 'resolved' THEN
        RAISE EXCEPTION 'NW-MERGE: the merged case ends, the other is open' USING ERRCODE = 'NW022';
    END IF;
    IF one.tier IS DISTINCT FROM 3 OR EXISTS (
            SELECT FROM newel.work_item w WHERE w.case_id = NEW.case_id AND w.state IN ('queued', 'owned'))
       OR EXISTS (SELECT FROM newel.approval a WHERE a.case_id = NEW.case_id AND a.state = 'pending')
       OR EXISTS (SELECT FROM newel.review r WHERE r.case_id = NEW.case_id AND r.kind = 'held' AND r.state = 'open')
       OR EXISTS (SELECT FROM newel.action x WHERE x.case_id = NEW.case_id
                  AND x.state IN ('authorised', 'claimed', 'unknown'))
       OR EXISTS (SELECT FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id
                  WHERE o.case_id = NEW.case_id AND o.state = 'pending' AND m.author = 'ai') THEN
        RAISE EXCEPTION 'NW-MERGE: something of the merged case still waits' USING ERRCODE = 'NW022';
    END IF;
    IF other.tier IS DISTINCT FROM 3 OR one.locked AND NOT other.locked
       OR other.priority > one.priority OR other.assist > one.assist THEN
        RAISE EXCEPTION 'NW-MERGE: the survivor only rises' USING ERRCODE = 'NW022';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER merge_fits BEFORE INSERT ON newel.merge
    FOR EACH ROW EXECUTE FUNCTION newel.guard_merge();

CREATE FUNCTION newel.guard_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM newel.merge m WHERE m.case_id = NEW.id) THEN
        RAISE EXCEPTION 'NW-MERGE: a merged case never opens again' USING ERRCODE = 'NW022';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_merged BEFORE UPDATE ON newel.cases
    FOR EACH ROW WHEN (OLD.state = 'resolved' AND NEW.state <> 'resolved') EXECUTE FUNCTION newel.guard_merged();

-- Answers go to the case's own conversation, or to that of a case merged into it: to no other, whoever asks (INV-17).
CREATE FUNCTION newel.guard_reply_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.merge m JOIN newel.cases c ON c.id = m.case_id
                   WHERE m.into_id = NEW.id AND c.conversation_id = NEW.reply_to) THEN
        RAISE EXCEPTION 'NW-CASE: an answer goes to no other conversation' USING ERRCODE = 'NW008';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_reply_to BEFORE INSERT OR UPDATE ON newel.cases
    FOR EACH ROW WHEN (NEW.reply_to IS NOT NULL) EXECUTE FUNCTION newel.guard_reply_to();

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
