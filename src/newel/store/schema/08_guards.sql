-- Guards over several tables, and what the application's role may do.

-- INV-7: the limbo view lists each open case that nothing and nobody will move.
CREATE VIEW newel.limbo AS
SELECT c.id, c.workflow, c.state FROM newel.cases c
WHERE c.state <> 'resolved' AND NOT CASE
    WHEN c.state IN ('queued', 'owned') THEN EXISTS (
        SELECT FROM newel.work_item w WHERE w.case_id = c.id AND w.state = c.state)
    WHEN c.state = 'approval' THEN EXISTS (
        SELECT FROM newel.approval a WHERE a.case_id = c.id AND a.state = 'pending')
        AND EXISTS (SELECT FROM newel.job j WHERE j.case_id = c.id AND j.kind = 'approval_expiry' AND j.state <> 'dead')
    ELSE EXISTS (
        SELECT FROM newel.job j WHERE j.case_id = c.id AND j.state <> 'dead' AND j.kind = CASE c.state
            WHEN 'ai' THEN 'answer' WHEN 'acting' THEN 'action' WHEN 'waiting' THEN 'settle'
            WHEN 'deflecting' THEN 'deflection' WHEN 'snoozed' THEN 'wake' END)
    END;

CREATE FUNCTION newel.guard_limbo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid;
BEGIN
    IF TG_TABLE_NAME = 'cases' THEN
        which := NEW.id;
    ELSE
        which := OLD.case_id;
    END IF;
    IF which IS NOT NULL AND EXISTS (SELECT FROM newel.limbo l WHERE l.id = which) THEN
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
GRANT DELETE ON newel.job, newel.staff_session, newel.macro TO newel_app;
REVOKE INSERT, UPDATE ON newel.state_transition FROM newel_app;
REVOKE UPDATE ON newel.audit_event, newel.message, newel.scan_receipt, newel.decision, newel.sla_alert,
    newel.policy_signature, newel.lowering, newel.policy_template, newel.policy_autonomous, newel.note,
    newel.miss FROM newel_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA newel TO newel_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA newel TO newel_app;
