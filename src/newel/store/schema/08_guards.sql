-- Guards over several tables, and what the application's role may do.

-- INV-7: what moves a case on: work, an approval with its expiry, or a live job of the state's kind.
CREATE FUNCTION newel.moves_on(which uuid, its_state text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF its_state IN ('queued', 'owned') THEN
        RETURN EXISTS (SELECT FROM newel.work_item w WHERE w.case_id = which AND w.state = its_state
            AND w.state IN ('queued', 'owned')); -- said again for its partial index
    END IF;
    IF its_state = 'approval' AND NOT EXISTS (
        SELECT FROM newel.approval a WHERE a.case_id = which AND a.state = 'pending') THEN
        RETURN false;
    END IF;
    IF its_state = 'held' AND NOT EXISTS (
        SELECT FROM newel.review r WHERE r.case_id = which AND r.kind = 'held' AND r.state = 'open') THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM newel.job j WHERE j.case_id = which AND j.state <> 'dead' AND j.kind = CASE its_state
        WHEN 'ai' THEN 'answer' WHEN 'acting' THEN 'action' WHEN 'waiting' THEN 'settle'
        WHEN 'deflecting' THEN 'deflection' WHEN 'snoozed' THEN 'wake' WHEN 'approval' THEN 'approval_expiry'
        WHEN 'held' THEN 'review_expiry' END);
END $$;

-- The limbo view lists each open case that nothing and nobody will move.
CREATE VIEW newel.limbo AS
SELECT c.id, c.workflow, c.state FROM newel.cases c
WHERE c.state <> 'resolved' AND NOT newel.moves_on(c.id, c.state);

CREATE FUNCTION newel.guard_limbo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid; its_state text;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        which := NEW.id;
    ELSE
        which := OLD.case_id;
    END IF;
    SELECT c.state INTO its_state FROM newel.cases c WHERE c.id = which;
    IF its_state <> 'resolved' AND NOT newel.moves_on(which, its_state) THEN
        RAISE EXCEPTION 'NW-LIMBO: case % would be in limbo', which USING ERRCODE = 'NW007';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_limbo AFTER INSERT OR UPDATE ON newel.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();
CREATE CONSTRAINT TRIGGER work_item_limbo AFTER UPDATE ON newel.work_item
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();
CREATE CONSTRAINT TRIGGER approval_limbo AFTER UPDATE ON newel.approval
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();
CREATE CONSTRAINT TRIGGER job_limbo AFTER DELETE OR UPDATE OF state, kind, case_id ON newel.job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_limbo();

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

-- INV-3: on a T3 or locked case no job that can write to the customer exists for the AI.
CREATE FUNCTION newel.guard_no_ai_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        which := NEW.id;
    ELSE
        which := NEW.case_id;
        PERFORM FROM newel.cases c WHERE c.id = which FOR NO KEY UPDATE;
    END IF;
    IF EXISTS (SELECT FROM newel.cases c JOIN newel.job j ON j.case_id = c.id AND j.kind = 'answer'
               WHERE c.id = which AND c.tier = 3) THEN
        RAISE EXCEPTION 'NW-AIJOB: no AI job stands on a T3 case' USING ERRCODE = 'NW006';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_no_ai_job AFTER INSERT OR UPDATE OF tier ON newel.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.tier = 3)
    EXECUTE FUNCTION newel.guard_no_ai_job();
CREATE CONSTRAINT TRIGGER job_no_ai_job AFTER INSERT OR UPDATE OF kind, case_id ON newel.job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'answer')
    EXECUTE FUNCTION newel.guard_no_ai_job();

GRANT USAGE ON SCHEMA newel, keyring TO newel_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA newel, keyring TO newel_app;
GRANT DELETE ON newel.job, newel.staff_session, newel.worker TO newel_app;
REVOKE INSERT, UPDATE ON newel.state_transition FROM newel_app;
REVOKE UPDATE ON keyring.master_check FROM newel_app;
REVOKE UPDATE ON newel.audit_event, newel.message, newel.scan_receipt, newel.decision, newel.sla_alert,
    newel.policy_signature, newel.lowering, newel.policy_template, newel.policy_autonomous, newel.note,
    newel.miss, newel.merge FROM newel_app;
-- Whose a session is, and what a token may, never changes: only what becomes of it does.
REVOKE UPDATE ON newel.staff_session, newel.service_token FROM newel_app;
GRANT UPDATE (last_seen_at, ended_at) ON newel.staff_session TO newel_app;
GRANT UPDATE (revoked_at) ON newel.service_token TO newel_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA newel TO newel_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA newel TO newel_app;
