-- Search over sealed text: blind word keys (INV-15). A row says that a word, known only as a keyed hash,
-- stands somewhere in a case or in a customer's profile; it says nothing to whoever lacks the master key.
-- Words stand in the order of time, so that the newest of many are found first.

CREATE TABLE newel.search_word (
    word_mac   bytea       NOT NULL CHECK (length(word_mac) = 12),
    kind       text        NOT NULL CHECK (kind IN ('case', 'customer')),
    subject_id uuid        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (word_mac, kind, at, subject_id)
);
CREATE INDEX search_word_subject ON newel.search_word (subject_id);

-- How far the texts are read, and what beyond that has been: a transaction may commit after a later one.
CREATE TABLE newel.search_mark (
    part text        PRIMARY KEY CHECK (part IN ('message', 'customer')),
    at   timestamptz NOT NULL
);
CREATE TABLE newel.search_done (
    subject_id uuid        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (subject_id, at)
);
CREATE INDEX message_created ON newel.message (created_at);
CREATE INDEX customer_updated ON newel.customer (updated_at);

GRANT SELECT, INSERT, UPDATE ON newel.search_mark TO newel_app;
GRANT SELECT, INSERT, DELETE ON newel.search_word, newel.search_done TO newel_app;
