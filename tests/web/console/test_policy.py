"""The policy page: what runs in words, a change compared in words, signed and put in force by others."""

from playwright.async_api import Browser, Dialog, expect

from newel.domain.policy.parse import Source
from newel.flow import access, policy
from newel.store import suite
from newel.store.suite import Run
from web.conftest import ROOT, Site
from web.console.conftest import seat


async def submit(shop: Site, login: str) -> None:
    """A lower confidence is enough: somebody's draft."""
    running = (await policy.find(shop.wired, "customer-support")).source
    text = running.text.replace("{value: 0.70, note: under this", "{value: 0.65, note: under this")
    assert text != running.text
    everybody = {one.login: one.actor for one in await access.people(shop.wired, ROOT)}
    await policy.submit(shop.wired, everybody[login], Source(running.name, text, running.includes))


async def test_WRK_9_a_policy_is_read_compared_signed_and_put_in_force(shop: Site, browser: Browser) -> None:
    await submit(shop, "ivan")
    async with seat(shop, browser, "june") as one:
        page = one.page
        await one.go("/policy/customer-support")
        triggers = page.locator("section", has=page.locator("#triggers"))
        legal = triggers.locator(".entry", has_text="Legal words")
        await expect(legal).to_contain_text("a person has it as P2")
        await expect(legal).to_contain_text("Esme Hartley")
        await expect(legal).to_contain_text("Nov 20, 2026")
        handover = page.locator("section", has=page.locator("#messages")).locator(
            ".entry", has_text="Handover"
        )
        await expect(handover.first.locator(".entry-owner")).to_contain_text("Ivan Petrov")
        await expect(handover.first.locator(".entry-owner")).to_contain_text("Nov 20, 2026")
        standing = page.locator("section", has=page.locator("#standing"))
        await expect(standing).to_contain_text("Esme Hartley by their password")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await one.axe() == []
        await page.get_by_role("link", name="Order status").click()
        await expect(page.locator(".way").first).to_contain_text("has reached us")
        assert await one.axe() == []

        await one.go("/policy/customer-support/compare?new=2")
        change = page.get_by_text("Threshold confidence_minimum: value goes from 0.7 to 0.65.")
        await expect(change).to_be_visible()
        assert await one.axe() == []
        await one.go("/policy/customer-support/2")
        await expect(page.get_by_text("still to sign").first).to_be_visible()
        assert await one.axe() == []

        async def agree(dialog: Dialog) -> None:
            await dialog.accept()

        page.on("dialog", agree)
        for role in ("model risk", "policy owner"):
            await page.get_by_role("button", name=f"Sign as {role}").click()
            await expect(page.get_by_role("button", name=f"Sign as {role}")).to_have_count(0)
        await page.get_by_role("button", name="Put in force").click()
        await page.wait_for_url("**/policy/customer-support")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("version 2")
        assert one.complaints == []


async def test_the_author_never_signs_and_others_only_read(shop: Site) -> None:
    await submit(shop, "june")
    june, amara = await shop.signed_in("june"), await shop.signed_in("amara")
    shown = await june.get("/policy/customer-support/2")
    assert "Sign as" not in shown.text
    refused = await june.post("/policy/customer-support/2/signature", data={"role": "model_risk"})
    assert refused.status_code == 403
    assert (await amara.get("/policy")).status_code == 200
    assert (await amara.post("/policy/customer-support/2/activation")).status_code == 403
    for path in ("/policy/no-such", "/policy/customer-support/99999999999", "/policy/customer-support/0"):
        assert (await amara.get(path)).status_code == 404, path
    assert (await amara.get("/knowledge/playbooks/customer-support/no_such")).status_code == 404


async def test_QUA_7_a_policy_says_what_became_of_its_suite(shop: Site) -> None:
    june, running = await shop.signed_in("june"), await policy.find(shop.wired, "customer-support")
    assert "not tried yet" in (await june.get("/policy/customer-support")).text
    async with shop.wired.db.tx(ROOT) as tx:
        await suite.add(tx, Run(policy_id=running.id, trials=28, failed=("fury", "lawyer_digits")))
    shown = (await june.get("/policy/customer-support")).text
    assert "2 of 28 fail" in shown
    assert "fury, lawyer_digits" in shown


async def test_what_only_one_version_says_is_compared_with_nothing(shop: Site) -> None:
    june = await shop.signed_in("june")
    alone = await june.get("/policy/customer-support/compare")
    assert "There is nothing to compare with" in alone.text
    assert ">Compare<" not in alone.text
    await submit(shop, "ivan")
    assert ">Compare<" in (await june.get("/policy/customer-support/compare?new=2")).text
    assert ">Compare<" in (await june.get("/policy/customer-support/2")).text
    assert ">Compare<" not in (await june.get("/policy/customer-support/1")).text


async def test_WRK_9_a_policy_and_its_changes_are_read_in_the_readers_language(shop: Site) -> None:
    june = await shop.signed_in("june")
    await submit(shop, "ivan")
    paths = ("/policy", "/policy/customer-support", "/policy/customer-support/compare?new=2")
    for code, said in (
        ("es", ("Leer la vigente", "Cuando el mensaje tiene palabras de", "pasa de 0,7 a 0,65")),
        ("fr", ("Lire celle en vigueur", "Quand le message a des mots de", "passe de 0,7 à 0,65")),
    ):
        for path, words in zip(paths, said, strict=True):
            page = await june.get(path, headers={"accept-language": code})
            assert words in page.text, path
            assert not [
                one for one in ("When the message", "goes from", "Read what runs") if one in page.text
            ]


async def test_a_workflow_of_which_nothing_runs_is_listed_and_says_so(shop: Site) -> None:
    await shop.house.as_owner("ALTER TABLE newel.policy_version DISABLE TRIGGER USER")
    gone = "UPDATE newel.policy_version SET state = 'retired', retired_at = now() WHERE state = 'active'"
    await shop.house.as_owner(gone)
    shown = await (await shop.signed_in("esme")).get("/policy", headers={"accept": "text/html"})
    assert (shown.status_code, "nothing runs" in shown.text) == (200, True)
