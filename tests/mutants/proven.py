"""Who acts has shown who they are: signatures, sessions, accounts, decisions (INV-12, 13, 14)."""

from tests.mutants.mutant import APPROVALS, DELIVERY, GUARDS, Mutant, dropped, statement, without

SIGNATURE, RELEASE, STAFF, SESSION = "guard_signature", "guard_kill_release", "guard_staff", "guard_session"
ACCESS = f"{GUARDS}/test_access.py::test_INV_"
SIGNS = f"{ACCESS}14_nobody_signs_without_a_session_that_is_theirs"
MADE = f"{ACCESS}13_an_account_is_made_with_its_event"
CHANGES = f"{ACCESS}13_rights_and_passwords_change_with_their_event"
ITSELF = f"{ACCESS}13_nobody_gives_themselves_rights"
BEGINS = f"{ACCESS}13_a_session_begins_with_its_event_by_whose_it_is"
STAYS = f"{ACCESS}13_whose_a_session_is_and_what_a_token_may_never_changes"
OVER = f"{ACCESS}13_what_has_ended_lives_no_more"
DECIDES = f"{APPROVALS}::test_INV_12_who_decides_is_signed_in"
LETS_GO = f"{DELIVERY}::test_INV_1_a_stop_is_released_by_who_may_stop"
TOKEN = f"{DELIVERY}::test_INV_1_a_token_releases_a_stop_by_its_scope"

MUTANTS: tuple[Mutant, ...] = (
    dropped(14, "signature_proven", "policy_signature", SIGNS),
    without(14, SIGNATURE, "NEW.signed_at > newel.now() OR ", SIGNS),
    without(14, SIGNATURE, " AND s.id = NEW.staff_id", SIGNS),
    without(14, SIGNATURE, " AND s.active", SIGNS),
    without(14, SIGNATURE, "n.ended_at IS NULL AND ", SIGNS),
    without(14, SIGNATURE, " AND n.expires_at > newel.now()", SIGNS),
    without(
        14,
        SIGNATURE,
        "NEW.proof = 'session' OR n.created_at > newel.now() - interval '5 minutes'",
        SIGNS,
        new="true",
    ),
    dropped(13, "staff_made_told", "staff", MADE),
    dropped(13, "staff_rights_told", "staff", CHANGES),
    without(13, STAFF, "TG_OP = 'INSERT' OR", MADE, new="TG_OP = 'UPDATE' AND"),
    without(13, STAFF, "AND a.actor_id <> NEW.id::text", ITSELF),
    without(13, STAFF, " AND a.tx = pg_current_xact_id()", CHANGES),
    dropped(13, "staff_session_told", "staff_session", BEGINS),
    without(13, SESSION, " AND a.entity_id = NEW.staff_id::text", BEGINS),
    without(13, SESSION, " AND a.actor_id = NEW.staff_id::text", BEGINS),
    dropped(13, "staff_session_over", "staff_session", OVER),
    dropped(13, "service_token_over", "service_token", OVER),
    statement(13, "GRANT UPDATE ON newel.staff_session, newel.service_token TO newel_app", STAYS),
    without(12, "guard_approval", "n.staff_id = NEW.decided_by", DECIDES, new="true"),
    without(12, "guard_approval", "n.ended_at IS NULL AND ", DECIDES),
    without(12, "guard_approval", " AND n.expires_at > newel.now()", DECIDES),
    without(
        12, "guard_approval", "NEW.state IN ('approved', 'rejected')", DECIDES, new="NEW.state = 'approved'"
    ),
    dropped(1, "kill_switch_right", "kill_switch", LETS_GO),
    without(1, RELEASE, " AND s.active", LETS_GO),
    without(1, RELEASE, " AND s.roles && ARRAY['supervisor', 'admin', 'model_risk']", LETS_GO),
    without(1, RELEASE, "n.ended_at IS NULL AND ", LETS_GO),
    without(1, RELEASE, " AND n.expires_at > newel.now()", LETS_GO),
    without(1, RELEASE, " AND 'kill_switch' = ANY (t.scopes)", TOKEN),
    without(1, RELEASE, "t.revoked_at IS NULL AND ", TOKEN),
    without(1, RELEASE, "(t.expires_at IS NULL OR t.expires_at > newel.now())", TOKEN, new="true"),
)
