"""What she keeps and passes on: 收藏, an account's 全部消息, sharing an article into a chat."""

import pytest
from playwright.async_api import Browser, expect

from tests.simulator import test_phone
from tests.simulator.conftest import APP_ID, AccountServer, Simulator
from tests.simulator.test_phone_reading import _look

pytestmark = test_phone.pytestmark
open_phones = test_phone.open_phones
OTHER = {"app_id": "wx00000000000000c2", "original_id": "gh_0000000000c2"}


async def _published(live: Simulator, server: AccountServer) -> str:
    """An article that no follower was told of; its path in the control API."""
    await live.account(server, name="云溪发布", kind="subscription", principal="government")
    token = await live.token()
    media_id = await live.draft(token, "停水通知", digest="城南片区今晚停水")
    await live.call(token, "freepublish/submit", {"media_id": media_id})
    await live.later(10)
    (article,) = await live.get("/sim/articles", app_id=APP_ID)
    return f"/sim/articles/{article['slug']}"


async def test_what_was_published_in_silence_is_found_kept_and_let_go(
    live: Simulator, server: AccountServer, browser: Browser
) -> None:
    path = await _published(live, server)
    await live.follow("小林")
    watched = await open_phones(browser, live, "1")
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.locator(".folder-row").click()
    await expect(phone.locator(".folder-card .article")).to_have_count(0)
    await phone.get_by_role("button", name="返回").click()
    await phone.get_by_role("button", name="通讯录").click()
    await phone.locator(".account-row").click()
    await expect(phone.locator(".account-history")).to_contain_text("停水通知")
    await _look(watched.page, "profile")
    await phone.locator(".shelf-open").click()
    await phone.locator('.reader [data-act="collect"]').click()
    await expect(phone.locator('.reader [data-act="collect"]')).to_contain_text("已收藏")
    await phone.get_by_role("button", name="关闭文章").click()
    await phone.get_by_role("button", name="返回").click()
    await phone.get_by_role("button", name="返回").click()
    await phone.get_by_role("button", name="我", exact=True).click()
    await phone.get_by_role("button", name="收藏").click()
    await expect(phone.locator(".shelf-row")).to_contain_text("云溪发布")
    await _look(watched.page, "bookmarks")
    assert [one["title"] for one in await live.get("/sim/bookmarks", citizen=1)] == ["停水通知"]
    await phone.locator(".shelf-open").click()
    await expect(phone.locator(".reader-title")).to_have_text("停水通知")
    await phone.get_by_role("button", name="关闭文章").click()
    await phone.get_by_role("button", name="取消收藏：停水通知").click()
    await expect(phone.locator(".shelf")).to_contain_text("就会放在这里")
    assert await live.get("/sim/bookmarks", citizen=1) == []
    assert (await live.get(path))["counts"]["collect"] == 0
    assert watched.wrong == []


@pytest.mark.parametrize("width", [360, 430])
async def test_an_article_is_shared_into_the_chat_she_picks(
    live: Simulator, server: AccountServer, browser: Browser, width: int
) -> None:
    path = await _published(live, server)
    first = await live.follow("小林")
    await live.account(name="云溪水务", **OTHER)
    second = (await live.post("/sim/followers", {"app_id": OTHER["app_id"], "citizen": 1}))[
        "openid"
    ]
    watched = await open_phones(browser, live, "1")
    await watched.page.set_viewport_size({"width": width, "height": 800})
    await watched.page.reload()  # a narrow page begins without the stage
    phone = watched.page.locator('.phone[data-citizen="1"]')
    await phone.get_by_role("button", name="通讯录").click()
    await phone.locator(f'.account-row[data-app-id="{APP_ID}"]').click()
    await phone.locator(".shelf-open").click()
    await phone.locator('.reader [data-act="share"]').click()
    await expect(phone.locator(".share-what")).to_contain_text("城南片区今晚停水")
    await phone.get_by_role("button", name="取消").click()
    assert (await live.get(path))["counts"]["share"] == 0
    await phone.locator('.reader [data-act="share"]').click()
    await phone.get_by_role("radio", name="云溪水务").check()
    await _look(watched.page, f"share-{width}")
    await phone.locator(".panel").get_by_role("button", name="发送").click()
    await expect(phone.locator(".toast")).to_have_text("已发送")
    await expect(phone.locator('.reader [data-act="share"] b')).to_have_text("1")
    theirs = {"app_id": OTHER["app_id"], "openid": second}
    (shared,) = await live.get("/sim/seen", **theirs)
    assert (shared["type"], shared["data"]["title"]) == ("link", "停水通知")
    assert shared["url"].endswith(f"/s/{path.rpartition('/')[2]}")
    assert await live.get("/sim/seen", app_id=APP_ID, openid=first) == []
    assert watched.wrong == []
