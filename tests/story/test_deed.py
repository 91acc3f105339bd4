"""An expert refunds by their own authority: once in the ledger, within limit and ceiling, on their case."""

from tests.story.day import Day, Json, Person, until
from tests.story.test_refund import refunds

PLEASE = "I want to talk to a person: the mug in order {order} arrived broken."


def act(person: Person, taken: Json, token: int, **more: object) -> tuple[int, Json]:
    body = {"token": token, "playbook": "refund_damaged", "act": "refund"} | more
    said = person.http.post(f"/api/v1/cases/{taken['case_id']}/actions", json=body)
    return said.status_code, said.json()


def test_WRK_1_RES_1_INV_12_an_expert_refunds_once_within_every_bound(day: Day) -> None:
    taken = day.say(PLEASE.format(order="10033"), "C0033")
    owner = day.owner(taken)
    token = owner.item(taken["case_id"])["token"]
    other = day.person("esme" if owner.login != "esme" else "amara")
    assert act(other, taken, token)[0] == 409
    limit = "SELECT limit_minor FROM newel.staff WHERE login = $1"
    (before,) = day.rows(limit, owner.login)
    day.rows("UPDATE newel.staff SET limit_minor = 999 WHERE login = $1", owner.login)
    code, said = act(owner, taken, token, amount_minor=1000)
    assert (code, said["data"]["reason"]) == (422, "over_limit")
    assert "your limit of 9.99" in said["detail"]
    day.rows("UPDATE newel.staff SET limit_minor = 20000 WHERE login = $1", owner.login)

    pressed = [act(owner, taken, token, amount_minor=1000, key="once") for _ in range(2)]
    assert [code for code, _ in pressed] == [201, 201]
    assert pressed[0][1]["id"] == pressed[1][1]["id"]
    path = f"/api/v1/cases/{taken['case_id']}/actions"
    until("it is confirmed", lambda: owner.get(path)["actions"][0]["state"] == "confirmed")
    assert refunds(day, "10033") == [1000]
    assert act(owner, taken, token, amount_minor=1000, key="once")[1]["state"] == "confirmed"
    whose = "SELECT customer_id FROM newel.cases WHERE id = $1::uuid"
    day.rows(f"UPDATE newel.customer SET lifetime_value_minor = 0 WHERE id = ({whose})", taken["case_id"])
    code, said = act(owner, taken, token, amount_minor=1501)
    assert (code, said["data"]["reason"]) in {(422, "above_ceiling"), (422, "more_than_paid")}
    assert refunds(day, "10033") == [1000]
    assert day.replies(taken, "person") == []
    steps = {step["event"]: step for step in day.trace(taken)}
    assert {"action.authorised", "action.claimed", "action.confirmed"} <= set(steps)
    owner.resolve(taken["case_id"], reply="We have given you 10.00 back.")
    day.replied(taken, "person")
    day.rows("UPDATE newel.staff SET limit_minor = $2 WHERE login = $1", owner.login, before["limit_minor"])
