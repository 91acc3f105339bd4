-- Who acts is proved: signatures by a live session, decisions by who is signed in, stops let go by who may, accounts and
-- sessions with their event; and what was said in them is not the application's to change (INV-12, 13, 14).

ALTER TABLE newel.policy_signature
    ADD COLUMN proof text NOT NULL DEFAULT 'unrecorded' CHECK (proof IN ('session', 'password', 'unrecorded')),
    ADD COLUMN session_hash bytea,
    ADD CHECK ((proof = 'unrecorded') = (session_hash IS NULL));
ALTER TABLE newel.policy_signature ALTER COLUMN proof DROP DEFAULT;

CREATE FUNCTION newel.guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.signed_at > newel.now() OR NOT EXISTS (
        SELECT FROM newel.staff_session n JOIN newel.staff s ON s.id = n.staff_id
        WHERE n.id_hash = NEW.session_hash AND s.id = NEW.staff_id AND s.active
          AND n.ended_at IS NULL AND n.expires_at > newel.now()
          AND (NEW.proof = 'session' OR n.created_at > newel.now() - interval '5 minutes')) THEN
        RAISE EXCEPTION 'NW-SIGN: nobody has shown that this person signs' USING ERRCODE = 'NW014';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_proven BEFORE INSERT ON newel.policy_signature
    FOR EACH ROW EXECUTE FUNCTION newel.guard_signature();

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
       OR (NEW.workflow, NEW.number, NEW.emergency, NEW.review, NEW.changes, NEW.base_id, NEW.submitted_by)
          IS DISTINCT FROM
          (OLD.workflow, OLD.number, OLD.emergency, OLD.review, OLD.changes, OLD.base_id, OLD.submitted_by)) THEN
        RAISE EXCEPTION 'NW-SIGN: a policy version never changes' USING ERRCODE = 'NW014';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION newel.guard_kill_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.staff_session n ON n.staff_id = s.id
        WHERE s.id::text = NEW.released_by AND s.active AND s.roles && ARRAY['supervisor', 'admin', 'model_risk']
          AND n.ended_at IS NULL AND n.expires_at > newel.now())
       AND NOT EXISTS (
        SELECT FROM newel.service_token t WHERE t.name = NEW.released_by AND 'kill_switch' = ANY (t.scopes)
          AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > newel.now())) THEN
        RAISE EXCEPTION 'NW-KILL: not theirs to release' USING ERRCODE = 'NW005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kill_switch_right BEFORE UPDATE ON newel.kill_switch
    FOR EACH ROW EXECUTE FUNCTION newel.guard_kill_release();

CREATE FUNCTION newel.guard_staff() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rights boolean;
BEGIN
    rights := TG_OP = 'INSERT' OR
        (NEW.roles, NEW.clearance, NEW.limit_minor, NEW.active, NEW.customer_id) IS DISTINCT FROM
        (OLD.roles, OLD.clearance, OLD.limit_minor, OLD.active, OLD.customer_id);
    IF NOT EXISTS (SELECT FROM newel.audit_event a
        WHERE a.entity = 'staff' AND a.entity_id = NEW.id::text AND a.tx = pg_current_xact_id()
          AND CASE WHEN rights THEN a.event IN ('access.staff_created', 'access.staff_changed')
                                    AND a.actor_id <> NEW.id::text
                   ELSE a.event IN ('access.staff_changed', 'access.signed_in') END) THEN
        RAISE EXCEPTION 'NW-STAFF: account % changes without its event by another', NEW.id USING ERRCODE = 'NW052';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER staff_made_told AFTER INSERT ON newel.staff DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'newel_app') EXECUTE FUNCTION newel.guard_staff();
CREATE CONSTRAINT TRIGGER staff_rights_told AFTER UPDATE ON newel.staff DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'newel_app' AND
        (NEW.roles, NEW.clearance, NEW.limit_minor, NEW.active, NEW.customer_id, NEW.password_hash) IS DISTINCT FROM
        (OLD.roles, OLD.clearance, OLD.limit_minor, OLD.active, OLD.customer_id, OLD.password_hash))
    EXECUTE FUNCTION newel.guard_staff();

-- INV-13: a session begins with its event, by whose it is.
CREATE FUNCTION newel.guard_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.audit_event a WHERE a.entity = 'staff' AND a.entity_id = NEW.staff_id::text
        AND a.event = 'access.signed_in' AND a.actor_id = NEW.staff_id::text AND a.tx = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'NW-SESSION: a session begins with its event' USING ERRCODE = 'NW052';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER staff_session_told AFTER INSERT ON newel.staff_session DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'newel_app') EXECUTE FUNCTION newel.guard_session();

-- What has ended lives no more: neither a session nor a token.
CREATE FUNCTION newel.guard_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'NW-SESSION: what has ended lives no more' USING ERRCODE = 'NW052';
END $$;
CREATE TRIGGER staff_session_over BEFORE UPDATE ON newel.staff_session FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL) EXECUTE FUNCTION newel.guard_ended();

CREATE TRIGGER service_token_over BEFORE UPDATE ON newel.service_token FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION newel.guard_ended();

CREATE OR REPLACE FUNCTION newel.guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE approving boolean; latest timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' THEN
            RAISE EXCEPTION 'NW-APPROVAL: an approval starts pending' USING ERRCODE = 'NW012';
        END IF;
        RETURN NEW;
    END IF;
    approving := NEW.state = 'approved' AND OLD.state = 'pending';
    latest := CASE WHEN approving THEN greatest(OLD.expires_at, newel.now() + interval '15 minutes')
                   ELSE OLD.expires_at END;
    IF (NEW.case_id, NEW.proposal_id, NEW.message_id, NEW.binding, NEW.text_mac, NEW.payload_mac, NEW.amount_minor)
       IS DISTINCT FROM
       (OLD.case_id, OLD.proposal_id, OLD.message_id, OLD.binding, OLD.text_mac, OLD.payload_mac, OLD.amount_minor)
       OR NEW.expires_at > latest
       OR OLD.state <> 'pending' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
    THEN
        RAISE EXCEPTION 'NW-APPROVAL: what was shown never changes' USING ERRCODE = 'NW012';
    END IF;
    IF approving AND (greatest(NEW.decided_at, newel.now()) >= OLD.expires_at OR NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.cases c ON c.id = NEW.case_id
        WHERE s.id = NEW.decided_by AND s.active AND 'approver' = ANY (s.roles)
          AND s.customer_id IS DISTINCT FROM c.customer_id
          AND s.limit_minor >= coalesce(NEW.amount_minor, 0))) THEN
        RAISE EXCEPTION 'NW-APPROVAL: no authority for this approval' USING ERRCODE = 'NW012';
    END IF;
    IF OLD.state = 'pending' AND NEW.state IN ('approved', 'rejected') AND NOT EXISTS (
        SELECT FROM newel.staff_session n WHERE n.staff_id = NEW.decided_by
          AND n.ended_at IS NULL AND n.expires_at > newel.now()) THEN
        RAISE EXCEPTION 'NW-APPROVAL: who decides is not signed in' USING ERRCODE = 'NW012';
    END IF;
    RETURN NEW;
END $$;

REVOKE UPDATE ON newel.staff_session, newel.service_token FROM newel_app;
GRANT UPDATE (last_seen_at, ended_at) ON newel.staff_session TO newel_app;
GRANT UPDATE (revoked_at) ON newel.service_token TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_signature(), newel.guard_kill_release(), newel.guard_staff(),
    newel.guard_session(), newel.guard_ended() TO newel_app;
