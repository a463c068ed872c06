"""Two accounts with a menu that is not in order, and the robot's first walk through the city's accounts;
the others wait for their turn today."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from minxin.accounts.actions import set_menu
from minxin.accounts.models import Account
from minxin.accounts.queries import MenuAnswer
from minxin.accounts.tasks import publish_menu
from minxin.agencies.models import Agency, Staff
from minxin.core.actors import System
from minxin.demo.updates import INSPECTOR
from minxin.supervision import probing
from minxin.supervision.actions import bad_domains
from minxin.supervision.actions import probing as acting
from minxin.supervision.models import ProbeRun

SYSTEM = System("demo")
WALKED = ("云溪政务服务", "云溪公安", "云溪人社")
HIJACKED = "jobs.yunxi-renshe.example"


def play_probes(now: datetime) -> int:
    """Show the menus, list a domain, plan the day, walk three accounts at once; how many were walked."""
    known = {each.name: each for each in Account.objects.filter(platform="wechat", name__in=WALKED)}
    bad_domains.list_domain(
        agency=Agency.objects.get(code="yunxi"), domain=HIJACKED, kind="hijacked",
        reason="人社局停用的招聘网域名，已被他人注册", actor=Staff.objects.get(username=INSPECTOR), now=now,
    )  # fmt: skip
    police, labour = known["云溪公安"], known["云溪人社"]
    _show(police, "户政指南", f"{settings.MINXIN_PUBLIC_URL}/m/{police.app_id}/guides/2019/", now)
    _show(labour, "招聘信息", f"https://{HIJACKED}/list", now)
    acting.plan_probes(now=now)
    hurried = _Hurried(now)
    runs = list(ProbeRun.objects.filter(account__in=known.values(), status="waiting"))
    for run in runs:
        probing.work(run.pk, clock=hurried.clock, outside=hurried.outside())
    return len(runs)


def _show(account: Account, name: str, url: str, now: datetime) -> None:
    """A small menu with one link that is not in order."""
    portal = f"{settings.MINXIN_PUBLIC_URL}/m/{account.app_id}/"
    menu: list[dict[str, Any]] = [
        {
            "name": "办事服务",
            "sub_button": [
                {"type": "view", "name": "常见问题", "url": portal},
                {"type": "view", "name": name, "url": url},
            ],
        },
        {"type": "click", "name": "怎么问", "key": "ask"},
        {"type": "click", "name": "找人工", "key": "person"},
    ]
    replies = {
        "ask": MenuAnswer("say", "想问什么，直接打字告诉我就行。"), "person": MenuAnswer("person", "")
    }  # fmt: skip
    set_menu(account, menu, replies=replies, actor=SYSTEM, now=now)
    publish_menu(account, actor=SYSTEM, now=now)


class _Hurried:
    """A clock that pauses move: the city is loaded while somebody waits."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def outside(self) -> probing.Outside:
        real = probing.OUTSIDE
        return probing.Outside(real.open, real.http, real.client, self.sleep)
