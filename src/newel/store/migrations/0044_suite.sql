-- What a version was tried with, once a day: how many messages, and which became something else (QUA-7).
CREATE TABLE newel.suite_run (
    id        uuid PRIMARY KEY,
    policy_id uuid        NOT NULL REFERENCES newel.policy_version,
    day       date        NOT NULL,
    ran_at    timestamptz NOT NULL,
    trials    integer     NOT NULL CHECK (trials > 0),
    failed    text[]      NOT NULL CHECK (cardinality(failed) <= trials),
    UNIQUE (policy_id, day),
    CHECK (day = (ran_at AT TIME ZONE 'UTC')::date)
);
GRANT SELECT, INSERT ON newel.suite_run TO newel_app;
