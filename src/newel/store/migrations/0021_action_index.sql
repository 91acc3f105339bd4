-- The last gate looks for the action of a message by index: before, it read the whole table.

CREATE INDEX action_of_proposal ON newel.action (proposal_id);

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
    IF EXISTS (SELECT FROM newel.kill_switch k WHERE k.released_at IS NULL
               AND (k.workflow IS NULL OR k.workflow = c.workflow)
               AND (k.contact_reason IS NULL OR k.contact_reason = c.contact_reason)) THEN
        RAISE EXCEPTION 'NW-KILL: AI sending is stopped' USING ERRCODE = 'NW005';
    END IF;
    RETURN NEW;
END $$;
