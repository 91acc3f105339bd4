"""The guided script beside a case: its steps are filled in, its open conditions answered, and it goes on."""

from playwright.async_api import Browser, expect

from web.conftest import Site
from web.console.conftest import seat
from web.console.test_desk import settled
from web.test_desk import at_work, say, work_off


async def test_WRK_3_the_script_goes_on_with_what_the_person_says(shop: Site, browser: Browser) -> None:
    await at_work(shop, "esme")
    case_id = (await say(shop, "I want to talk to a person. My mug arrived broken.", "C0017"))["case_id"]
    await work_off(shop)
    async with seat(shop, browser, "esme", viewport={"width": 1440, "height": 1000}) as one:
        await one.go(f"/desk/{case_id}")
        await settled(one)
        await one.page.locator("#playbook").select_option("refund_damaged")
        script = one.page.locator("#script")
        order = script.locator(".step [name='slot.order']")
        await expect(script.locator(".branch.leads")).to_be_visible()
        await expect(order).to_have_value("")
        await order.fill("10023")
        await order.press("Enter")
        await expect(script.locator(".branch.leads")).to_have_count(0)
        await expect(script.locator(".answer").first).to_be_attached()
        assert await one.axe() == []
        await order.fill("10031")
        await order.press("Enter")
        await expect(script.locator(".branch.leads")).to_be_visible()
        await expect(order).to_have_value("10031")
        await expect(order).to_be_focused()
        await expect(script.locator(".steps .done strong").first).to_have_text("10031")
        assert await one.axe() == []
        assert one.complaints == []


async def test_WRK_3_an_open_condition_is_answered_and_leads_on(shop: Site) -> None:
    esme = await at_work(shop, "esme")
    case_id = (await say(shop, "I want to talk to a person. It arrived broken.", "nobody-yet"))["case_id"]
    await work_off(shop)
    ask, html = f"/desk/{case_id}/script?playbook=refund_damaged", {"accept": "text/html"}
    shown = (await esme.get(ask, headers=html)).text
    assert 'class="branch leads"' not in shown
    names = dict.fromkeys(part.split('"')[0] for part in shown.split('name="answer.')[1:])
    assert names
    said = "".join(f"&answer.{name}=yes" for name in names)
    assert 'class="branch leads"' in (await esme.get(ask + said, headers=html)).text
    ben = await at_work(shop, "ivan")
    assert 'name="answer.' not in (await ben.get(ask, headers=html)).text


async def test_CTX_5_the_package_carries_its_warning(shop: Site) -> None:
    esme = await at_work(shop, "esme")
    case_id = (await say(shop, "I want to talk to a person. My mug arrived broken.", "C0017"))["case_id"]
    await work_off(shop)
    shown = (await esme.get(f"/desk/{case_id}", headers={"accept": "text/html"})).text
    assert "do not paste it into AI tools" in shown
    package = (await esme.get(f"/api/v1/cases/{case_id}/context")).json()
    assert "do not paste it into AI tools" in package["warning"]
