-- name: lock
-- One process reads at a time; the others leave it to that one.
SELECT pg_try_advisory_xact_lock(7309);

-- name: mark
-- How far a part is read.
SELECT at FROM newel.search_mark WHERE part = $1;

-- name: set_mark
INSERT INTO newel.search_mark (part, at) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET at = excluded.at;

-- name: messages
-- Messages since a time that were not read, oldest first, with the keys of their cases (none for who was erased).
-- The unread ones are found first, by time: most of what stands in those moments was read in a round before.
WITH unread AS MATERIALIZED (
    SELECT m.id, m.created_at FROM newel.message m
    WHERE m.created_at > $1
        AND NOT EXISTS (SELECT FROM newel.search_done d WHERE d.subject_id = m.id AND d.at = m.created_at)
    ORDER BY m.created_at LIMIT $2
)
SELECT m.id, m.created_at AS at, m.case_id, c.opened_at AS since, m.body_sealed, i.id AS item_id, i.fields_sealed,
    c.customer_id, c.key_wrapped, k.wrapped AS subject_wrapped
FROM unread u JOIN newel.message m ON m.id = u.id JOIN newel.cases c ON c.id = m.case_id
    LEFT JOIN keyring.subject_key k ON k.subject_id = c.customer_id
    LEFT JOIN newel.item i ON i.case_id = m.case_id AND i.message_id = m.id
ORDER BY u.created_at;

-- name: customers
-- Customers that were changed since a time and not read.
SELECT c.id, c.updated_at AS at, c.created_at AS since, c.profile_sealed, k.wrapped AS subject_wrapped
FROM newel.customer c JOIN keyring.subject_key k ON k.subject_id = c.id
WHERE c.updated_at > $1 AND k.wrapped IS NOT NULL
    AND NOT EXISTS (SELECT FROM newel.search_done d WHERE d.subject_id = c.id AND d.at = c.updated_at)
ORDER BY c.updated_at LIMIT $2;

-- name: done
-- These were read.
INSERT INTO newel.search_done (subject_id, at) SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) ON CONFLICT DO NOTHING;

-- name: forget_done
-- What lies so far back that nothing can come before it any more.
DELETE FROM newel.search_done WHERE at < $1;

-- name: forget_words
-- What a customer's profile said before.
DELETE FROM newel.search_word WHERE kind = 'customer' AND subject_id = ANY ($1::uuid[]);

-- name: add
-- Words of subjects, which stand at the time when each began.
INSERT INTO newel.search_word (word_mac, kind, subject_id, at)
SELECT w, $2, s, a FROM unnest($1::bytea[], $3::uuid[], $4::timestamptz[]) AS t(w, s, a) ON CONFLICT DO NOTHING;

-- name: cases
-- Cases in which all words stand, the newest first: a walk over those with the rarest one.
WITH asked AS MATERIALIZED (
    SELECT w.mac, (SELECT count(*) FROM (SELECT FROM newel.search_word s
        WHERE s.word_mac = w.mac AND s.kind = 'case' LIMIT 1000) few) AS n FROM unnest($1::bytea[]) AS w(mac)
), rarest AS MATERIALIZED (SELECT mac FROM asked ORDER BY n, mac LIMIT 1
), found AS MATERIALIZED (
    SELECT s.subject_id FROM rarest CROSS JOIN LATERAL (SELECT s.subject_id, s.at FROM newel.search_word s
        WHERE s.word_mac = rarest.mac AND s.kind = 'case' AND (
            SELECT count(*) FROM asked a CROSS JOIN LATERAL (SELECT FROM newel.search_word o
                WHERE o.word_mac = a.mac AND o.kind = 'case' AND o.at = s.at AND o.subject_id = s.subject_id
                LIMIT 1) there) = (SELECT count(*) FROM asked)
        ORDER BY s.at DESC LIMIT $2) s
)
SELECT c.id, c.workflow, c.contact_reason, c.state, c.tier, c.priority, c.language, c.opened_at, c.resolved_at,
    c.customer_id, s.name AS owner, u.profile_sealed, k.wrapped AS subject_wrapped
FROM found f JOIN newel.cases c ON c.id = f.subject_id JOIN newel.customer u ON u.id = c.customer_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id AND k.wrapped IS NOT NULL
    LEFT JOIN newel.work_item w ON w.case_id = c.id AND w.state = 'owned' LEFT JOIN newel.staff s ON s.id = w.owner_id
ORDER BY c.opened_at DESC;

-- name: cases_of
-- All cases of a customer, the newest first.
SELECT c.id, c.workflow, c.contact_reason, c.state, c.tier, c.priority, c.language, c.opened_at, c.resolved_at,
    c.customer_id, s.name AS owner, u.profile_sealed, k.wrapped AS subject_wrapped
FROM newel.cases c JOIN newel.customer u ON u.id = c.customer_id
    JOIN keyring.subject_key k ON k.subject_id = c.customer_id AND k.wrapped IS NOT NULL
    LEFT JOIN newel.work_item w ON w.case_id = c.id AND w.state = 'owned' LEFT JOIN newel.staff s ON s.id = w.owner_id
WHERE c.customer_id = $1 ORDER BY c.opened_at DESC LIMIT $2;

-- name: people
-- Customers in whose profile all words stand, the newest first, with how many cases they have.
WITH asked AS MATERIALIZED (
    SELECT w.mac, (SELECT count(*) FROM (SELECT FROM newel.search_word s
        WHERE s.word_mac = w.mac AND s.kind = 'customer' LIMIT 1000) few) AS n FROM unnest($1::bytea[]) AS w(mac)
), rarest AS MATERIALIZED (SELECT mac FROM asked ORDER BY n, mac LIMIT 1
), found AS MATERIALIZED (
    SELECT s.subject_id FROM rarest CROSS JOIN LATERAL (SELECT s.subject_id, s.at FROM newel.search_word s
        WHERE s.word_mac = rarest.mac AND s.kind = 'customer' AND (
            SELECT count(*) FROM asked a CROSS JOIN LATERAL (SELECT FROM newel.search_word o
                WHERE o.word_mac = a.mac AND o.kind = 'customer' AND o.at = s.at AND o.subject_id = s.subject_id
                LIMIT 1) there) = (SELECT count(*) FROM asked)
        ORDER BY s.at DESC LIMIT $2) s
)
SELECT u.id, u.kind, u.segment, u.vip, u.vulnerable, u.lifetime_value_minor, u.currency, u.profile_sealed,
    k.wrapped AS subject_wrapped, (SELECT count(*) FROM newel.cases c WHERE c.customer_id = u.id) AS cases
FROM found f JOIN newel.customer u ON u.id = f.subject_id
    JOIN keyring.subject_key k ON k.subject_id = u.id AND k.wrapped IS NOT NULL
ORDER BY u.created_at DESC;

-- name: articles
-- Articles in force that are about the words, the best first.
SELECT id, title, collection, language, updated, ts_headline('simple', body, q,
    'StartSel="", StopSel="", MaxFragments=1, MaxWords=30, MinWords=12') AS excerpt
FROM (SELECT id, title, collection, language, updated, body, q, ts_rank(sense, q) AS rank
    FROM newel.article, websearch_to_tsquery('english', $1) q WHERE current AND sense @@ q
    ORDER BY rank DESC, id LIMIT $2) best
ORDER BY rank DESC, id;
