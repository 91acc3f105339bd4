"""Attachments over HTTP: taken with care, handed out to who may see them, rubbish refused by name."""

import asyncio
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import pytest

from samples import PDF, png
from web.conftest import Site
from web.test_chat import guest, open_door
from web.test_desk import at_work, mine, say, work_off

__all__ = ["open_door"]
PATH = "/api/v1/attachments"


async def put(
    client: httpx.AsyncClient, content: bytes, kind: str = "image/png", name: str = "mug.png", **more: object
) -> httpx.Response:
    headers = {"content-type": kind, "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return await client.post(PATH, content=content, headers=headers, **more)  # type: ignore[arg-type]


async def test_a_file_is_uploaded_sent_seen_by_the_desk_and_answered_with_another(shop: Site) -> None:
    service = shop.client(await shop.token("intake", "read_conversation"))
    made = await put(service, png(30, 20), name="../../x/Größe 1.png")
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["name"], one["media_type"], one["picture"]) == ("Größe 1.png", "image/png", True)
    assert (one["width"], one["height"], one["size"]) == (30, 20, len(png(30, 20)))
    assert (await put(service, png(30, 20))).json()["id"] == one["id"]
    esme = await at_work(shop, "esme")
    taken = await say(shop, "My lawyer will see this.", attachments=[one["id"]])
    await work_off(shop)
    token = (await mine(esme, taken["case_id"]))["token"]

    got = await esme.get(f"{PATH}/{one['id']}")
    assert got.content == png(30, 20)
    headers = got.headers
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"].startswith('attachment; filename="Gr__e 1.png"; filename*=UTF-8')
    assert "sandbox" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"

    where = {"case_id": taken["case_id"]}
    label = (await put(esme, PDF, "application/pdf", "label.pdf", params=where)).json()
    body = {"token": token, "text": "Print this.", "attachments": [label["id"]], "hold_seconds": 60}
    case = f"/api/v1/cases/{taken['case_id']}"
    assert (await esme.post(f"{case}/messages", json=body)).status_code == 201
    back = (await esme.post(f"{case}/withdrawal", json={"token": token})).json()
    assert (back["text"], [a["id"] for a in back["attachments"]]) == ("Print this.", [label["id"]])
    assert (await esme.get(f"{case}/draft")).json()["attachments"] == [label]
    assert (await service.get(f"{PATH}/{label['id']}")).status_code == 403
    assert (await esme.post(f"{case}/messages", json={**body, "hold_seconds": 0})).status_code == 201
    await work_off(shop)
    said = (await service.get(f"/api/v1/conversations/{taken['conversation_id']}/messages")).json()
    assert said["messages"][-1]["attachments"] == [label]
    assert (await service.get(f"{PATH}/{label['id']}")).content == PDF
    assert (await esme.delete(f"{PATH}/{label['id']}")).status_code == 409


async def test_what_a_message_needs_and_what_it_may_carry(shop: Site) -> None:
    service = shop.client(await shop.token("intake"))
    ids = [(await put(service, png(n, 1))).json()["id"] for n in range(1, 3)]
    body = {"external_id": uuid4().hex, "customer": {"ref": "C0012"}, "attachments": ids}
    sent = await service.post("/api/v1/messages", json=body)
    assert sent.status_code == 201
    assert (await service.post("/api/v1/messages", json=body)).json()["duplicate"]
    for wrong, status in (
        ({"attachments": ids}, 409),
        ({"attachments": [str(uuid4())]}, 404),
        ({"attachments": [str(uuid4())] * 6}, 422),
        ({"attachments": ["rubbish"]}, 422),
        ({"attachments": []}, 422),
    ):
        said = await service.post("/api/v1/messages", json={**body, "external_id": uuid4().hex, **wrong})
        assert said.status_code == status, said.text


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"<svg xmlns='x' onload='alert(1)'/>", "image/svg+xml", 415, "unsupported_attachment"),
        (b"<html><script>1</script>", "text/plain", 415, "unsupported_attachment"),
        (b"MZ\x90\x00" + b"\0" * 60, "image/png", 415, "unsupported_attachment"),
        (png(), "image/jpeg", 415, "unsupported_attachment"),
        (png()[:14], "image/png", 415, "unsupported_attachment"),
        (b"", "image/png", 422, "invalid"),
        (png(), "multipart/form-data; boundary=x", 415, "unsupported_attachment"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_attachment"),
    ],
)
async def test_rubbish_is_refused_by_name(
    site: Site, content: bytes, kind: str, status: int, code: str
) -> None:
    said = await put(site.client(await site.token("intake")), content, kind)
    assert (said.status_code, said.json()["code"]) == (status, code), said.text
    assert await site.house.as_owner("SELECT FROM newel.attachment") == []


async def test_a_form_with_files_two_of_them_or_cut_off_is_refused(site: Site) -> None:
    client = site.client(await site.token("intake"))
    two = [("file", ("a.png", png(), "image/png")), ("file", ("b.png", png(), "image/png"))]
    assert (await client.post(PATH, files=two)).status_code == 415
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert (await client.post(PATH, content=cut, headers=headers)).status_code == 415


async def test_eleven_megabytes_are_too_many_announced_or_not(site: Site) -> None:
    client = site.client(await site.token("intake"))
    large = png() + b"\0" * (11 << 20)

    async def drops() -> object:
        for start in range(0, len(large), 1 << 18):
            yield large[start : start + (1 << 18)]

    for content in (large, drops()):
        said = await put(client, content)  # type: ignore[arg-type]
        assert (said.status_code, said.json()["code"]) == (413, "attachment_too_large"), said.text
    fits = png() + b"\0" * ((10 << 20) - len(png()))
    assert (await put(client, fits)).status_code == 201
    assert (
        await client.post(
            "/api/v1/messages", content=b" " * (2 << 20), headers={"content-type": "application/json"}
        )
    ).status_code == 413


async def test_a_body_that_ends_too_early_leaves_nothing(site: Site) -> None:
    token, place = await site.token("intake"), urlsplit(site.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: image/png\r\n"
    writer.write(f"{head}Content-Length: 5000\r\n\r\n".encode() + png())
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    await reader.read()
    await asyncio.sleep(0.3)
    assert await site.house.as_owner("SELECT FROM newel.attachment") == []
    assert (await site.client().get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        "",
        "attachment",
        "attachment; filename=",
        'attachment; filename="',
        "attachment; filename*=rubbish''%ff%fe",
        "attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd%00.png",
        "attachment; filename*=UTF-8''%E2%80%AEgnp.exe",
        'attachment; filename="' + "a" * 5000 + '"',
        ";;;===",
    ],
)
async def test_any_name_is_cleaned(site: Site, head: str) -> None:
    client = site.client(await site.token("intake"))
    headers = {"content-type": "", "content-disposition": head}
    said = await client.post(PATH, content=png(), headers=headers)
    assert said.status_code == 201, said.text
    name = said.json()["name"]
    assert name.endswith(".png")
    assert "/" not in name
    assert name.isprintable()
    assert len(name) <= 100


async def test_who_may_neither_upload_nor_look(shop: Site) -> None:
    service = shop.client(await shop.token("intake"))
    one = (await put(service, png())).json()["id"]
    nobody, reader = shop.client(), shop.client(await shop.token("read_case"))
    assert (await put(nobody, png())).status_code == 401
    assert (await put(reader, png())).status_code == 403
    assert (await put(service, png(), params={"case_id": str(uuid4())})).status_code == 422
    assert (await put(service, png(), params={"other": "1"})).status_code == 422
    assert (await service.get(f"{PATH}/{uuid4()}")).status_code == 404
    assert (await reader.get(f"{PATH}/{one}")).status_code == 403
    assert (await service.get(f"{PATH}/{one}")).content == png()
    assert (await reader.delete(f"{PATH}/{one}")).status_code == 404
    ben = await at_work(shop, "ben")
    taken = await say(shop, "My lawyer will see this.", attachments=[one])
    await work_off(shop)
    refused = await put(ben, png(), params={"case_id": taken["case_id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "stale_token")
    assert (await put(ben, png())).status_code == 422
    assert (await ben.get(f"{PATH}/{one}")).status_code == 403
    assert (await ben.get(f"/attachments/{one}", headers={"accept": "text/html"})).status_code == 403
    del ben.headers["x-newel-csrf"]
    assert (await put(ben, png())).json()["code"] == "csrf"


async def test_a_guest_sends_a_picture_alone_sees_it_and_nobody_elses(open_door: Site) -> None:
    one, other = await guest(open_door), await guest(open_door)

    async def up(content: bytes, kind: str = "image/png") -> httpx.Response:
        headers = {"authorization": f"Bearer {one.token}", "content-type": kind}
        headers["content-disposition"] = "attachment; filename*=UTF-8''mug.png"
        return await one.http.post("/chat/attachments", content=content, headers=headers)

    first, second = (await up(png())).json(), (await up(png(9, 9))).json()
    assert (await up(b"<svg/>", "image/svg+xml")).status_code == 415
    assert (await one.call("DELETE", f"/chat/attachments/{second['id']}")).status_code == 204
    assert (await one.call("GET", f"/chat/attachments/{second['id']}")).status_code == 404
    assert (await other.call("GET", f"/chat/attachments/{first['id']}")).status_code == 404
    stolen = {"id": uuid4().hex, "attachments": [first["id"]]}
    assert (await other.call("POST", "/chat/messages", stolen)).status_code == 404
    sent = {"id": uuid4().hex, "attachments": [first["id"]]}
    taken = (await one.call("POST", "/chat/messages", sent)).json()
    assert (await one.call("POST", "/chat/messages", sent)).json() == taken
    view = await one.view()
    assert view["lines"][0]["attachments"] == [first]  # type: ignore[index]
    assert view["standing"] == "person_soon"
    got = await one.call("GET", f"/chat/attachments/{first['id']}")
    assert got.content == png()
    assert "sandbox" in got.headers["content-security-policy"]
    assert (await other.call("GET", f"/chat/attachments/{first['id']}")).status_code == 404
    empty = await one.call("POST", "/chat/messages", {"id": uuid4().hex})
    assert empty.status_code == 422
    elsewhere = {"authorization": f"Bearer {one.token}", "sec-fetch-site": "cross-site"}
    foreign = await one.http.post("/chat/attachments", content=png(), headers=elsewhere)
    assert foreign.status_code == 403
