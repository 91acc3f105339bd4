-- A message leaves together with what is to leave right before it (RES-2, RES-3).

ALTER TABLE newel.outbox ADD COLUMN before_id uuid REFERENCES newel.outbox DEFERRABLE INITIALLY DEFERRED;

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

DROP FUNCTION newel.post_message(timestamptz, uuid, uuid, uuid, integer, uuid, text, uuid, uuid, uuid, text, uuid, bytea,
    bytea, uuid);

CREATE FUNCTION newel.post_message(
    step_at timestamptz, its_id uuid, box uuid, which uuid, its_episode integer, talk uuid,
    drafter text, releaser uuid, its_approval uuid, its_proposal uuid, its_template text, its_policy uuid,
    said_mac bytea, body bytea, its_action uuid, its_before uuid
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO newel.message (id, case_id, episode, direction, channel, drafted_by, released_by, approval_id,
        proposal_id, template, policy_id, text_mac, body_sealed, created_at)
    SELECT its_id, which, its_episode, 'outbound', v.channel, drafter, releaser, its_approval, its_proposal,
        its_template, its_policy, said_mac, body, step_at
    FROM newel.conversation v WHERE v.id = talk;
    INSERT INTO newel.outbox (id, message_id, case_id, conversation_id, episode, state, action_id, created_at, before_id)
    VALUES (box, its_id, which, talk, its_episode, 'pending', its_action, step_at, its_before);
END $$;

DROP FUNCTION newel.claim_message(uuid, timestamptz);

-- Claim a message for sending, in its turn, and with it what is to leave right before it. The caller holds
-- the case; case, conversation, outbox is the order of everybody. `behind`: an earlier one of the case has
-- not left; `ended`: there is nothing to send. From the claim on a message may leave: the store's last gate
-- is the update's own trigger.
CREATE FUNCTION newel.claim_messages(box uuid, step_at timestamptz) RETURNS TABLE (
    outcome text, was text, outbox_id uuid, message_id uuid, conversation_id uuid, attempts integer,
    visible_seq bigint, channel text, author text, body_sealed bytea, created_at timestamptz, profile_sealed bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE mine record; boxes uuid[];
BEGIN
    SELECT o.seq, o.state, o.case_id, o.conversation_id INTO mine FROM newel.outbox o WHERE o.id = box;
    SELECT array_agg(o.id ORDER BY o.seq) INTO boxes FROM newel.outbox o
    WHERE o.case_id = mine.case_id AND o.state IN ('pending', 'claimed') AND (o.id = box OR o.before_id = box);
    IF mine.state = 'pending' AND EXISTS (SELECT FROM newel.outbox e
        WHERE e.case_id = mine.case_id AND e.seq < mine.seq AND e.state = 'pending' AND e.id <> ALL (boxes)) THEN
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
        SELECT m.channel, m.author, m.body_sealed, m.created_at, u.profile_sealed
        INTO channel, author, body_sealed, created_at, profile_sealed
        FROM newel.message m JOIN newel.cases c ON c.id = m.case_id JOIN newel.customer u ON u.id = c.customer_id
        WHERE m.id = message_id;
        RETURN NEXT;
    END LOOP;
    IF boxes IS NULL THEN
        outcome := 'ended';
        RETURN NEXT;
    END IF;
END $$;
