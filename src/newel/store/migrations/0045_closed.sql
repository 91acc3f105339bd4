-- The post-mortem of an erased customer is closed: nothing is left that it could be sealed with (INV-18, QUA-6).
ALTER TABLE newel.post_mortem DROP CONSTRAINT post_mortem_state_check;
ALTER TABLE newel.post_mortem
    ADD CONSTRAINT post_mortem_state_check CHECK (state IN ('open', 'written', 'closed')),
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT post_mortem_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL));

CREATE OR REPLACE FUNCTION newel.guard_post_mortem() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NOT EXISTS (SELECT FROM newel.miss m WHERE m.id = NEW.miss_id
            AND m.case_id = NEW.case_id AND m.episode = NEW.episode AND m.cluster = NEW.cluster) THEN
            RAISE EXCEPTION 'NW-POSTMORTEM: a post-mortem starts open, with its miss' USING ERRCODE = 'NW041';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'open' OR
       (NEW.id, NEW.case_id, NEW.episode, NEW.workflow, NEW.cluster, NEW.miss_id, NEW.owner, NEW.owner_id, NEW.opened_at,
        NEW.due_at) IS DISTINCT FROM
       (OLD.id, OLD.case_id, OLD.episode, OLD.workflow, OLD.cluster, OLD.miss_id, OLD.owner, OLD.owner_id, OLD.opened_at,
        OLD.due_at) OR
       OLD.overdue_at IS NOT NULL AND NEW.overdue_at IS DISTINCT FROM OLD.overdue_at THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: a post-mortem keeps what it was' USING ERRCODE = 'NW041';
    END IF;
    IF NEW.state = 'written' AND NOT newel.answers_for(NEW.written_by, NEW.owner_id) THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: not theirs to write' USING ERRCODE = 'NW041';
    END IF;
    IF NEW.state = 'closed' AND NOT EXISTS (SELECT FROM newel.cases c JOIN keyring.subject_key k ON k.subject_id = c.customer_id
        WHERE c.id = NEW.case_id AND k.wrapped IS NULL) THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: it can be written still' USING ERRCODE = 'NW041';
    END IF;
    IF NEW.draft_id IS NOT NULL AND NOT EXISTS (SELECT FROM newel.policy_version v
        WHERE v.id = NEW.draft_id AND v.workflow = NEW.workflow AND v.state = 'draft') THEN
        RAISE EXCEPTION 'NW-POSTMORTEM: its marker is no draft of the workflow' USING ERRCODE = 'NW041';
    END IF;
    RETURN NEW;
END $$;

-- RTE-2: the on-call is told once of each item, for each cause and urgency.
CREATE UNIQUE INDEX notice_called ON newel.notice (case_id, kind, (data ->> 'about')) WHERE starts_with(kind, 'on_call.');
