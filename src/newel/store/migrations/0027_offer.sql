-- What was recommended on a case to the person who works it: shown once, then used or dismissed by a person. No text.
CREATE TABLE newel.offer (
    id          uuid PRIMARY KEY,
    case_id     uuid        NOT NULL REFERENCES newel.cases,
    episode     integer     NOT NULL,
    customer_id uuid        NOT NULL REFERENCES newel.customer,
    workflow    text        NOT NULL,
    name        text        NOT NULL CHECK (length(name) > 0),
    state       text        NOT NULL CHECK (state IN ('shown', 'used', 'dismissed')),
    policy_id   uuid        NOT NULL REFERENCES newel.policy_version,
    shown_to    uuid        NOT NULL REFERENCES newel.staff,
    shown_at    timestamptz NOT NULL,
    ended_by    uuid        REFERENCES newel.staff,
    ended_at    timestamptz,
    UNIQUE (case_id, episode, name),
    CHECK ((state = 'shown') = (ended_at IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE INDEX offer_customer ON newel.offer (customer_id, name) WHERE ended_at IS NOT NULL;
CREATE INDEX offer_shown ON newel.offer (shown_at);
CREATE TRIGGER offer_transition BEFORE UPDATE ON newel.offer
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('offer');
CREATE CONSTRAINT TRIGGER offer_audited AFTER INSERT OR UPDATE ON newel.offer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('offer');

-- Nobody is sold anything where something is wrong: on a lock, after any trigger, where the AI may not draft, or to
-- vulnerable people. It is shown and used on the customer's own case, while a person has it.
CREATE FUNCTION newel.guard_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.cases c JOIN newel.customer u ON u.id = c.customer_id
                   WHERE c.id = NEW.case_id AND c.customer_id = NEW.customer_id AND c.kind = 'conversation'
                   AND c.state = 'owned' AND NOT c.locked AND c.assist = 2 AND NOT u.vulnerable)
        OR EXISTS (SELECT FROM newel.message m JOIN newel.scan_receipt r ON r.message_id = m.id
                   WHERE m.case_id = NEW.case_id AND (r.outcome = 'failed' OR r.markers <> '{}')) THEN
        RAISE EXCEPTION 'NW-OFFER: nothing is offered on case %', NEW.case_id USING ERRCODE = 'NW051';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offer_allowed BEFORE INSERT OR UPDATE ON newel.offer FOR EACH ROW
    WHEN (NEW.state <> 'dismissed') EXECUTE FUNCTION newel.guard_offer();

GRANT SELECT, INSERT, UPDATE ON newel.offer TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_offer() TO newel_app;
