-- People have a capacity of each channel besides the whole, and a region; work says by which channel it came and which
-- region it asks for (RTE-1). What waits from before counts for the whole alone.
ALTER TABLE newel.staff ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE newel.staff ADD COLUMN channel_capacity jsonb NOT NULL DEFAULT '{}';
ALTER TABLE newel.staff ADD COLUMN channel_load jsonb NOT NULL DEFAULT '{}';
ALTER TABLE newel.customer ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE newel.bucket ADD COLUMN channel text NOT NULL DEFAULT '';
ALTER TABLE newel.bucket ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE newel.bucket ADD COLUMN region_needed boolean NOT NULL DEFAULT false;
ALTER TABLE newel.bucket DROP CONSTRAINT bucket_language_skills_regulated_generalist_key;
ALTER TABLE newel.bucket ADD UNIQUE (language, skills, regulated, generalist, channel, region, region_needed);

CREATE FUNCTION newel.counted(loads jsonb, its_channel text, by integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN its_channel = '' THEN loads
        WHEN coalesce((loads ->> its_channel)::integer, 0) + by <= 0 THEN loads - its_channel
        ELSE loads || jsonb_build_object(its_channel, coalesce((loads ->> its_channel)::integer, 0) + by) END
$$;

CREATE OR REPLACE FUNCTION newel.guard_work_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_channel text;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.token < OLD.token
       OR NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.token = OLD.token) THEN
        RAISE EXCEPTION 'NW-FENCE: a new owner needs a new token' USING ERRCODE = 'NW016';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'owned' AND OLD.lane = 'normal'
       AND (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.state <> 'owned' OR NEW.lane <> 'normal'
            OR NEW.bucket <> OLD.bucket) THEN
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = OLD.bucket;
        UPDATE newel.staff SET load = load - 1, channel_load = newel.counted(channel_load, its_channel, -1)
        WHERE id = OLD.owner_id;
    END IF;
    IF NEW.state = 'owned' AND NEW.lane = 'normal'
       AND (TG_OP = 'INSERT' OR OLD.state <> 'owned' OR OLD.owner_id <> NEW.owner_id OR OLD.lane <> 'normal') THEN
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = NEW.bucket;
        UPDATE newel.staff SET load = load + 1, last_assigned_at = NEW.owned_at,
            channel_load = newel.counted(channel_load, its_channel, 1)
        WHERE id = NEW.owner_id AND load < capacity AND active AND (channel_capacity -> its_channel IS NULL
            OR coalesce((channel_load ->> its_channel)::integer, 0) < (channel_capacity ->> its_channel)::integer);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'NW-CAPACITY: % is full', NEW.owner_id USING ERRCODE = 'NW018';
        END IF;
    ELSIF NEW.state = 'owned' AND NEW.lane = 'normal' AND OLD.bucket <> NEW.bucket THEN
        -- What somebody has already and now asks for something else is counted anew, and stays with them.
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = NEW.bucket;
        UPDATE newel.staff SET load = load + 1, channel_load = newel.counted(channel_load, its_channel, 1)
        WHERE id = NEW.owner_id;
    END IF;
    RETURN NEW;
END $$;

GRANT EXECUTE ON FUNCTION newel.counted(jsonb, text, integer) TO newel_app;

-- Whether the AI is with a worker: metrics and the doctor tell when nobody answers.
ALTER TABLE newel.worker ADD COLUMN answers boolean NOT NULL DEFAULT true;

-- A message that names no conversation goes on with what its customer has open on the channel, whether they came from an
-- address or by the operator's reference (INT-1). What stood before is no one's own: its thread's name still finds it.
ALTER TABLE newel.conversation ADD COLUMN own boolean NOT NULL DEFAULT false;
ALTER TABLE newel.customer_identity ADD COLUMN shared boolean NOT NULL DEFAULT false;
CREATE INDEX conversation_own ON newel.conversation (customer_id, channel) WHERE own;

CREATE FUNCTION newel.is_stranger(who uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM newel.customer_identity i WHERE i.customer_id = who AND i.channel = '')
        AND EXISTS (SELECT FROM keyring.subject_key k WHERE k.subject_id = who AND k.wrapped IS NOT NULL)
$$;

DROP FUNCTION newel.look_in(text, bytea, bytea, bytea, bytea, uuid, interval);
CREATE FUNCTION newel.look_in(
    its_channel text, external bytea, ref bytea, address bytea, thread bytea, named uuid, span interval,
    unnamed boolean,
    OUT now timestamptz,
    OUT message_id uuid, OUT case_id uuid, OUT case_conversation uuid, OUT case_state text,
    OUT customer_id uuid, OUT wrapped bytea, OUT lifetime_value_minor bigint, OUT segment text, OUT vip boolean,
    OUT vulnerable boolean, OUT prefers_human boolean, OUT ref_bound boolean, OUT address_bound boolean,
    OUT conversation_id uuid, OUT stranger_id uuid, OUT address_shared boolean,
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
    SELECT i.customer_id, i.shared INTO at_address, address_shared FROM newel.customer_identity i
    WHERE i.channel = its_channel AND i.identity_mac = address;
    address_bound := at_address IS NOT NULL;
    -- An address from which two customers of the operator's have written proves neither of them any more.
    IF ref IS NOT NULL AND at_address IS NOT NULL AND at_address IS DISTINCT FROM customer_id AND NOT address_shared AND (
        EXISTS (SELECT FROM newel.customer_identity i WHERE i.customer_id = at_address AND i.channel = '')
        OR EXISTS (SELECT FROM newel.conversation v WHERE v.begun_by = at_address
            AND v.customer_id IS DISTINCT FROM look_in.customer_id)) THEN
        UPDATE newel.customer_identity i SET shared = true WHERE i.channel = its_channel AND i.identity_mac = address;
        address_shared := true;
    END IF;
    address_shared := coalesce(address_shared, false);
    -- Two references of the operator are never one person, even at one address.
    IF customer_id IS NULL AND (ref IS NULL OR NOT EXISTS (
        SELECT FROM newel.customer_identity i WHERE i.customer_id = at_address AND i.channel = '')) THEN
        customer_id := at_address;
    END IF;
    -- A conversation is one customer's: their own of this thread; or one that a sender began whom nobody knew, where
    -- the operator now says who that is, or the sender writes again without that word. Anybody else begins another.
    -- A message that names none goes on with what its customer has open on the channel, whether they came by the
    -- operator's reference or from their address; also with what the address at hand began before it was anybody's.
    SELECT v.id, v.customer_id INTO conversation_id, whose FROM (
        SELECT t.id, t.customer_id, t.thread_mac, t.created_at FROM newel.conversation t
        WHERE t.channel = its_channel AND t.thread_mac = thread AND (t.customer_id = look_in.customer_id OR CASE
            WHEN ref IS NULL THEN t.begun_by = at_address AND NOT address_shared
            ELSE newel.is_stranger(t.customer_id) END)
        UNION
        SELECT o.id, o.customer_id, o.thread_mac, o.created_at FROM newel.conversation o
        WHERE unnamed AND (ref IS NOT NULL OR NOT address_shared) AND o.own AND o.channel = its_channel
            AND o.customer_id = ANY (ARRAY[look_in.customer_id, at_address])
            AND (o.customer_id = look_in.customer_id OR ref IS NOT NULL AND newel.is_stranger(o.customer_id))
    ) v
    ORDER BY unnamed AND EXISTS (SELECT FROM newel.cases c WHERE c.conversation_id = v.id AND c.state <> 'resolved') DESC,
        v.customer_id = look_in.customer_id DESC NULLS LAST, v.customer_id = at_address DESC NULLS LAST,
        v.thread_mac = thread DESC, v.created_at, v.id LIMIT 1;
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

DROP FUNCTION newel.take_in(timestamptz, uuid, text, bytea, bytea, text[], bytea[], uuid, text, text, bytea, uuid, text, bytea, uuid, text, integer, uuid, bytea, bytea, bytea, uuid, real, bytea, uuid, text, smallint, boolean, text[], text[], real, text[], bytea, uuid);
CREATE FUNCTION newel.take_in(
    step_at timestamptz,
    who uuid, who_kind text, subject_wrapped bytea, profile bytea, channels text[], macs bytea[],
    talk uuid, its_workflow text, its_channel text, thread bytea,
    which uuid, its_kind text, case_wrapped bytea, its_policy uuid, its_language text, its_episode integer,
    its_id uuid, external bytea, said_mac bytea, body bytea,
    item_id uuid, item_confidence real, item_fields bytea,
    receipt_id uuid, its_outcome text, floor smallint, is_locked boolean, its_markers text[], its_clusters text[],
    its_risk real, blind text[], evidence bytea, heard uuid, its_own boolean
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
        INSERT INTO newel.conversation (id, workflow, channel, thread_mac, customer_id, created_at, own)
        VALUES (talk, its_workflow, its_channel, thread, who, step_at, its_own);
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

-- "This happens again": said by anybody who sees a case, with words (masked, and sealed with it) and what it is about.
CREATE TABLE newel.pattern (
    id             uuid PRIMARY KEY,
    case_id        uuid        NOT NULL REFERENCES newel.cases,
    episode        integer     NOT NULL,
    staff_id       uuid        NOT NULL REFERENCES newel.staff,
    contact_reason text        NOT NULL,
    words_sealed   bytea       NOT NULL,
    at             timestamptz NOT NULL,
    UNIQUE (case_id, episode, staff_id)
);
CREATE INDEX pattern_at ON newel.pattern (at);
CREATE TRIGGER pattern_append_only BEFORE UPDATE OR DELETE ON newel.pattern
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();
GRANT SELECT, INSERT, UPDATE ON newel.pattern TO newel_app;
