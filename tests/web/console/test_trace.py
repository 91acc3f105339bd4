"""The story of a case in the browser: the proof at the top, every step below, one stage at a time."""

import re
from html import unescape
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from newel.domain.telling import REASONS, TOLD
from newel.web.tongue import tongue
from newel.web.vocabulary.story import LABELS, STATES
from web.conftest import Site
from web.console.conftest import seat
from web.test_desk import say, work_off


async def test_an_auditor_reads_why_the_ai_sent_it(shop: Site, browser: Browser) -> None:
    taken = await say(shop, "Where is order 10023? \u202esdrow\u202c")
    await work_off(shop)
    async with seat(shop, browser, "june") as one:
        page = one.page
        await one.go(f"/cases/{taken['case_id']}/trace")
        proof = page.locator(".proof")
        await expect(proof.get_by_role("heading")).to_have_text("Written and released by the AI")
        for said in (
            "scanned before any AI was asked",
            "playbook “Order status”",
            "the order's state: ",
            "order book, order 10023",
            "the policy asks for at least",
            "T1, the AI may release it",
            "under policy customer-support/1",
        ):
            await expect(proof).to_contain_text(said)
        assert await proof.locator(".fails").count() == 0
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme)
            assert await one.axe() == []
        await one.go(f"/cases/{taken['case_id']}/trace")
        await expect(page.locator("#readings")).to_contain_text("June")
        await expect(page.locator("#readings")).to_contain_text("1 ×, last")
        await expect(page.locator(".step", has_text="read this story")).to_have_count(0)
        await page.get_by_role("button", name="Tier", exact=True).click()
        await expect(page.locator(".step:visible")).to_have_count(1)
        await expect(page.locator(".step:visible")).to_contain_text("the AI answers")
        shown = proof.get_by_role("link", name="Step").first
        where = str(await shown.get_attribute("href"))
        await expect(page.locator(where)).to_be_hidden()
        await shown.click()
        await expect(page.locator(where)).to_be_visible()
        await page.emulate_media(media="print")
        await expect(page.locator(".rail")).to_be_hidden()
        await expect(proof).to_be_visible()
        assert one.complaints == []


async def test_a_trace_hides_texts_from_who_only_reads_cases(shop: Site) -> None:
    taken = await say(shop, "Where is order 10023, please?")
    await work_off(shop)
    html = {"accept": "text/html"}
    amara = await shop.signed_in("amara")
    shown = await amara.get(f"/cases/{taken['case_id']}/trace", headers=html)
    assert shown.status_code == 200
    assert "Where is order 10023, please?" not in shown.text
    assert "Texts and evidence are hidden" in shown.text
    assert (await amara.get(f"/cases/{uuid4()}/trace", headers=html)).status_code == 404
    async with shop.client() as nobody:
        assert (await nobody.get(f"/cases/{taken['case_id']}/trace", headers=html)).status_code == 303


@pytest.mark.parametrize(
    ("code", "proved"),
    [
        (
            "es",
            (
                "Escrito y enviado por la IA",
                "T1, la IA puede enviarlo",
                "según la política customer-support/1",
            ),
        ),
        (
            "fr",
            ("Écrit et envoyé par l’IA", "T1, l’IA peut l’envoyer", "selon la politique customer-support/1"),
        ),
    ],
)
async def test_the_story_is_told_in_the_readers_language(
    shop: Site, code: str, proved: tuple[str, ...]
) -> None:
    answered = await say(shop, "Where is order 10023?")
    upset = await say(shop, "I will sue you, my lawyer is informed", ref="c-2")
    await work_off(shop)
    june = await shop.signed_in("june")
    june.cookies.set("newel_language", code)
    html = {"accept": "text/html"}
    pages = [
        unescape((await june.get(f"/cases/{one['case_id']}/trace", headers=html)).text)
        for one in (answered, upset)
    ]
    assert [part for part in proved if part not in pages[0]] == []
    assert tongue(code).gettext("A person has the case from here on") in pages[1]
    for shown in pages:
        english = [one.text for one in (*TOLD.values(), *REASONS.values()) if f"{one.text}<" in shown]
        assert english == []
        labels = {label for said in re.findall(r"<dt>(.*?)</dt>", shown) for label in re.split(r" ?: ", said)}
        ours = {*LABELS, *STATES}
        assert [one for one in labels & ours if tongue(code).gettext(one) != one] == []
        assert "Evidence" not in labels


async def test_RES_4_who_comes_back_in_another_case_is_told_on_the_first_with_the_way_there(
    shop: Site,
) -> None:
    html = {"accept": "text/html"}
    first = await say(shop, "Where is order 10023?", "C0012")
    await work_off(shop)
    second = await say(
        shop, "Order 10023 has not come. Where is it?", "C0012", conversation="mail", channel="email"
    )
    assert second["case_id"] != first["case_id"]
    june, ivan = await shop.signed_in("june"), await shop.signed_in("ivan")
    story = (await june.get(f"/cases/{first['case_id']}/trace", headers=html)).text
    assert "The customer came back to the answer, in another case" in story
    assert f'href="/cases/{second["case_id"]}/trace"' in story
    page = (await ivan.get(f"/desk/{first['case_id']}", headers=html)).text
    assert ">Follow-up<" in page
    assert f'href="/desk/{second["case_id"]}">another case</a>' in page
