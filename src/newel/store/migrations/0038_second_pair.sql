-- Who works on a case may read an ended one like it: a grant on its texts, masked, that leaves its package shut (INV-16).
ALTER TABLE newel.context_grant ADD COLUMN masked boolean NOT NULL DEFAULT false;

-- Who works a T3 case and wants more than their own limit asks somebody with a higher one, who is never themselves (INV-12).
ALTER TABLE newel.approval ADD COLUMN asked_by uuid REFERENCES newel.staff;
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
       OR NEW.asked_by IS DISTINCT FROM OLD.asked_by
       OR NEW.expires_at > latest
       OR OLD.state <> 'pending' AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at)
    THEN
        RAISE EXCEPTION 'NW-APPROVAL: what was shown never changes' USING ERRCODE = 'NW012';
    END IF;
    IF approving AND (greatest(NEW.decided_at, newel.now()) >= OLD.expires_at OR NOT EXISTS (
        SELECT FROM newel.staff s JOIN newel.cases c ON c.id = NEW.case_id
        WHERE s.id = NEW.decided_by AND s.active AND 'approver' = ANY (s.roles)
          AND s.customer_id IS DISTINCT FROM c.customer_id
          AND s.id IS DISTINCT FROM NEW.asked_by
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
