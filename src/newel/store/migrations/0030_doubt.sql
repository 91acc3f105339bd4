-- An action that was called and has no end yet counts, keeps its job, and ends only when it is known not to have happened.
ALTER TABLE newel.action ADD COLUMN doubted_at timestamptz, ADD COLUMN lapsed boolean NOT NULL DEFAULT false;

-- What was called before and has no end yet may land from now on as if it had been called now.
ALTER TABLE newel.action DISABLE TRIGGER USER;
UPDATE newel.action SET doubted_at = newel.now()
WHERE state = 'unknown' OR state = 'authorised' AND attempts > 0 OR state = 'claimed' AND attempts > 1;
ALTER TABLE newel.action ENABLE TRIGGER USER;

ALTER TABLE newel.action ADD CHECK (state <> 'unknown' OR doubted_at IS NOT NULL),
    ADD COLUMN under_way boolean NOT NULL GENERATED ALWAYS AS (
        state IN ('claimed', 'unknown') OR state = 'authorised' AND doubted_at IS NOT NULL) STORED;

-- Those that had lost their job are asked about again.
INSERT INTO newel.job (kind, case_id, subject_id, priority, run_at, created_at)
SELECT 'action', a.case_id, a.id, 1, newel.now(), newel.now() FROM newel.action a
WHERE a.under_way AND NOT EXISTS (SELECT FROM newel.job j WHERE j.case_id = a.case_id AND j.kind = 'action'
    AND j.subject_id = a.id AND j.state <> 'dead');

-- INV-11, INV-12: a call that may yet land (`doubted_at`: when one was last left without an answer) counts in the cap,
-- and the action does not end without it.
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
    IF (NEW.case_id, NEW.customer_id, NEW.proposal_id, NEW.message_id, NEW.policy_id, NEW.class, NEW.payload_mac,
        NEW.args_sealed, NEW.amount_minor, NEW.cap_minor, NEW.window_from, NEW.keyed, NEW.authority,
        NEW.approval_id, NEW.binding, NEW.staff_id, NEW.created_at) IS DISTINCT FROM
       (OLD.case_id, OLD.customer_id, OLD.proposal_id, OLD.message_id, OLD.policy_id, OLD.class, OLD.payload_mac,
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

CREATE OR REPLACE FUNCTION newel.brief(
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

-- INV-11: what was called and has no end yet keeps the job that asks about it.
CREATE FUNCTION newel.guard_action_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM newel.action a WHERE a.id = OLD.subject_id AND a.under_way) AND NOT EXISTS (
        SELECT FROM newel.job j WHERE j.case_id = OLD.case_id AND j.kind = 'action'
          AND j.subject_id = OLD.subject_id AND j.state <> 'dead') THEN
        RAISE EXCEPTION 'NW-DOUBT: nobody would ask about action %', OLD.subject_id USING ERRCODE = 'NW023';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER job_action AFTER DELETE OR UPDATE OF state, kind, case_id, subject_id ON newel.job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.kind = 'action') EXECUTE FUNCTION newel.guard_action_job();
GRANT EXECUTE ON FUNCTION newel.guard_action_job() TO newel_app;
