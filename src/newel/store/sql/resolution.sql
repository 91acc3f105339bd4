-- name: add
-- How an episode ended; there is one for each.
INSERT INTO newel.resolution (id, case_id, episode, category, cause, ai_quality, seconds_spent, by_kind, staff_id,
    note_sealed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: of
-- How an episode ended.
SELECT id, category FROM newel.resolution WHERE case_id = $1 AND episode = $2;

-- name: ended
-- How the case's last episode ended, by whom, and what a person wrote of it.
SELECT r.id, r.category, r.cause, r.seconds_spent, r.by_kind, s.name AS by, r.at, r.note_sealed
FROM newel.resolution r LEFT JOIN newel.staff s ON s.id = r.staff_id WHERE r.case_id = $1 AND r.episode = $2;

-- name: acts
-- The classes of what was done since the episode began, or may yet have been.
SELECT class FROM newel.action
WHERE case_id = $1 AND created_at >= $2 AND state NOT IN ('refused', 'void') ORDER BY created_at, id;

-- name: acted
-- Whether an action of the case was executed since its episode began.
SELECT EXISTS (SELECT FROM newel.action WHERE case_id = $1 AND state = 'confirmed' AND created_at >= $2);
