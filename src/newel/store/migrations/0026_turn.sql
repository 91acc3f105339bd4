-- A message waits for the one before it that is leaving at this very moment, so that they arrive in order.
-- Claim a message for sending, in its turn, and with it what is to leave right before it. The caller holds
-- the case; case, conversation, outbox is the order of everybody. `behind`: an earlier one of the case has
-- not left, or is leaving at this very moment: two calls of the channel at once may arrive the wrong way
-- round, but one that hangs or is to be tried again holds nobody up for longer than a second. `ended`: there
-- is nothing to send. From the claim on a message may leave: the store's last gate is the update's own trigger.
CREATE OR REPLACE FUNCTION newel.claim_messages(box uuid, step_at timestamptz) RETURNS TABLE (
    outcome text, was text, outbox_id uuid, message_id uuid, conversation_id uuid, attempts integer,
    visible_seq bigint, channel text, author text, body_sealed bytea, created_at timestamptz, profile_sealed bytea
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
        SELECT m.channel, m.author, m.body_sealed, m.created_at, u.profile_sealed
        INTO channel, author, body_sealed, created_at, profile_sealed
        FROM newel.message m JOIN newel.cases c ON c.id = m.case_id JOIN newel.customer u ON u.id = c.customer_id
        WHERE m.id = message_id;
        RETURN NEXT;
    END LOOP;
    IF boxes IS NULL THEN
        outcome := 'ended';
        RETURN NEXT;
    END IF;
END $$;
