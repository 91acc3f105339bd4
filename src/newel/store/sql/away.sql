-- name: overdue
-- The cases of up to $4 answers that do not come: tried $2 times (5 at least, the index begins there) and
-- wanted since before $1; or due since before $1, while the AI has decided nothing from then on and this
-- worker ($3) has been there to see it.
(SELECT case_id FROM newel.job WHERE kind = 'answer' AND attempts >= 5 AND attempts >= $2 AND created_at < $1
 ORDER BY created_at LIMIT $4)
UNION
(SELECT j.case_id FROM unnest(ARRAY[1, 2, 3, 4]::smallint[]) AS p(priority), LATERAL (
    SELECT case_id, run_at FROM newel.job
    WHERE state = 'ready' AND kind = 'answer' AND priority = p.priority AND run_at < $1
        AND coalesce((SELECT max(at) FROM newel.decision), '-infinity') < $1
        AND NOT EXISTS (SELECT FROM newel.worker WHERE number = $3 AND started_at >= $1)
    ORDER BY run_at, id LIMIT $4) j
 ORDER BY j.run_at LIMIT $4)
LIMIT $4;

-- name: take
-- Lock the case of an answer that does not come, if nobody else has it and no AI is at it.
SELECT c.id FROM newel.cases c
WHERE c.id = $1 AND c.state = 'ai' AND EXISTS (SELECT FROM newel.job j WHERE j.case_id = c.id AND j.kind = 'answer'
    AND ((j.state = 'ready' AND j.run_at < $2) OR (j.attempts >= $3 AND j.created_at < $2)))
FOR UPDATE OF c SKIP LOCKED;
