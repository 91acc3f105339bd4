-- name: account_by_login
-- An active account with its password, for signing in.
SELECT id, password_hash FROM newel.staff WHERE login = $1 AND active;

-- name: account_lock
-- The whole account by login, locked.
SELECT id, login, name, roles, clearance, skills, languages, zone, shifts, team, capacity, limit_minor,
    customer_id, active, channel_capacity, region
FROM newel.staff WHERE login = $1 FOR UPDATE;

-- name: staff
-- A person by id.
SELECT id, login, name, roles, clearance, presence, limit_minor, languages, region, capacity, channel_capacity
FROM newel.staff WHERE id = $1 AND active;

-- name: accounts
-- All people by login.
SELECT id, login, name, roles, clearance, presence, limit_minor, languages, region, capacity, channel_capacity
FROM newel.staff WHERE active ORDER BY login;

-- name: account_add
-- A new account.
INSERT INTO newel.staff (id, login, name, roles, clearance, skills, languages, zone, shifts, team, capacity,
    limit_minor, customer_id, active, channel_capacity, region, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- name: account_save
-- Write back an account; a null password keeps the old one.
UPDATE newel.staff SET login = $2, name = $3, roles = $4, clearance = $5, skills = $6, languages = $7, zone = $8,
    shifts = $9, team = $10, capacity = $11, limit_minor = $12, customer_id = $13, active = $14,
    channel_capacity = $15, region = $16, password_hash = coalesce($17, password_hash)
WHERE id = $1;

-- name: rehash
-- Keep a password under today's parameters.
UPDATE newel.staff SET password_hash = $2 WHERE id = $1;

-- name: failures
-- Failed sign-ins for one name since a moment.
SELECT count(*) FROM newel.audit_event
WHERE entity = 'sign_in' AND entity_id = $1 AND event = 'access.sign_in_failed' AND at > $2;

-- name: session_add
-- A new session, known by the hash of its id.
INSERT INTO newel.staff_session (id_hash, staff_id, created_at, last_seen_at, expires_at)
VALUES ($1, $2, $3, $3, $4);

-- name: session
-- A session that was not ended, with its person.
SELECT s.last_seen_at, s.expires_at, p.id, p.login, p.name, p.roles, p.clearance, p.presence, p.limit_minor,
    p.languages, p.region, p.capacity, p.channel_capacity
FROM newel.staff_session s JOIN newel.staff p ON p.id = s.staff_id AND p.active
WHERE s.id_hash = $1 AND s.ended_at IS NULL;

-- name: session_seen
-- Note that the person was here, at most once a minute.
UPDATE newel.staff_session SET last_seen_at = $2 WHERE id_hash = $1 AND last_seen_at < $2;

-- name: session_end
-- End one session; whose it was.
UPDATE newel.staff_session SET ended_at = $2 WHERE id_hash = $1 AND ended_at IS NULL RETURNING staff_id;

-- name: sessions_end
-- End all sessions of a person.
UPDATE newel.staff_session SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL;

-- name: sessions_forget
-- Take away a person's sessions that ended or ran out.
DELETE FROM newel.staff_session WHERE staff_id = $1 AND (ended_at IS NOT NULL OR expires_at <= $2);

-- name: token_add
-- A new service token, known by its hash.
INSERT INTO newel.service_token (id, name, token_hash, scopes, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING RETURNING id;

-- name: token
-- A live token by its hash.
SELECT name, scopes, expires_at FROM newel.service_token
WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2);

-- name: tokens
-- All tokens, never their value.
SELECT id, name, scopes, created_at, expires_at, revoked_at FROM newel.service_token ORDER BY created_at, name;

-- name: token_revoke
-- Revoke a token by name.
UPDATE newel.service_token SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL RETURNING id;
