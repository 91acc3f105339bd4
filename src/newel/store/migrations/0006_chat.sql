-- The customer's chat.

CREATE INDEX resolution_by_staff ON newel.resolution (at) WHERE by_kind = 'staff';

-- The customer's chat: how far the customer has seen what left, and how far a person has read.
CREATE TABLE newel.chat (
    conversation_id uuid PRIMARY KEY REFERENCES newel.conversation,
    seen_seq        bigint NOT NULL DEFAULT 0 CHECK (seen_seq >= 0),
    read_seq        bigint NOT NULL DEFAULT 0 CHECK (read_seq >= 0)
);

GRANT SELECT, INSERT, UPDATE ON newel.chat TO newel_app;
