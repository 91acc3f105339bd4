"""Files in a real browser: chosen, removed, kept and sent; seen and answered at the desk; and back."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, Locator, expect

from samples import PDF, png
from web.conftest import Site
from web.console.conftest import Seat, seat
from web.console.test_chat import Street, chat_of, corner, enter, say, street, taken_over

__all__ = ["corner", "street"]
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION", "status of 415", "status of 409")
HAND = """async (body, [kind, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, size] of files) {
    transfer.items.add(new File([new Uint8Array(size).fill(65)], name, { type }));
  }
  const how = { bubbles: true, cancelable: true };
  const event = kind === "paste" ? new ClipboardEvent("paste", { clipboardData: transfer, ...how })
    : new DragEvent("drop", { dataTransfer: transfer, ...how });
  document.getElementById("text").dispatchEvent(event);
}"""


def file(name: str, kind: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": kind, "buffer": content}


async def hand(chat: FrameLocator, how: str, *files: tuple[str, str, int]) -> None:
    """Paste or drop files of so many bytes."""
    await chat.locator("body").evaluate(HAND, [how, files])


async def seen(picture: Locator) -> None:
    """The picture is there, with its pixels."""
    await expect(picture).to_be_visible()
    for _ in range(200):
        if await picture.evaluate("e => e.complete && e.naturalWidth > 0"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the picture has no pixels")


async def choosing(one: Seat, chat: FrameLocator) -> FrameLocator:
    """What does not fit is named; what was chosen can be removed, and outlives lost connections."""
    chosen = chat.locator("#chosen .chosen-one")
    await hand(chat, "drop", ("huge.txt", "text/plain", 11 << 20), ("empty.txt", "text/plain", 0))
    await expect(chat.locator("#chosen-problem")).to_contain_text("\u2068empty.txt\u2069 is empty")
    await expect(chosen).to_have_count(0)
    await chat.locator("#files").set_input_files(file("x.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"))  # type: ignore[arg-type]
    await expect(chat.locator("#chosen-problem")).to_contain_text("This file is not taken")
    await chat.locator("#text").press("Enter")
    await expect(chat.locator(".line")).to_have_count(0)
    await chosen.get_by_role("button", name="Remove x.svg").press("Enter")
    await expect(chosen).to_have_count(0)
    await expect(chat.locator("#text")).to_be_focused()

    await hand(chat, "paste", ("notes.txt", "text/plain", 50))
    await expect(chat.locator(".chosen-one.ready .chosen-name")).to_have_text("notes.txt")
    await one.context.set_offline(True)
    await chat.locator("#files").set_input_files(file("../../mug.png", "image/png", png(320, 200)))  # type: ignore[arg-type]
    await expect(chosen.nth(1)).to_contain_text("No connection")
    await one.context.set_offline(False)
    await expect(chat.locator(".chosen-one.ready")).to_have_count(2, timeout=30_000)
    assert await one.axe() == []
    await chosen.get_by_role("button", name="Remove notes.txt").click()
    await expect(chosen).to_have_count(1)
    await one.page.reload()
    chat = await chat_of(one.page)
    await expect(chat.locator(".chosen-one.ready .chosen-name")).to_have_text("mug.png")
    return chat


async def at_the_desk(site: Site, browser: Browser, case: str) -> None:
    """The picture stands in the conversation and on its own page; the reply goes out with a file."""
    async with seat(site, browser, "ivan") as two:
        await two.go(f"/desk/{case}")
        await seen(two.page.locator(".bubble.theirs .shot img"))
        async with two.context.expect_page() as opened:
            await two.page.click(".bubble.theirs .shot")
        tab = await opened.value
        await seen(tab.locator(".viewer-shot"))
        assert tab.url.startswith(f"{site.url}/attachments/")
        async with tab.expect_download() as saving:
            await tab.click("text=Save")
        assert Path(await (await saving.value).path()).read_bytes() == png(320, 200)
        await tab.close()

        picked = [file("label.pdf", "application/pdf", PDF), file("part.png", "image/png", png(64, 64))]
        await two.page.set_input_files("[data-files]", picked)  # type: ignore[arg-type]
        await expect(two.page.locator(".chosen-one.ready")).to_have_count(2)
        await two.page.fill("#text-reply", "Print this label.")
        await two.page.press("#text-reply", "Control+Enter")
        await expect(two.page.locator(".bubble.person .file-name")).to_have_text("label.pdf")
        await expect(two.page.locator(".chosen-one")).to_have_count(0)
        await two.page.locator(".bubble form [data-keys=u]").click()
        await expect(two.page.locator(".chosen-one.ready")).to_have_count(2)
        await expect(two.page.locator("#text-reply")).to_have_value("Print this label.")
        await two.page.reload()
        await expect(two.page.locator(".chosen-one.ready")).to_have_count(2)
        assert await two.axe() == []
        await two.page.get_by_role("button", name="Remove part.png").click()
        await two.page.press("#text-reply", "Control+Enter")
        state = two.page.locator(".bubble.person").last.locator(".delivery")
        await expect(state).to_contain_text(re.compile("delivered|seen"))
        await two.go(f"/cases/{case}/trace")
        await expect(two.page.locator(".step .file-name", has_text="mug.png")).to_have_count(1)
        assert [c for c in two.complaints if not any(e in c for e in EXPECTED)] == []


async def test_a_picture_goes_from_the_chat_to_the_desk_and_a_label_comes_back(
    street: Street, browser: Browser
) -> None:
    street.at_work()
    async with street.newel() as site, seat(site, browser) as one:
        chat = await enter(one, street)
        chat = await choosing(one, chat)
        await chat.locator("#text").press("Enter")
        await seen(chat.locator(".line.customer .shot img"))
        await expect(chat.locator("#chosen")).to_be_hidden()
        await expect(chat.locator("#who")).to_contain_text("person")
        case = await street.case()
        await taken_over(site, case)
        await at_the_desk(site, browser, case)
        await expect(chat.locator(".line.person .said")).to_have_text("Print this label.")
        async with one.page.expect_download() as saving:
            await chat.locator(".line.person .file").click()
        saved = await saving.value
        assert saved.suggested_filename == "label.pdf"
        assert Path(await saved.path()).read_bytes() == PDF
        await one.page.reload()
        chat = await chat_of(one.page)
        await seen(chat.locator(".line.customer .shot img"))
        assert await one.axe() == []
        await say(chat, "Thank you")
        await expect(chat.locator(".line.customer").last).to_contain_text("Thank you")
        assert await chat.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
        assert [c for c in one.complaints if not any(e in c for e in EXPECTED)] == []
