-- The span that asked for a job, so that one trace tells of a message across processes (OPS-6). The last statement of
-- a step hands it to every job of the step; whoever still calls the function without it writes none.
ALTER TABLE newel.job ADD COLUMN traceparent text CHECK (length(traceparent) = 55);

DROP FUNCTION newel.end_step(timestamptz, text, text, uuid[], text[], text[], text[], text[], uuid[], text[], uuid[],
    text[], bigint[], bigint[], text[], uuid[], uuid[], text[], smallint[], timestamptz[]);
CREATE FUNCTION newel.end_step(
    step_at timestamptz, by_kind text, by_id text,
    event_ids uuid[], names text[], entities text[], entity_ids text[], new_states text[], of_cases uuid[], told text[],
    gone_cases uuid[], gone_kinds text[], done_ids bigint[], done_tokens bigint[],
    job_kinds text[], job_cases uuid[], job_subjects uuid[], job_keys text[], job_priorities smallint[],
    job_ats timestamptz[], asked_by text DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE finished integer := 0; touched integer;
BEGIN
    FOR i IN 1 .. cardinality(done_ids) LOOP
        DELETE FROM newel.job WHERE id = done_ids[i] AND token = done_tokens[i] AND state = 'running';
        GET DIAGNOSTICS touched = ROW_COUNT;
        finished := finished + touched;
    END LOOP;
    FOR i IN 1 .. cardinality(gone_cases) LOOP
        DELETE FROM newel.job WHERE case_id = gone_cases[i] AND kind = gone_kinds[i];
    END LOOP;
    -- The same key is one job: the newest time wins.
    FOR i IN 1 .. cardinality(job_kinds) LOOP
        INSERT INTO newel.job (kind, case_id, subject_id, key, priority, run_at, created_at, traceparent)
        VALUES (job_kinds[i], job_cases[i], job_subjects[i], job_keys[i], job_priorities[i], job_ats[i], step_at, asked_by)
        ON CONFLICT (key) DO UPDATE SET run_at = excluded.run_at, traceparent = excluded.traceparent WHERE newel.job.state = 'ready';
    END LOOP;
    FOR i IN 1 .. cardinality(event_ids) LOOP
        INSERT INTO newel.audit_event (id, at, actor_kind, actor_id, event, entity, entity_id, state, case_id, data,
            leaf_hash)
        VALUES (event_ids[i], step_at, by_kind, by_id, names[i], entities[i], entity_ids[i], new_states[i], of_cases[i],
            told[i]::jsonb, '\x00');
    END LOOP;
    RETURN finished;
END $$;
