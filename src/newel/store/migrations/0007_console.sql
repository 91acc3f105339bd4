-- What the wallboard and the bell look up, and articles as drafts that a second person publishes.

CREATE INDEX sla_running ON newel.sla_target (kind, priority, due_at) WHERE state = 'running';
CREATE INDEX sla_met ON newel.sla_target (ended_at) WHERE state = 'met';
CREATE INDEX notice_address ON newel.notice (address, created_at) WHERE seen_at IS NULL AND address <> '';
CREATE INDEX article_words ON newel.article USING gin (to_tsvector('simple', title || ' ' || body)) WHERE current;

-- An article as somebody writes it: published by a second person, word for word as they read it.
CREATE TABLE newel.article_draft (
    id           uuid PRIMARY KEY,
    article_id   text        NOT NULL CHECK (article_id ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
    base_version integer     NOT NULL CHECK (base_version >= 0),
    state        text        NOT NULL CHECK (state IN ('draft', 'review', 'published', 'withdrawn')),
    revision     integer     NOT NULL DEFAULT 1 CHECK (revision > 0),
    collection   text        NOT NULL,
    language     text        NOT NULL,
    title        text        NOT NULL,
    body         text        NOT NULL,
    owner        text        NOT NULL,
    written_by   uuid        NOT NULL REFERENCES newel.staff,
    saved_at     timestamptz NOT NULL,
    decided_by   uuid        REFERENCES newel.staff,
    decided_at   timestamptz,
    remark       text        NOT NULL DEFAULT '',
    version      integer,
    CHECK ((state = 'published') = (version IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state <> 'published' OR decided_by IS NOT NULL AND decided_by <> written_by)
);
CREATE UNIQUE INDEX article_draft_open ON newel.article_draft (article_id) WHERE state IN ('draft', 'review');

-- What a reviewer reads is what is published: text changes in a draft only, and a draft keeps its writer.
CREATE FUNCTION newel.guard_article_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'NW-DRAFT: it starts as a draft' USING ERRCODE = 'NW031';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.article_id, NEW.base_version, NEW.written_by) IS DISTINCT FROM
       (OLD.article_id, OLD.base_version, OLD.written_by)
       OR NOT (OLD.state = 'draft' AND NEW.state = 'draft')
       AND (NEW.revision, NEW.collection, NEW.language, NEW.title, NEW.body, NEW.owner) IS DISTINCT FROM
           (OLD.revision, OLD.collection, OLD.language, OLD.title, OLD.body, OLD.owner) THEN
        RAISE EXCEPTION 'NW-DRAFT: only a draft changes, and never its writer' USING ERRCODE = 'NW031';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER article_draft_text BEFORE INSERT OR UPDATE ON newel.article_draft
    FOR EACH ROW EXECUTE FUNCTION newel.guard_article_draft();
CREATE TRIGGER article_draft_transition BEFORE UPDATE ON newel.article_draft
    FOR EACH ROW EXECUTE FUNCTION newel.guard_transition('article_draft');
CREATE CONSTRAINT TRIGGER article_draft_audited AFTER INSERT OR UPDATE ON newel.article_draft
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION newel.guard_audited('article_draft');

GRANT SELECT, INSERT, UPDATE ON newel.article_draft TO newel_app;
GRANT EXECUTE ON FUNCTION newel.guard_article_draft() TO newel_app;
