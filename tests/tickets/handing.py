"""A district whose requests go to a simulated 12345 platform, spoken to without a network."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from minxin.demo.hotline import Hotline
from minxin.tickets import actions
from minxin.tickets.actions.platforms import PlatformDraft, keep_mode, keep_platform
from minxin.tickets.courier import Courier
from minxin.tickets.models import CityPlatform, Ticket
from tests.support.city import SETUP, City

SECRET = "common-secret-of-both-sides"


class Clock:
    """A time that tests move."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(slots=True)
class District:
    """Everything of the police's account goes to the platform."""

    city: City
    platform: CityPlatform
    hotline: Hotline
    clock: Clock
    calls: list[str]

    def courier(self) -> Courier:
        return Courier(clock=self.clock, transport=httpx.MockTransport(self._ask))

    def _ask(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        self.calls.append(f"{request.method} {path}")
        status, said = self.hotline.answer(
            request.method, path, dict(request.headers), request.content
        )
        return httpx.Response(status, json=said)

    def filed(self, key: str = "k1", text: str = "东桥路口的路灯坏了三天") -> Ticket:
        return actions.file(
            text=text, citizen=self.city.xiaolin, account=self.city.account, source="portal", key=key,
            actor=self.city.xiaolin, now=self.clock(),
        )  # fmt: skip

    def turn(self, **span: float) -> int:
        """Time passes, and a courier does what is due; each turn is a process of its own."""
        self.clock.pass_(**(span or {"seconds": 61}))
        return self.courier().turn()


def district(city: City, now: datetime, **changed: object) -> District:
    given: dict[str, object] = {
        "name": "云溪12345平台", "code": "yunxi-12345", "way": "http",
        "base_url": "http://10.1.2.3:9000", "secret": SECRET,
    }  # fmt: skip
    draft = PlatformDraft(**(given | changed))  # type: ignore[arg-type]
    platform = keep_platform(None, draft, agency=city.root, actor=SETUP, now=now)
    keep_mode("990100", "hand_over", platform, actor=SETUP, now=now)
    return District(city, platform, Hotline(None, SECRET), Clock(now), [])
