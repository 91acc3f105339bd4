"""An approval over HTTP: an approver is told what was said, and nobody's personal data."""

from web.conftest import Site
from web.test_desk import at_work, say, work_off

EMAIL = "tom.private@example.com"


async def test_CTX_3_a_program_of_an_approver_reads_what_was_said_with_personal_data_hidden(
    shop: Site,
) -> None:
    client = shop.client(await shop.token("intake"))
    known = await client.put("/api/v1/customers/C0017", json={"name": "Tom Ashdown"})
    assert known.status_code == 200, known.text
    await say(shop, f"Mug arrived broken, order 10031, refund please. I am Tom Ashdown, {EMAIL}", "C0017")
    await work_off(shop)
    amara = await at_work(shop, "amara")
    [row] = (await amara.get("/api/v1/approvals")).json()["approvals"]
    asked = (await amara.get(f"/api/v1/approvals/{row['id']}")).json()
    assert "Mug arrived broken, order 10031" in asked["message"]
    assert [word for word in (EMAIL, "Tom", "Ashdown") if word in asked["message"]] == []
