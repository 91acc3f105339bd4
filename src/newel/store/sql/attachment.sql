-- name: add
-- An upload, unless the same one of the same author waits already.
INSERT INTO newel.attachment (id, kind, size, width, height, content_mac, name_sealed, key_wrapped, by_kind, by_id,
    case_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (by_kind, by_id, content_mac, case_id) WHERE sent_at IS NULL DO NOTHING RETURNING id;

-- name: fill
INSERT INTO newel.attachment_content (attachment_id, sealed) VALUES ($1, $2);

-- name: again
-- The same upload that waits already; it waits anew.
UPDATE newel.attachment SET expires_at = $5
WHERE by_kind = $1 AND by_id = $2 AND content_mac = $3 AND case_id IS NOT DISTINCT FROM $4 AND sent_at IS NULL
RETURNING id, kind, size, width, height, name_sealed, key_wrapped, case_id;

-- name: waiting
-- How many uploads of an author wait to be sent, of people by their case; up to a number.
SELECT count(*) FROM (SELECT FROM newel.attachment
    WHERE by_kind = $1 AND by_id = $2 AND case_id IS NOT DISTINCT FROM $3 AND sent_at IS NULL LIMIT $4) w;

-- name: lock
-- These attachments, until the transaction ends.
SELECT id, kind, size, width, height, name_sealed, key_wrapped, by_kind, by_id, case_id, sent_at FROM newel.attachment
WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE;

-- name: send
-- These are sent: each in its case, its key under the case's.
UPDATE newel.attachment a SET case_id = $2, key_wrapped = n.wrapped, sent_at = $3
FROM unnest($1::uuid[], $4::bytea[]) AS n(id, wrapped) WHERE a.id = n.id AND a.sent_at IS NULL;

-- name: carry
-- A message carries these, in this order.
INSERT INTO newel.message_attachment (message_id, place, attachment_id)
SELECT $1, n.place, n.id FROM unnest($2::uuid[]) WITH ORDINALITY AS n(id, place);

-- name: keep
-- These uploads of a case's people wait anew.
UPDATE newel.attachment SET expires_at = $3
WHERE id = ANY ($1::uuid[]) AND case_id = $2 AND by_kind = 'staff' AND sent_at IS NULL;

-- name: of_case
-- Those of these that people of a case have uploaded.
SELECT id, kind, size, width, height, name_sealed, key_wrapped, case_id FROM newel.attachment
WHERE id = ANY ($1::uuid[]) AND case_id = $2 AND by_kind = 'staff';

-- name: find
-- An attachment with where it stands and the keys of its case.
SELECT a.id, a.kind, a.size, a.width, a.height, a.name_sealed, a.key_wrapped, a.by_kind, a.by_id, a.case_id,
    a.created_at, a.sent_at, coalesce(
        (SELECT coalesce(m.conversation_id, o.conversation_id)
         FROM newel.message_attachment l JOIN newel.message m ON m.id = l.message_id
             LEFT JOIN newel.outbox o ON o.message_id = m.id WHERE l.attachment_id = a.id LIMIT 1),
        c.conversation_id) AS conversation_id, c.state AS case_state, c.customer_id, c.key_wrapped AS case_wrapped,
    k.wrapped AS subject_wrapped,
    EXISTS (SELECT FROM newel.message_attachment l JOIN newel.message m ON m.id = l.message_id
        LEFT JOIN newel.outbox o ON o.message_id = m.id
        WHERE l.attachment_id = a.id
            AND (m.direction = 'inbound' OR o.visible_seq IS NOT NULL AND o.state <> 'withdrawn')) AS visible
FROM newel.attachment a LEFT JOIN newel.cases c ON c.id = a.case_id
    LEFT JOIN keyring.subject_key k ON k.subject_id = c.customer_id
WHERE a.id = $1;

-- name: content
SELECT sealed FROM newel.attachment_content WHERE attachment_id = $1;

-- name: discard
-- An upload that its author takes back before it is sent.
DELETE FROM newel.attachment WHERE id = $1 AND sent_at IS NULL RETURNING id, case_id;

-- name: expired
-- Uploads that waited too long, away at once; up to a number.
DELETE FROM newel.attachment WHERE id IN (
    SELECT id FROM newel.attachment WHERE sent_at IS NULL AND expires_at <= $1
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, case_id;
