"""Sessions over HTTP: fixation, expiry, CSRF, tokens."""

from datetime import timedelta

import httpx
import pytest

from conftest import NOON
from newel.domain.access import Role
from newel.flow import access
from web.conftest import PASSWORD, ROOT, Site


async def test_a_person_signs_in_works_and_signs_out(site: Site) -> None:
    await site.person("amara", Role.APPROVER, clearance="senior")
    client = await site.signed_in("amara")
    me = (await client.get("/api/v1/me")).json()
    assert (me["kind"], me["login"], me["clearance"]) == ("staff", "amara", "senior")
    assert me["acts"] == ["approve", "mark_miss", "read_case"]
    assert (await client.delete("/api/v1/sessions")).status_code == 204
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    await site.person("amara")
    async with site.client() as client:
        said = await client.post("/api/v1/sessions", json={"login": "amara", "password": PASSWORD})
        cookie = said.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        assert "domain" not in cookie.lower()
        secure = {"x-forwarded-proto": "https"}
        said = await client.post(
            "/api/v1/sessions", json={"login": "amara", "password": PASSWORD}, headers=secure
        )
        assert said.headers["set-cookie"].startswith("__Host-newel_session=")
        assert "Secure" in said.headers["set-cookie"]
        assert "strict-transport-security" in said.headers


async def test_session_fixation_a_chosen_id_is_never_taken_over(site: Site) -> None:
    await site.person("amara")
    chosen = "attacker-knows-this-id"
    async with site.client(cookies={"newel_session": chosen}) as client:
        said = await client.post("/api/v1/sessions", json={"login": "amara", "password": PASSWORD})
        assert chosen not in said.headers["set-cookie"]
    async with site.client(cookies={"newel_session": chosen}) as attacker:
        assert (await attacker.get("/api/v1/me")).status_code == 401


async def test_SEC_1_a_session_expires_after_30_idle_minutes(site: Site) -> None:
    await site.house.freeze(NOON)
    await site.person("amara")
    client = await site.signed_in("amara")
    await site.house.pass_time(timedelta(minutes=29))
    assert (await client.get("/api/v1/me")).status_code == 200
    await site.house.pass_time(timedelta(minutes=31))
    assert (await client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("token", ["", "0" * 64, "of another session"])
async def test_a_write_with_a_cookie_needs_the_sessions_csrf_token(site: Site, token: str) -> None:
    await site.person("amara")
    client, other = await site.signed_in("amara"), await site.signed_in("amara")
    given = other.headers["x-newel-csrf"] if token.startswith("of") else token
    said = await client.delete("/api/v1/sessions", headers={"x-newel-csrf": given})
    assert (said.status_code, said.json()["code"]) == (403, "csrf")
    assert (await client.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_signing_in_takes_no_body_that_a_foreign_form_can_send(site: Site, kind: str) -> None:
    await site.person("amara")
    body = f'{{"login": "amara", "password": "{PASSWORD}"}}'
    async with site.client() as client:
        said = await client.post("/api/v1/sessions", content=body, headers={"content-type": kind})
    assert said.status_code == 415
    assert "set-cookie" not in said.headers


async def test_a_wrong_password_is_401_and_too_many_429(site: Site) -> None:
    await site.person("amara")
    async with site.client() as client:
        for _ in range(10):
            said = await client.post("/api/v1/sessions", json={"login": "amara", "password": "guess"})
            assert said.status_code == 401
        said = await client.post("/api/v1/sessions", json={"login": "amara", "password": PASSWORD})
    assert (said.status_code, said.headers["retry-after"]) == (429, "300")


async def test_a_service_token_names_its_service(site: Site) -> None:
    async with site.client(await site.token("intake", "trace")) as client:
        me = (await client.get("/api/v1/me")).json()
    assert (me["kind"], me["acts"], me["csrf_token"]) == ("service", ["intake", "trace"], "")


async def test_a_revoked_token_is_refused_within_a_second(site: Site) -> None:
    token = await access.create_token(site.house, ROOT, "shop", ["intake"])
    async with site.client(token) as client:
        assert (await client.get("/api/v1/me")).status_code == 200
        await access.revoke_token(site.house, ROOT, "shop")
        await _soon_refused(client)


async def _soon_refused(client: httpx.AsyncClient) -> None:
    import asyncio

    await asyncio.sleep(1.05)
    assert (await client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer wrong", "Basic YTpi", "Bearer newel_"])
async def test_a_bad_authorization_never_falls_back_to_the_cookie(site: Site, header: str) -> None:
    await site.person("amara")
    client = await site.signed_in("amara")
    said = await client.get("/api/v1/me", headers={"authorization": header})
    assert said.status_code == 401
    assert said.headers["www-authenticate"] == "Bearer"
