-- People act by their own authority (INV-12): who owns the T3 case, by what they asked for themselves, within a cap, once.
ALTER TABLE newel.action ADD CONSTRAINT action_own_cap
    CHECK (authority <> 'own_limit' OR amount_minor = 0 OR cap_minor IS NOT NULL);

-- INV-12: by their own authority a person acts on the T3 case that they own, by what they asked for themselves; without
-- a limit they do only what the policy lets the AI do alone. Their limit is looked at when it is claimed.
CREATE FUNCTION newel.guard_own_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.work_item w ON w.owner_id = s.id AND w.state = 'owned'
            JOIN newel.cases c ON c.id = w.case_id JOIN newel.proposal p ON p.case_id = c.id
        WHERE s.id = NEW.staff_id AND c.id = NEW.case_id AND c.tier = 3
          AND p.id = NEW.proposal_id AND p.drafted_by = 'person'
          AND (s.limit_minor > 0 OR EXISTS (SELECT FROM newel.policy_autonomous a
              WHERE a.policy_id = NEW.policy_id AND a.class = NEW.class AND a.ceiling_minor >= NEW.amount_minor))) THEN
        RAISE EXCEPTION 'NW-ACTION: not the act of who owns the case' USING ERRCODE = 'NW012';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER action_own BEFORE INSERT ON newel.action FOR EACH ROW
    WHEN (NEW.authority = 'own_limit') EXECUTE FUNCTION newel.guard_own_act();

-- INV-11: while nobody knows how a person's act ended, the same is not done again in that case.
CREATE UNIQUE INDEX action_own_open ON newel.action (case_id, class)
    WHERE authority = 'own_limit' AND state IN ('authorised', 'claimed', 'unknown');
GRANT EXECUTE ON FUNCTION newel.guard_own_act() TO newel_app;
