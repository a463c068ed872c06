"""One district of the city hands its requests over to the simulated 12345 platform."""

import secrets
from datetime import datetime

import httpx
from django.conf import settings

from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.demo.cases import Office
from minxin.demo.hotline import Hotline
from minxin.tickets.actions.platforms import PlatformDraft, keep_mode, keep_platform
from minxin.tickets.courier import Courier
from minxin.tickets.models import CityPlatform
from minxin.tickets.platforms import Parcel
from minxin.tickets.platforms.http import Http

SYSTEM = System("demo")
CODE = "yunxi-12345"
DISTRICT = "990121"  # 松岭县
RECEIVER = "/events"  # where the simulated platform takes what webhooks tell


def hand_a_district_over(now: datetime) -> str:
    """Make the platform and the mode, once; the platform's name."""
    draft = PlatformDraft(
        name="云溪12345平台（模拟）",
        code=CODE,
        way="http",
        base_url=f"http://127.0.0.1:{settings.MINXIN_HOTLINE_PORT}",
        secret=secrets.token_hex(16),
    )
    agency = Agency.objects.get(code="hotline")
    platform = keep_platform(None, draft, agency=agency, actor=SYSTEM, now=now)
    keep_mode(DISTRICT, "hand_over", platform, actor=SYSTEM, now=now)
    return platform.name


def common_secret() -> tuple[str, str] | None:
    """The code and the secret of the simulated platform; None where no division uses it."""
    found = CityPlatform.objects.filter(code=CODE, is_active=True, modes__isnull=False).first()
    return (found.code, found.secret or "") if found else None


def play_handed_over(now: datetime) -> int:
    """Requests of the district at the platform: one dispatched there, one answered, and one that only the
    platform knows, so that comparing the lists finds it; how many differences are open."""
    platform = CityPlatform.objects.get(code=CODE)
    office = Office(now, keys="demo-handed")
    there = Hotline(settings.MINXIN_HOME / "hotline.sqlite3", platform.secret or "")

    def ask(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        status, said = there.answer(request.method, path, dict(request.headers), request.content)
        return httpx.Response(status, json=said)

    transport = httpx.MockTransport(ask)
    courier = Courier(clock=lambda: now, transport=transport)
    filed = [
        office.file(who, text, place, office.at(2, clock), division=DISTRICT)
        for who, text, place, clock in (
            ("石头", "石门镇卫生院门口的路塌了一块，救护车要绕行", "石门镇卫生院", "09:10"),
            ("山外山", "松岭县客运站晚班车取消了，下班回不了家", "松岭县客运站", "17:45"),
        )
    ]
    courier.turn()
    there.press(filed[0].number, "dispatched", note="已派县交通运输局")
    there.press(
        filed[1].number, "replied",
        reply="客运站已恢复 21:30 的末班车，并在站内公告。咨询电话 0999-5556001。",
    )  # fmt: skip
    courier.poll(platform, at_once=True)
    # As another system would have passed it on: this side has never heard of it.
    Http(platform, transport).tell(
        Parcel(
            key="demo-elsewhere", kind="file", our_number="XX-0000-0001", their_number="",
            text="", level="", table={"内容": "县道护栏缺了一段"}, at=now,
        )
    )  # fmt: skip
    return courier.compare(platform) or 0
