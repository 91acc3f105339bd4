-- A conversation is one customer's: who asks for a person before anybody knows them keeps case and lock when the operator
-- names them, and two customers under one thread's name have a conversation each (INV-4, INT-1).
-- What stands in a conversation from before, stands.
ALTER TABLE newel.conversation ADD COLUMN begun_by uuid REFERENCES newel.customer;
ALTER TABLE newel.conversation DROP CONSTRAINT conversation_channel_thread_mac_key;
ALTER TABLE newel.conversation ADD UNIQUE (channel, thread_mac, customer_id);

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
    -- Whose it is changes with its conversation alone.
    IF (NEW.workflow, NEW.kind, NEW.conversation_id) IS DISTINCT FROM (OLD.workflow, OLD.kind, OLD.conversation_id)
       OR NEW.customer_id <> OLD.customer_id AND NOT EXISTS (
           SELECT FROM newel.conversation v WHERE v.id = NEW.conversation_id
             AND v.customer_id = NEW.customer_id AND v.begun_by = OLD.customer_id) THEN
        RAISE EXCEPTION 'NW-CASE: whose case it is never changes' USING ERRCODE = 'NW008';
    END IF;
    RETURN NEW;
END $$;

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

CREATE OR REPLACE FUNCTION newel.guard_action() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP FUNCTION newel.look_in(text, bytea, bytea, bytea, bytea, uuid, interval);
CREATE FUNCTION newel.look_in(
    its_channel text, external bytea, ref bytea, address bytea, thread bytea, named uuid, span interval,
    OUT now timestamptz,
    OUT message_id uuid, OUT case_id uuid, OUT case_conversation uuid, OUT case_state text,
    OUT customer_id uuid, OUT wrapped bytea, OUT lifetime_value_minor bigint, OUT segment text, OUT vip boolean,
    OUT vulnerable boolean, OUT prefers_human boolean, OUT ref_bound boolean, OUT address_bound boolean,
    OUT conversation_id uuid, OUT stranger_id uuid,
    OUT open_ids uuid[], OUT open_conversations uuid[], OUT open_from timestamptz[], OUT open_to timestamptz[],
    OUT open_into uuid[],
    OUT past_ids uuid[], OUT past_cases uuid[], OUT past_episodes integer[], OUT past_keys bytea[],
    OUT past_bodies bytea[], OUT past_ats timestamptz[], OUT past_reasons text[], OUT past_answered timestamptz[]
) LANGUAGE plpgsql AS $$
DECLARE at_address uuid; whose uuid;
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
    -- A conversation is one customer's: their own of this thread; or one that a sender began whom nobody knew, where
    -- the operator now says who that is, or the sender writes again without that word. Anybody else begins another.
    SELECT v.id, v.customer_id INTO conversation_id, whose FROM newel.conversation v
    WHERE v.channel = its_channel AND v.thread_mac = thread AND (v.customer_id = look_in.customer_id OR CASE
        WHEN ref IS NULL THEN v.begun_by = at_address
        ELSE NOT EXISTS (SELECT FROM newel.customer_identity i WHERE i.customer_id = v.customer_id AND i.channel = '')
            AND EXISTS (SELECT FROM keyring.subject_key k WHERE k.subject_id = v.customer_id AND k.wrapped IS NOT NULL)
        END)
    ORDER BY v.customer_id = look_in.customer_id DESC NULLS LAST, v.customer_id = at_address DESC NULLS LAST,
        v.created_at, v.id LIMIT 1;
    IF ref IS NULL OR customer_id IS NULL THEN
        customer_id := coalesce(whose, customer_id);
    END IF;
    IF customer_id IS NULL THEN
        RETURN;
    END IF;
    IF whose <> customer_id THEN
        stranger_id := whose;
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
    -- this conversation the last three, which a phrase may go on from. With each when the AI answered its episode
    -- by itself, if nobody came back to that yet.
    SELECT array_agg(h.id), array_agg(h.case_id), array_agg(h.episode), array_agg(h.key_wrapped),
        array_agg(h.body_sealed), array_agg(h.received_at), array_agg(h.contact_reason), array_agg(h.answered)
    INTO past_ids, past_cases, past_episodes, past_keys, past_bodies, past_ats, past_reasons, past_answered
    FROM ((SELECT DISTINCT ON (m.case_id, m.episode) m.id, m.case_id, m.episode, r.key_wrapped, m.body_sealed,
              m.received_at, r.contact_reason, CASE WHEN m.episode = r.episode THEN r.answered END AS answered
          FROM (SELECT c.id, c.episode, c.contact_reason, c.key_wrapped,
                    CASE WHEN c.tier = 1 AND NOT c.follow_up THEN c.answered_at END AS answered FROM newel.cases c
                WHERE c.customer_id = look_in.customer_id AND c.opened_at >= look_in.now - span
                ORDER BY c.opened_at DESC LIMIT 20) r
          JOIN newel.message m ON m.case_id = r.id
          WHERE m.direction = 'inbound' ORDER BY m.case_id, m.episode, m.seq)
          UNION
          (SELECT m.id, m.case_id, m.episode, r.key_wrapped, m.body_sealed, m.received_at, r.contact_reason, r.answered
          FROM (SELECT c.id, c.episode, c.contact_reason, c.key_wrapped,
                    CASE WHEN c.tier = 1 AND NOT c.follow_up THEN c.answered_at END AS answered
                FROM unnest(open_ids, open_into) AS o(own, survivor) JOIN newel.cases c ON c.id = coalesce(survivor, own)
                WHERE c.resolved_at IS NULL ORDER BY c.opened_at DESC LIMIT 1) r
          JOIN newel.message m ON m.case_id = r.id AND m.episode = r.episode
          WHERE m.direction = 'inbound' ORDER BY m.seq DESC LIMIT 3)) h;
END $$;

CREATE FUNCTION newel.begun_in(talk uuid) RETURNS TABLE (case_id uuid, conversation_id uuid, key_wrapped bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE found uuid[]; again uuid[] := '{}';
BEGIN
    LOOP
        WITH RECURSIVE kin(id) AS (
            SELECT talk
            UNION
            SELECT other.conversation_id FROM kin JOIN newel.cases own ON own.conversation_id = kin.id
                JOIN newel.merge x ON own.id IN (x.case_id, x.into_id)
                JOIN newel.cases other ON other.id IN (x.case_id, x.into_id)
        )
        SELECT coalesce(array_agg(c.id ORDER BY c.id), '{}') INTO found
        FROM kin JOIN newel.cases c ON c.conversation_id = kin.id;
        EXIT WHEN found = again; -- no merge came in between
        PERFORM FROM newel.cases c WHERE c.id = ANY (found) ORDER BY c.id FOR NO KEY UPDATE;
        again := found;
    END LOOP;
    RETURN QUERY SELECT c.id, c.conversation_id, c.key_wrapped FROM newel.cases c WHERE c.id = ANY (found) ORDER BY c.id;
END $$;

CREATE FUNCTION newel.become(talks uuid[], stranger uuid, who uuid, which uuid[], keys bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE newel.conversation SET customer_id = who, begun_by = stranger WHERE id = ANY (talks);
    FOR i IN 1 .. cardinality(which) LOOP
        UPDATE newel.cases SET customer_id = who, key_wrapped = keys[i] WHERE id = which[i];
    END LOOP;
    UPDATE newel.action SET customer_id = who WHERE case_id = ANY (which) AND customer_id = stranger;
END $$;

GRANT EXECUTE ON FUNCTION newel.guard_conversation(), newel.guard_one_customer() TO newel_app;
