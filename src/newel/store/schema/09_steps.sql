-- The writes of a step as one call each: fewer round trips, the same rows, the same guards.
-- A function holds writes alone; what is decided is decided in the domain.

-- The last statement of a step: its audit events, and the jobs that are done, go and come. Of those
-- that were to be done it tells how many were still the caller's. Row by row, so that each is one
-- short walk of an index, whatever the planner has seen of the table.
CREATE FUNCTION newel.end_step(
    step_at timestamptz, by_kind text, by_id text,
    event_ids uuid[], names text[], entities text[], entity_ids text[], new_states text[], of_cases uuid[], told text[],
    gone_cases uuid[], gone_kinds text[], done_ids bigint[], done_tokens bigint[],
    job_kinds text[], job_cases uuid[], job_subjects uuid[], job_keys text[], job_priorities smallint[],
    job_ats timestamptz[], asked_by text DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE finished integer := 0; touched integer;
BEGIN
    FOR i IN 1 .. cardinality(done_ids) LOOP
        DELETE FROM newel.job WHERE id = done_ids[i] AND token = done_tokens[i] AND state = 'running';
        GET DIAGNOSTICS touched = ROW_COUNT;
        finished := finished + touched;
    END LOOP;
    FOR i IN 1 .. cardinality(gone_cases) LOOP
        DELETE FROM newel.job WHERE case_id = gone_cases[i] AND kind = gone_kinds[i];
    END LOOP;
    -- The same key is one job: the newest time wins.
    FOR i IN 1 .. cardinality(job_kinds) LOOP
        INSERT INTO newel.job (kind, case_id, subject_id, key, priority, run_at, created_at, traceparent)
        VALUES (job_kinds[i], job_cases[i], job_subjects[i], job_keys[i], job_priorities[i], job_ats[i], step_at, asked_by)
        ON CONFLICT (key) DO UPDATE SET run_at = excluded.run_at, traceparent = excluded.traceparent WHERE newel.job.state = 'ready';
    END LOOP;
    FOR i IN 1 .. cardinality(event_ids) LOOP
        INSERT INTO newel.audit_event (id, at, actor_kind, actor_id, event, entity, entity_id, state, case_id, data,
            leaf_hash)
        VALUES (event_ids[i], step_at, by_kind, by_id, names[i], entities[i], entity_ids[i], new_states[i], of_cases[i],
            told[i]::jsonb, '\x00');
    END LOOP;
    RETURN finished;
END $$;

-- Whether nobody knows a customer: the operator has no reference for them, and their key still opens what they wrote.
CREATE FUNCTION newel.is_stranger(who uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM newel.customer_identity i WHERE i.customer_id = who AND i.channel = '')
        AND EXISTS (SELECT FROM keyring.subject_key k WHERE k.subject_id = who AND k.wrapped IS NOT NULL)
$$;

-- What is here already for an arriving message, and the locks that keep it so: the same message twice
-- at once is one message (7307), two first messages of one customer are one customer (7306), messages
-- of one thread are taken in one after the other (7308; the row itself stays free: whoever locks it
-- holds the case already). A known message ends it early.
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

-- A conversation that an unknown sender began, with what is merged with it: its cases, locked, and their keys.
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

-- They are a known customer's from here on, each case with its key wrapped under theirs.
CREATE FUNCTION newel.become(talks uuid[], stranger uuid, who uuid, which uuid[], keys bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE newel.conversation SET customer_id = who, begun_by = stranger WHERE id = ANY (talks);
    FOR i IN 1 .. cardinality(which) LOOP
        UPDATE newel.cases SET customer_id = who, key_wrapped = keys[i] WHERE id = which[i];
    END LOOP;
    UPDATE newel.action SET customer_id = who WHERE case_id = ANY (which) AND customer_id = stranger;
END $$;

-- Take a message in with its receipt, and whatever is new with it: the customer (with their key), an
-- identity of theirs, the conversation, the case (with its key), the item.
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

-- An outbound message with its provenance (the author follows from it), and its place in the outbox.
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

-- Claim a message for sending, in its turn, and with it what is to leave right before it. The caller holds
-- the case; case, conversation, outbox is the order of everybody. `behind`: an earlier one of the case has
-- not left, or is leaving at this very moment: two calls of the channel at once may arrive the wrong way
-- round, but one that hangs or is to be tried again holds nobody up for longer than a second. `ended`: there
-- is nothing to send. From the claim on a message may leave: the store's last gate is the update's own trigger.
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

-- What the AI proposed (where it proposed something) and what was decided about it.
CREATE FUNCTION newel.decide_proposal(
    step_at timestamptz, which uuid, its_episode integer, said_in uuid, its_policy uuid,
    its_proposal uuid, its_revision integer, reason text, drafter text, sure real, is_calibrated boolean,
    its_model text, why text[], cited jsonb, draft bytea, its_state text,
    its_decision uuid, its_kind text, its_tier smallint, its_reasons text[], weighed jsonb, is_sampled boolean,
    is_held boolean
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF draft IS NOT NULL THEN
        INSERT INTO newel.proposal (id, case_id, episode, message_id, revision, contact_reason, drafted_by,
            confidence, calibrated, model, reasons, sources, draft_sealed, state, policy_id, created_at)
        VALUES (its_proposal, which, its_episode, said_in, its_revision, reason, drafter, sure, is_calibrated,
            its_model, why, cited, draft, its_state, its_policy, step_at);
    END IF;
    INSERT INTO newel.decision (id, case_id, episode, message_id, proposal_id, kind, tier, reasons, signals,
        sampled, held, policy_id, at)
    VALUES (its_decision, which, its_episode, said_in, its_proposal, its_kind, its_tier, its_reasons, weighed,
        is_sampled, is_held, its_policy, step_at);
END $$;

-- All that an answer is made from: the case with its keys, its customer, the customer's messages of this
-- episode with their receipts, the newest fields, what has been answered, and a person's lowering.
CREATE FUNCTION newel.brief(
    which uuid,
    OUT profile_sealed bytea, OUT kind text, OUT segment text, OUT lifetime_value_minor bigint, OUT currency text,
    OUT vip boolean, OUT vulnerable boolean, OUT prefers_human boolean, OUT training_consent boolean,
    OUT spoken text, OUT wrapped bytea,
    OUT item_id uuid, OUT item_confidence real, OUT item_sealed bytea,
    OUT ids uuid[], OUT seqs bigint[], OUT ats timestamptz[], OUT bodies bytea[], OUT receipts uuid[],
    OUT evidence bytea[], OUT answered bigint, OUT lowered_to smallint, OUT lowered_at timestamptz
) LANGUAGE plpgsql STABLE AS $$
DECLARE its_episode integer; who uuid;
BEGIN
    SELECT c.episode, c.customer_id INTO its_episode, who FROM newel.cases c WHERE c.id = which;
    SELECT u.profile_sealed, u.kind, u.segment, u.lifetime_value_minor, u.currency, u.vip, u.vulnerable,
        u.prefers_human, u.training_consent, u.language, k.wrapped
    INTO profile_sealed, kind, segment, lifetime_value_minor, currency, vip, vulnerable, prefers_human,
        training_consent, spoken, wrapped
    FROM newel.customer u JOIN keyring.subject_key k ON k.subject_id = u.id WHERE u.id = who;
    SELECT i.id, i.confidence, i.fields_sealed INTO item_id, item_confidence, item_sealed
    FROM newel.item i WHERE i.case_id = which ORDER BY i.created_at DESC LIMIT 1;
    SELECT array_agg(m.id), array_agg(m.seq), array_agg(m.received_at), array_agg(m.body_sealed),
        array_agg(m.receipt), array_agg(m.evidence_sealed)
    INTO ids, seqs, ats, bodies, receipts, evidence
    FROM (SELECT m.id, m.seq, m.received_at, m.body_sealed, r.id AS receipt, r.evidence_sealed
          FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
          WHERE m.case_id = which AND m.episode = its_episode AND m.direction = 'inbound' ORDER BY m.seq) m;
    -- The newest message that a reply or an act has answered. A question has answered nothing, nor has
    -- a reply that was taken back: the turn begins after this one.
    SELECT coalesce(max(t.seq), 0) INTO answered FROM (
        SELECT coalesce(i.seq, m.seq) AS seq
        FROM newel.message m JOIN newel.outbox o ON o.message_id = m.id
            LEFT JOIN newel.proposal p ON p.id = m.proposal_id LEFT JOIN newel.message i ON i.id = p.message_id
        WHERE m.case_id = which AND m.episode = its_episode AND m.direction = 'outbound'
            AND m.drafted_by <> 'template' AND o.state <> 'withdrawn'
            AND NOT coalesce('question' = ANY (p.reasons), false)
        UNION ALL
        SELECT i.seq FROM newel.action a JOIN newel.message i ON i.id = a.message_id
        WHERE a.case_id = which AND i.episode = its_episode AND (a.under_way OR a.state = 'confirmed')
    ) t;
    SELECT l.to_tier, l.at INTO lowered_to, lowered_at FROM newel.lowering l
    WHERE l.case_id = which AND l.episode = its_episode ORDER BY l.at DESC LIMIT 1;
END $$;
