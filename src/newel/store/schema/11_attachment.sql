-- Attachments: sealed under a key of their own. While one waits to be sent that key is wrapped by the
-- master key, or by the case of the people who uploaded it; once sent, by its case: with the customer's key
-- the content is gone. The content stands apart: whoever reads the list never touches it.

CREATE TABLE newel.attachment (
    id          uuid PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('png', 'jpeg', 'webp', 'gif', 'pdf', 'text', 'csv')),
    size        integer     NOT NULL CHECK (size > 0),
    width       integer     CHECK (width > 0),
    height      integer     CHECK (height > 0),
    content_mac bytea       NOT NULL CHECK (length(content_mac) = 32),
    name_sealed bytea       NOT NULL,
    key_wrapped bytea       NOT NULL,
    by_kind     text        NOT NULL CHECK (by_kind IN ('customer', 'staff', 'service', 'system')),
    by_id       text        NOT NULL,
    case_id     uuid        REFERENCES newel.cases,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    sent_at     timestamptz,
    CHECK ((width IS NULL) = (height IS NULL)),
    CHECK (sent_at IS NULL OR case_id IS NOT NULL),
    CHECK (by_kind <> 'staff' OR case_id IS NOT NULL)
);
-- The same content of the same author twice, before it is sent, is one upload.
CREATE UNIQUE INDEX attachment_waiting ON newel.attachment (by_kind, by_id, content_mac, case_id)
    NULLS NOT DISTINCT WHERE sent_at IS NULL;
CREATE INDEX attachment_expires ON newel.attachment (expires_at) WHERE sent_at IS NULL;
CREATE INDEX attachment_case ON newel.attachment (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE newel.attachment_content (
    attachment_id uuid PRIMARY KEY REFERENCES newel.attachment ON DELETE CASCADE,
    sealed        bytea NOT NULL
);
ALTER TABLE newel.attachment_content ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Which message an attachment went with; after a message was taken back, another one may carry it.
CREATE TABLE newel.message_attachment (
    message_id    uuid     NOT NULL REFERENCES newel.message,
    place         smallint NOT NULL CHECK (place BETWEEN 1 AND 5),
    attachment_id uuid     NOT NULL REFERENCES newel.attachment,
    PRIMARY KEY (message_id, place),
    UNIQUE (message_id, attachment_id)
);
CREATE INDEX message_attachment_of ON newel.message_attachment (attachment_id);

-- What was sent stays as it is. What waits gets its case once, and never another content or author.
CREATE FUNCTION newel.guard_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NOT NULL THEN
        RAISE EXCEPTION 'NW-ATTACHMENT: what was sent stays' USING ERRCODE = 'NW041';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.kind, NEW.size, NEW.width, NEW.height, NEW.content_mac, NEW.name_sealed, NEW.by_kind, NEW.by_id,
        NEW.created_at) IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.size, OLD.width, OLD.height, OLD.content_mac, OLD.name_sealed, OLD.by_kind, OLD.by_id,
        OLD.created_at)
       OR OLD.case_id IS NOT NULL AND (NEW.case_id, NEW.key_wrapped) IS DISTINCT FROM (OLD.case_id, OLD.key_wrapped) THEN
        RAISE EXCEPTION 'NW-ATTACHMENT: what was uploaded stays' USING ERRCODE = 'NW041';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachment_stays BEFORE UPDATE OR DELETE ON newel.attachment
    FOR EACH ROW EXECUTE FUNCTION newel.guard_attachment();
CREATE TRIGGER attachment_content_stays BEFORE UPDATE ON newel.attachment_content
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();
CREATE TRIGGER message_attachment_append_only BEFORE UPDATE OR DELETE ON newel.message_attachment
    FOR EACH ROW EXECUTE FUNCTION newel.refuse_change();

-- A message carries attachments of its own case and side: a customer's comes in, a person's goes out.
-- The AI and the fixed texts carry none.
CREATE FUNCTION newel.guard_message_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM newel.message m JOIN newel.attachment a ON a.case_id = m.case_id
                   WHERE m.id = NEW.message_id AND a.id = NEW.attachment_id AND a.sent_at IS NOT NULL
                     AND CASE a.by_kind WHEN 'staff' THEN m.drafted_by = 'person' ELSE m.direction = 'inbound' END) THEN
        RAISE EXCEPTION 'NW-ATTACHMENT: not of this message''s case and side' USING ERRCODE = 'NW042';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER message_attachment_fits BEFORE INSERT ON newel.message_attachment
    FOR EACH ROW EXECUTE FUNCTION newel.guard_message_attachment();

GRANT SELECT, INSERT, UPDATE, DELETE ON newel.attachment TO newel_app;
GRANT SELECT, INSERT ON newel.attachment_content, newel.message_attachment TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_attachment(), newel.guard_message_attachment() TO newel_app;
