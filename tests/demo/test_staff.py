"""The ten people stand as the house has agreed on them."""

from importlib.resources import files

import yaml

PEOPLE = {
    p["login"]: p
    for p in yaml.safe_load(files("newel.demo").joinpath("staff.yaml").read_text("utf-8"))["people"]
}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def test_ten_people_with_whole_weeks() -> None:
    assert sorted(PEOPLE) == [
        "amara", "ben", "chloe", "diego", "esme", "farid", "greta", "hana", "ivan", "june"
    ]  # fmt: skip
    assert all(list(p["shifts"]) == DAYS for p in PEOPLE.values())
    assert all(p["password"] == "hearthwick-demo" for p in PEOPLE.values())


def test_levels_and_limits() -> None:
    assert all(1 <= level <= 5 for p in PEOPLE.values() for level in p["skills"].values())
    limits = {login: p["own_refund_limit_minor"] for login, p in PEOPLE.items()}
    assert limits == {
        "amara": 5000, "ben": 0, "chloe": 5000, "diego": 0, "esme": 20000, "farid": 20000,
        "greta": 10000, "hana": 50000, "ivan": 100000, "june": 0,
    }  # fmt: skip


def test_who_signs_is_not_one_person() -> None:
    roles = {login: set(p["roles"]) for login, p in PEOPLE.items()}
    assert "improver" in roles["ivan"]
    assert "legal_compliance" in roles["esme"]
    assert {"policy_owner", "model_risk", "admin", "auditor"} <= roles["june"]
    assert PEOPLE["june"]["clearance"] is None
