-- What the console's pages are read by, and what each person has seen of their roles' notices.

DROP INDEX newel.cases_open;
CREATE INDEX cases_open ON newel.cases (state, episode_opened_at) WHERE state <> 'resolved';
CREATE INDEX feedback_case ON newel.feedback (case_id);

-- Words stand in the order of time, so that the newest of many are found first.
ALTER TABLE newel.search_word ADD COLUMN at timestamptz;
UPDATE newel.search_word w SET at = c.opened_at FROM newel.cases c WHERE w.kind = 'case' AND c.id = w.subject_id;
UPDATE newel.search_word w SET at = c.created_at FROM newel.customer c WHERE w.kind = 'customer' AND c.id = w.subject_id;
DELETE FROM newel.search_word WHERE at IS NULL;
ALTER TABLE newel.search_word ALTER COLUMN at SET NOT NULL;
ALTER TABLE newel.search_word DROP CONSTRAINT search_word_pkey, ADD PRIMARY KEY (word_mac, kind, at, subject_id);
ALTER TABLE newel.article ADD COLUMN sense tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body)) STORED;

-- What goes to a role is seen by each of its people for themselves: one by one, or all up to a time.
CREATE TABLE newel.notice_seen (
    notice_id uuid        NOT NULL REFERENCES newel.notice,
    staff_id  uuid        NOT NULL REFERENCES newel.staff,
    at        timestamptz NOT NULL,
    PRIMARY KEY (staff_id, notice_id)
);
CREATE TABLE newel.notice_mark (
    staff_id uuid        PRIMARY KEY REFERENCES newel.staff,
    seen_to  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON newel.notice_seen, newel.notice_mark TO newel_app;
