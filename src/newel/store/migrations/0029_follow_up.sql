-- A look at what is here tells of each earlier contact when the AI answered it by itself (RES-4).
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
    OUT past_bodies bytea[], OUT past_ats timestamptz[], OUT past_reasons text[], OUT past_answered timestamptz[]
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
