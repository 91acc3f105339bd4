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
    job_ats timestamptz[]
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
        INSERT INTO newel.job (kind, case_id, subject_id, key, priority, run_at, created_at)
        VALUES (job_kinds[i], job_cases[i], job_subjects[i], job_keys[i], job_priorities[i], job_ats[i], step_at)
        ON CONFLICT (key) DO UPDATE SET run_at = excluded.run_at WHERE newel.job.state = 'ready';
    END LOOP;
    FOR i IN 1 .. cardinality(event_ids) LOOP
        INSERT INTO newel.audit_event (id, at, actor_kind, actor_id, event, entity, entity_id, state, case_id, data,
            leaf_hash)
        VALUES (event_ids[i], step_at, by_kind, by_id, names[i], entities[i], entity_ids[i], new_states[i], of_cases[i],
            told[i]::jsonb, '\x00');
    END LOOP;
    RETURN finished;
END $$;

-- What is here already for an arriving message, and the locks that keep it so: the same message twice
-- at once is one message (7307), two first messages of one customer are one customer (7306), messages
-- of one thread are taken in one after the other (7308; the row itself stays free: whoever locks it
-- holds the case already). A known message ends it early.
CREATE FUNCTION newel.look_in(
    its_channel text, external bytea, ref bytea, address bytea, thread bytea, named uuid, span interval,
    OUT now timestamptz,
    OUT message_id uuid, OUT case_id uuid, OUT case_conversation uuid, OUT case_state text,
    OUT customer_id uuid, OUT wrapped bytea, OUT lifetime_value_minor bigint, OUT segment text, OUT vip boolean,
    OUT vulnerable boolean, OUT prefers_human boolean, OUT ref_bound boolean, OUT address_bound boolean,
    OUT conversation_id uuid,
    OUT open_ids uuid[], OUT open_conversations uuid[], OUT open_from timestamptz[], OUT open_to timestamptz[],
    OUT past_ids uuid[], OUT past_cases uuid[], OUT past_episodes integer[], OUT past_keys bytea[],
    OUT past_bodies bytea[], OUT past_ats timestamptz[], OUT past_reasons text[]
) LANGUAGE plpgsql AS $$
DECLARE at_address uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(7307, hashtext(encode(external, 'hex')));
    now := newel.now();
    SELECT m.id, c.id, c.conversation_id, c.state INTO message_id, case_id, case_conversation, case_state
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
    SELECT array_agg(o.id), array_agg(o.conversation_id), array_agg(o.opened_at), array_agg(o.resolved_at)
    INTO open_ids, open_conversations, open_from, open_to
    FROM (SELECT c.id, c.conversation_id, c.opened_at, c.resolved_at FROM newel.cases c
          WHERE c.customer_id = look_in.customer_id AND (c.conversation_id = look_in.conversation_id OR c.id = named)
          ORDER BY c.opened_at DESC LIMIT 20) o;
    -- Earlier contacts: the first message of each episode of the newest 20 cases.
    SELECT array_agg(h.id), array_agg(h.case_id), array_agg(h.episode), array_agg(h.key_wrapped),
        array_agg(h.body_sealed), array_agg(h.received_at), array_agg(h.contact_reason)
    INTO past_ids, past_cases, past_episodes, past_keys, past_bodies, past_ats, past_reasons
    FROM (SELECT DISTINCT ON (m.case_id, m.episode) m.id, m.case_id, m.episode, r.key_wrapped, m.body_sealed,
              m.received_at, r.contact_reason
          FROM (SELECT c.id, c.contact_reason, c.key_wrapped FROM newel.cases c
                WHERE c.customer_id = look_in.customer_id AND c.opened_at >= look_in.now - span
                ORDER BY c.opened_at DESC LIMIT 20) r
          JOIN newel.message m ON m.case_id = r.id
          WHERE m.direction = 'inbound' ORDER BY m.case_id, m.episode, m.seq) h;
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
    its_risk real, blind text[], evidence bytea
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
        body_sealed, received_at, created_at)
    VALUES (its_id, which, its_episode, 'inbound', its_channel, external, 'customer', said_mac, body, step_at, step_at);
    IF item_id IS NOT NULL THEN
        INSERT INTO newel.item (id, case_id, message_id, confidence, fields_sealed, created_at)
        VALUES (item_id, which, its_id, item_confidence, item_fields, step_at);
    END IF;
    INSERT INTO newel.scan_receipt (id, message_id, case_id, policy_id, outcome, tier_floor, locked, markers, clusters,
        risk, not_evaluated, evidence_sealed, at)
    VALUES (receipt_id, its_id, which, its_policy, its_outcome, floor, is_locked, its_markers, its_clusters,
        its_risk, blind, evidence, step_at);
END $$;
