-- Merging cases: a case that has ended in another of its customer, and where the survivor's answers go.

ALTER TABLE newel.cases ADD COLUMN reply_to uuid REFERENCES newel.conversation;
ALTER TABLE newel.message ADD COLUMN conversation_id uuid REFERENCES newel.conversation;
-- What came in by another conversation than its case's own: that of a case merged into it.
CREATE INDEX message_heard ON newel.message (conversation_id, seq) WHERE conversation_id IS NOT NULL;

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

-- An arriving message finds the survivor of a merged case, and keeps the conversation by which it came.
DROP FUNCTION newel.look_in(text, bytea, bytea, bytea, bytea, uuid, interval);
CREATE FUNCTION newel.look_in(
    its_channel text, external bytea, ref bytea, address bytea, thread bytea, named uuid, span interval,
    OUT now timestamptz,
    OUT message_id uuid, OUT case_id uuid, OUT case_conversation uuid, OUT case_state text,
    OUT customer_id uuid, OUT wrapped bytea, OUT lifetime_value_minor bigint, OUT segment text, OUT vip boolean,
    OUT vulnerable boolean, OUT prefers_human boolean, OUT ref_bound boolean, OUT address_bound boolean,
    OUT conversation_id uuid,
    OUT open_ids uuid[], OUT open_conversations uuid[], OUT open_from timestamptz[], OUT open_to timestamptz[],
    OUT open_into uuid[],
    OUT past_ids uuid[], OUT past_cases uuid[], OUT past_episodes integer[], OUT past_keys bytea[],
    OUT past_bodies bytea[], OUT past_ats timestamptz[], OUT past_reasons text[]
) LANGUAGE plpgsql AS $$
DECLARE at_address uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(7307, hashtext(encode(external, 'hex')));
    now := newel.now();
    SELECT m.id, c.id, coalesce(m.conversation_id, c.conversation_id), c.state INTO message_id, case_id, case_conversation, case_state
    FROM newel.message m JOIN newel.cases c ON c.id = m.case_id
    WHERE m.channel = its_channel AND m.external_mac = external AND m.direction = 'inbound';
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7306, hashtext(encode(least(ref, address), 'hex')));
    PERFORM pg_advisory_xact_lock(7306, hashtext(encode(greatest(ref, address), 'hex')));
    PERFORM pg_advisory_xact_lock(7308, hashtext(encode(thread, 'hex')));
    now := newel.now();
    SELECT i.customer_id INTO customer_id FROM newel.customer_identity i
    WHERE i.channel = '' AND i.identity_mac = ref;
    ref_bound := customer_id IS NOT NULL;
    SELECT i.customer_id INTO at_address FROM newel.customer_identity i
    WHERE i.channel = its_channel AND i.identity_mac = address;
    address_bound := at_address IS NOT NULL;
    -- Two references of the operator are never one person, even at one address.
    IF customer_id IS NULL AND (ref IS NULL OR NOT EXISTS (
        SELECT FROM newel.customer_identity i WHERE i.customer_id = at_address AND i.channel = '')) THEN
        customer_id := at_address;
    END IF;
    SELECT v.id INTO conversation_id FROM newel.conversation v
    WHERE v.channel = its_channel AND v.thread_mac = thread;
    IF customer_id IS NULL THEN
        RETURN;
    END IF;
    SELECT k.wrapped, c.lifetime_value_minor, c.segment, c.vip, c.vulnerable, c.prefers_human
    INTO wrapped, lifetime_value_minor, segment, vip, vulnerable, prefers_human
    FROM newel.customer c JOIN keyring.subject_key k ON k.subject_id = c.id WHERE c.id = customer_id;
    -- For a merged case its survivor goes on: whether that is open counts.
    SELECT array_agg(o.id), array_agg(o.conversation_id), array_agg(o.opened_at),
        array_agg(CASE WHEN s.id IS NULL THEN o.resolved_at ELSE s.resolved_at END), array_agg(s.id)
    INTO open_ids, open_conversations, open_from, open_to, open_into
    FROM (SELECT c.id, c.conversation_id, c.opened_at, c.resolved_at FROM newel.cases c
          WHERE c.customer_id = look_in.customer_id AND (c.conversation_id = look_in.conversation_id OR c.id = named)
          ORDER BY c.opened_at DESC LIMIT 20) o
        LEFT JOIN newel.merge x ON x.case_id = o.id LEFT JOIN newel.cases s ON s.id = x.into_id;
    -- Earlier contacts: the first message of each episode of the newest 20 cases; and of the open episode of
    -- this conversation the last three, which a phrase may go on from.
    SELECT array_agg(h.id), array_agg(h.case_id), array_agg(h.episode), array_agg(h.key_wrapped),
        array_agg(h.body_sealed), array_agg(h.received_at), array_agg(h.contact_reason)
    INTO past_ids, past_cases, past_episodes, past_keys, past_bodies, past_ats, past_reasons
    FROM ((SELECT DISTINCT ON (m.case_id, m.episode) m.id, m.case_id, m.episode, r.key_wrapped, m.body_sealed,
              m.received_at, r.contact_reason
          FROM (SELECT c.id, c.contact_reason, c.key_wrapped FROM newel.cases c
                WHERE c.customer_id = look_in.customer_id AND c.opened_at >= look_in.now - span
                ORDER BY c.opened_at DESC LIMIT 20) r
          JOIN newel.message m ON m.case_id = r.id
          WHERE m.direction = 'inbound' ORDER BY m.case_id, m.episode, m.seq)
          UNION
          (SELECT m.id, m.case_id, m.episode, r.key_wrapped, m.body_sealed, m.received_at, r.contact_reason
          FROM (SELECT c.id, c.episode, c.contact_reason, c.key_wrapped
                FROM unnest(open_ids, open_into) AS o(own, survivor) JOIN newel.cases c ON c.id = coalesce(survivor, own)
                WHERE c.resolved_at IS NULL ORDER BY c.opened_at DESC LIMIT 1) r
          JOIN newel.message m ON m.case_id = r.id AND m.episode = r.episode
          WHERE m.direction = 'inbound' ORDER BY m.seq DESC LIMIT 3)) h;
END $$;

DROP FUNCTION newel.take_in(timestamptz, uuid, text, bytea, bytea, text[], bytea[], uuid, text, text, bytea, uuid,
    text, bytea, uuid, text, integer, uuid, bytea, bytea, bytea, uuid, real, bytea, uuid, text, smallint, boolean, text[],
    text[], real, text[], bytea);
CREATE FUNCTION newel.take_in(
    step_at timestamptz,
    who uuid, who_kind text, subject_wrapped bytea, profile bytea, channels text[], macs bytea[],
    talk uuid, its_workflow text, its_channel text, thread bytea,
    which uuid, its_kind text, case_wrapped bytea, its_policy uuid, its_language text, its_episode integer,
    its_id uuid, external bytea, said_mac bytea, body bytea,
    item_id uuid, item_confidence real, item_fields bytea,
    receipt_id uuid, its_outcome text, floor smallint, is_locked boolean, its_markers text[], its_clusters text[],
    its_risk real, blind text[], evidence bytea, heard uuid
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF subject_wrapped IS NOT NULL THEN
        INSERT INTO keyring.subject_key (subject_id, wrapped, created_at) VALUES (who, subject_wrapped, step_at);
        INSERT INTO newel.customer (id, kind, profile_sealed, created_at, updated_at)
        VALUES (who, who_kind, profile, step_at, step_at);
    END IF;
    FOR i IN 1 .. cardinality(channels) LOOP
        INSERT INTO newel.customer_identity (channel, identity_mac, customer_id) VALUES (channels[i], macs[i], who)
        ON CONFLICT (channel, identity_mac) DO NOTHING; -- the first binding stands
    END LOOP;
    IF thread IS NOT NULL THEN
        INSERT INTO newel.conversation (id, workflow, channel, thread_mac, customer_id, created_at)
        VALUES (talk, its_workflow, its_channel, thread, who, step_at);
    END IF;
    IF case_wrapped IS NOT NULL THEN
        INSERT INTO newel.cases (id, workflow, kind, customer_id, conversation_id, key_wrapped, policy_id, state,
            language, last_inbound_id, turn, opened_at, episode_opened_at)
        VALUES (which, its_workflow, its_kind, who, talk, case_wrapped, its_policy, 'ai', its_language, its_id, 1,
            step_at, step_at);
    END IF;
    INSERT INTO newel.message (id, case_id, episode, direction, channel, external_mac, drafted_by, text_mac,
        body_sealed, received_at, created_at, conversation_id)
    VALUES (its_id, which, its_episode, 'inbound', its_channel, external, 'customer', said_mac, body, step_at, step_at,
        heard);
    IF item_id IS NOT NULL THEN
        INSERT INTO newel.item (id, case_id, message_id, confidence, fields_sealed, created_at)
        VALUES (item_id, which, its_id, item_confidence, item_fields, step_at);
    END IF;
    INSERT INTO newel.scan_receipt (id, message_id, case_id, policy_id, outcome, tier_floor, locked, markers, clusters,
        risk, not_evaluated, evidence_sealed, at)
    VALUES (receipt_id, its_id, which, its_policy, its_outcome, floor, is_locked, its_markers, its_clusters,
        its_risk, blind, evidence, step_at);
END $$;

GRANT SELECT, INSERT ON newel.merge TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_merge(), newel.guard_merged(), newel.guard_reply_to() TO newel_app;
