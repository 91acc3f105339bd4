-- People have a capacity of each channel besides the whole, and a region; work says by which channel it came and which
-- region it asks for (RTE-1). What waits from before counts for the whole alone.
ALTER TABLE newel.staff ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE newel.staff ADD COLUMN channel_capacity jsonb NOT NULL DEFAULT '{}';
ALTER TABLE newel.staff ADD COLUMN channel_load jsonb NOT NULL DEFAULT '{}';
ALTER TABLE newel.customer ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE newel.bucket ADD COLUMN channel text NOT NULL DEFAULT '';
ALTER TABLE newel.bucket ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE newel.bucket ADD COLUMN region_needed boolean NOT NULL DEFAULT false;
ALTER TABLE newel.bucket DROP CONSTRAINT bucket_language_skills_regulated_generalist_key;
ALTER TABLE newel.bucket ADD UNIQUE (language, skills, regulated, generalist, channel, region, region_needed);

CREATE FUNCTION newel.counted(loads jsonb, its_channel text, by integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN its_channel = '' THEN loads
        WHEN coalesce((loads ->> its_channel)::integer, 0) + by <= 0 THEN loads - its_channel
        ELSE loads || jsonb_build_object(its_channel, coalesce((loads ->> its_channel)::integer, 0) + by) END
$$;

CREATE OR REPLACE FUNCTION newel.guard_work_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_channel text;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.token < OLD.token
       OR NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.token = OLD.token) THEN
        RAISE EXCEPTION 'NW-FENCE: a new owner needs a new token' USING ERRCODE = 'NW016';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'owned' AND OLD.lane = 'normal'
       AND (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.state <> 'owned' OR NEW.lane <> 'normal'
            OR NEW.bucket <> OLD.bucket) THEN
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = OLD.bucket;
        UPDATE newel.staff SET load = load - 1, channel_load = newel.counted(channel_load, its_channel, -1)
        WHERE id = OLD.owner_id;
    END IF;
    IF NEW.state = 'owned' AND NEW.lane = 'normal'
       AND (TG_OP = 'INSERT' OR OLD.state <> 'owned' OR OLD.owner_id <> NEW.owner_id OR OLD.lane <> 'normal') THEN
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = NEW.bucket;
        UPDATE newel.staff SET load = load + 1, last_assigned_at = NEW.owned_at,
            channel_load = newel.counted(channel_load, its_channel, 1)
        WHERE id = NEW.owner_id AND load < capacity AND active AND (channel_capacity -> its_channel IS NULL
            OR coalesce((channel_load ->> its_channel)::integer, 0) < (channel_capacity ->> its_channel)::integer);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'NW-CAPACITY: % is full', NEW.owner_id USING ERRCODE = 'NW018';
        END IF;
    ELSIF NEW.state = 'owned' AND NEW.lane = 'normal' AND OLD.bucket <> NEW.bucket THEN
        -- What somebody has already and now asks for something else is counted anew, and stays with them.
        SELECT b.channel INTO its_channel FROM newel.bucket b WHERE b.id = NEW.bucket;
        UPDATE newel.staff SET load = load + 1, channel_load = newel.counted(channel_load, its_channel, 1)
        WHERE id = NEW.owner_id;
    END IF;
    RETURN NEW;
END $$;

GRANT EXECUTE ON FUNCTION newel.counted(jsonb, text, integer) TO newel_app;

-- Whether the AI is with a worker: metrics and the doctor tell when nobody answers.
ALTER TABLE newel.worker ADD COLUMN answers boolean NOT NULL DEFAULT true;
