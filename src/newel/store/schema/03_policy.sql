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
    proof        text     NOT NULL CHECK (proof IN ('session', 'password', 'unrecorded')),
    session_hash bytea,
    PRIMARY KEY (policy_id, role),
    CHECK ((proof = 'unrecorded') = (session_hash IS NULL))
);

-- INV-14: a signature is by who has shown that it is them: it names a live session of the signer's own; that of a
-- password was begun for this act. `unrecorded` are those from before proofs were kept; none is added.
CREATE FUNCTION newel.guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.signed_at > newel.now() OR NOT EXISTS (
        SELECT FROM newel.staff_session n JOIN newel.staff s ON s.id = n.staff_id
        WHERE n.id_hash = NEW.session_hash AND s.id = NEW.staff_id AND s.active
          AND n.ended_at IS NULL AND n.expires_at > newel.now()
          AND (NEW.proof = 'session' OR n.created_at > newel.now() - interval '5 minutes')) THEN
        RAISE EXCEPTION 'NW-SIGN: nobody has shown that this person signs' USING ERRCODE = 'NW014';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_proven BEFORE INSERT ON newel.policy_signature
    FOR EACH ROW EXECUTE FUNCTION newel.guard_signature();

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
    IF TG_OP = 'UPDATE' AND (NEW.body <> OLD.body OR NEW.digest <> OLD.digest OR NEW.required <> OLD.required
       OR (NEW.workflow, NEW.number, NEW.emergency, NEW.review, NEW.changes, NEW.base_id, NEW.submitted_by)
          IS DISTINCT FROM
          (OLD.workflow, OLD.number, OLD.emergency, OLD.review, OLD.changes, OLD.base_id, OLD.submitted_by)) THEN
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

-- The fixed texts that the system may send by itself, by policy version (blind MAC of each text); the
-- language is empty for what the policy says where it has no text in the customer's own.
CREATE TABLE newel.policy_template (
    policy_id uuid  NOT NULL REFERENCES newel.policy_version,
    key       text  NOT NULL,
    text_mac  bytea NOT NULL,
    language  text  NOT NULL DEFAULT '',
    PRIMARY KEY (policy_id, key, language)
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

-- What is stopped never changes; its release is one act, and both have their event.
CREATE FUNCTION newel.guard_kill_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
       OR (NEW.id, NEW.workflow, NEW.contact_reason, NEW.reason, NEW.engaged_by, NEW.engaged_at) IS DISTINCT FROM
          (OLD.id, OLD.workflow, OLD.contact_reason, OLD.reason, OLD.engaged_by, OLD.engaged_at) THEN
        RAISE EXCEPTION 'NW-KILL: a stop is released, and never changes' USING ERRCODE = 'NW005';
    END IF;
    RETURN NEW;
END $$;
-- Only who may stop the AI lets it go again: by a session of theirs or by a token that says so.
CREATE FUNCTION newel.guard_kill_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.staff_session n ON n.staff_id = s.id
        WHERE s.id::text = NEW.released_by AND s.active AND s.roles && ARRAY['supervisor', 'admin', 'model_risk']
          AND n.ended_at IS NULL AND n.expires_at > newel.now())
       AND NOT EXISTS (
        SELECT FROM newel.service_token t WHERE t.name = NEW.released_by AND 'kill_switch' = ANY (t.scopes)
          AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > newel.now())) THEN
        RAISE EXCEPTION 'NW-KILL: not theirs to release' USING ERRCODE = 'NW005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kill_switch_right BEFORE UPDATE ON newel.kill_switch
    FOR EACH ROW EXECUTE FUNCTION newel.guard_kill_release();
CREATE TRIGGER kill_switch_kept BEFORE UPDATE ON newel.kill_switch
    FOR EACH ROW EXECUTE FUNCTION newel.guard_kill_switch();
CREATE CONSTRAINT TRIGGER kill_switch_engaged_told AFTER INSERT ON newel.kill_switch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION newel.guard_told('kill_switch', 'kill_switch.engaged', 'engaged_by');
CREATE CONSTRAINT TRIGGER kill_switch_released_told AFTER UPDATE ON newel.kill_switch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION newel.guard_told('kill_switch', 'kill_switch.released', 'released_by');

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
    sense      tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body)) STORED,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX article_current ON newel.article (id) WHERE current;
CREATE INDEX article_words ON newel.article USING gin (to_tsvector('simple', title || ' ' || body)) WHERE current;

-- An article as somebody writes it: published by a second person, word for word as they read it.
CREATE TABLE newel.article_draft (
    id           uuid PRIMARY KEY,
    article_id   text        NOT NULL CHECK (article_id ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
    base_version integer     NOT NULL CHECK (base_version >= 0),
    state        text        NOT NULL CHECK (state IN ('draft', 'review', 'published', 'withdrawn')),
    revision     integer     NOT NULL DEFAULT 1 CHECK (revision > 0),
    collection   text        NOT NULL,
    language     text        NOT NULL,
    title        text        NOT NULL,
    body         text        NOT NULL,
    owner        text        NOT NULL,
    written_by   uuid        NOT NULL REFERENCES newel.staff,
    saved_at     timestamptz NOT NULL,
    decided_by   uuid        REFERENCES newel.staff,
    decided_at   timestamptz,
    remark       text        NOT NULL DEFAULT '',
    version      integer,
    CHECK ((state = 'published') = (version IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state <> 'published' OR decided_by IS NOT NULL AND decided_by <> written_by)
);
CREATE UNIQUE INDEX article_draft_open ON newel.article_draft (article_id) WHERE state IN ('draft', 'review');

-- What a reviewer reads is what is published: text changes in a draft only, and a draft keeps its writer.
CREATE FUNCTION newel.guard_article_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'NW-DRAFT: it starts as a draft' USING ERRCODE = 'NW031';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.article_id, NEW.base_version, NEW.written_by) IS DISTINCT FROM
       (OLD.article_id, OLD.base_version, OLD.written_by)
       OR NOT (OLD.state = 'draft' AND NEW.state = 'draft')
       AND (NEW.revision, NEW.collection, NEW.language, NEW.title, NEW.body, NEW.owner) IS DISTINCT FROM
           (OLD.revision, OLD.collection, OLD.language, OLD.title, OLD.body, OLD.owner) THEN
        RAISE EXCEPTION 'NW-DRAFT: only a draft changes, and never its writer' USING ERRCODE = 'NW031';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER article_draft_text BEFORE INSERT OR UPDATE ON newel.article_draft
    FOR EACH ROW EXECUTE FUNCTION newel.guard_article_draft();
CREATE TRIGGER article_draft_transition BEFORE UPDATE ON newel.article_draft
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('article_draft');
CREATE CONSTRAINT TRIGGER article_draft_audited AFTER INSERT OR UPDATE ON newel.article_draft
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('article_draft');
