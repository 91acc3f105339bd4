-- What stands in another's name is proved (INV-1, INV-3, INV-17): fixed texts that were signed, lowerings by who may,
-- stops that are audited and hold for what a draft was made for, texts that leave as they were written.

CREATE FUNCTION newel.guard_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n integer;
BEGIN
    SELECT count(*) INTO n FROM newel.audit_event a
    WHERE a.entity = TG_ARGV[0] AND a.entity_id = NEW.id::text AND a.event = TG_ARGV[1]
      AND a.actor_id = to_jsonb(NEW) ->> TG_ARGV[2] AND a.tx = pg_current_xact_id();
    IF n <> 1 THEN
        RAISE EXCEPTION 'NW-AUDIT: % of % % with % audit events', TG_ARGV[1], TG_ARGV[0], NEW.id, n
            USING ERRCODE = 'NW013';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION newel.guard_policy_signed() RETURNS trigger LANGUAGE plpgsql AS $$
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
       OR (NEW.workflow, NEW.emergency, NEW.base_id, NEW.submitted_by) IS DISTINCT FROM
          (OLD.workflow, OLD.emergency, OLD.base_id, OLD.submitted_by)) THEN
        RAISE EXCEPTION 'NW-SIGN: a policy version never changes' USING ERRCODE = 'NW014';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newel.guard_kill_switch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
       OR (NEW.id, NEW.workflow, NEW.contact_reason, NEW.reason, NEW.engaged_by, NEW.engaged_at) IS DISTINCT FROM
          (OLD.id, OLD.workflow, OLD.contact_reason, OLD.reason, OLD.engaged_by, OLD.engaged_at) THEN
        RAISE EXCEPTION 'NW-KILL: a stop is released, and never changes' USING ERRCODE = 'NW005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kill_switch_kept BEFORE UPDATE ON newel.kill_switch
    FOR EACH ROW EXECUTE FUNCTION newel.guard_kill_switch();
CREATE CONSTRAINT TRIGGER kill_switch_engaged_told AFTER INSERT ON newel.kill_switch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION newel.guard_told('kill_switch', 'kill_switch.engaged', 'engaged_by');
CREATE CONSTRAINT TRIGGER kill_switch_released_told AFTER UPDATE ON newel.kill_switch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION newel.guard_told('kill_switch', 'kill_switch.released', 'released_by');

CREATE OR REPLACE FUNCTION newel.guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF (NEW.workflow, NEW.kind, NEW.customer_id, NEW.conversation_id) IS DISTINCT FROM
       (OLD.workflow, OLD.kind, OLD.customer_id, OLD.conversation_id) THEN
        RAISE EXCEPTION 'NW-CASE: whose case it is never changes' USING ERRCODE = 'NW008';
    END IF;
    RETURN NEW;
END $$;

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

CREATE OR REPLACE FUNCTION newel.guard_provenance() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION newel.guard_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP FUNCTION newel.claim_messages(uuid, timestamptz);

CREATE FUNCTION newel.claim_messages(box uuid, step_at timestamptz) RETURNS TABLE (
    outcome text, was text, outbox_id uuid, message_id uuid, conversation_id uuid, attempts integer,
    visible_seq bigint, channel text, author text, text_mac bytea, body_sealed bytea, created_at timestamptz,
    profile_sealed bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE mine record; boxes uuid[];
BEGIN
    SELECT o.seq, o.state, o.case_id, o.conversation_id INTO mine FROM newel.outbox o WHERE o.id = box;
    SELECT array_agg(o.id ORDER BY o.seq) INTO boxes FROM newel.outbox o
    WHERE o.case_id = mine.case_id AND o.state IN ('pending', 'claimed') AND (o.id = box OR o.before_id = box);
    IF mine.state = 'pending' AND EXISTS (SELECT FROM newel.outbox e
        WHERE e.case_id = mine.case_id AND e.seq < mine.seq AND e.id <> ALL (boxes) AND (e.state = 'pending'
            OR e.state = 'claimed' AND e.claimed_at > step_at - interval '1 second')) THEN
        outcome := 'behind';
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM FROM newel.conversation v WHERE v.id = mine.conversation_id FOR NO KEY UPDATE;
    FOREACH outbox_id IN ARRAY coalesce(boxes, '{}') LOOP
        SELECT o.state INTO was FROM newel.outbox o WHERE o.id = outbox_id;
        UPDATE newel.outbox o SET state = 'claimed', claimed_at = step_at, attempts = o.attempts + 1,
            visible_seq = coalesce(o.visible_seq, 1 + coalesce((SELECT max(v.visible_seq) FROM newel.outbox v
                WHERE v.conversation_id = o.conversation_id AND v.visible_seq IS NOT NULL), 0))
        WHERE o.id = outbox_id
        RETURNING 'claimed', o.message_id, o.conversation_id, o.attempts, o.visible_seq
        INTO outcome, message_id, conversation_id, attempts, visible_seq;
        SELECT m.channel, m.author, m.text_mac, m.body_sealed, m.created_at, u.profile_sealed
        INTO channel, author, text_mac, body_sealed, created_at, profile_sealed
        FROM newel.message m JOIN newel.cases c ON c.id = m.case_id JOIN newel.customer u ON u.id = c.customer_id
        WHERE m.id = message_id;
        RETURN NEXT;
    END LOOP;
    IF boxes IS NULL THEN
        outcome := 'ended';
        RETURN NEXT;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION newel.guard_told(), newel.guard_kill_switch(), newel.guard_lowering(),
    newel.guard_proposal() TO newel_app;
