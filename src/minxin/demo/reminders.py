"""How the city's staff are reached: 企业微信 on this machine, an application for the city and a robot in
the group of the hotline centre. A first message goes to each, so that the way is known to be open."""

import secrets
from datetime import datetime

import httpx
from django.conf import settings

from minxin.agencies import actions
from minxin.agencies.actions import ChannelDraft, ReachDraft
from minxin.agencies.models import Agency, ReminderChannel, Staff
from minxin.agencies.tasks import try_own
from minxin.core.actors import System
from minxin.supervision.actions import remind

SYSTEM = System("demo")
CORP, AGENT = "wwyunxi0001", 1000002
REACHED = ("wangfang", "huangwei", "wulei", "sunli", "hejun", "yuanjie")


def reach_staff(now: datetime) -> int:
    """Enter both channels, let the people choose, tell them of updates; how many were reached."""
    secret, key = secrets.token_hex(16), secrets.token_hex(12)
    base = settings.MINXIN_SIMULATOR_URL
    everybody = sorted(Staff.objects.values_list("username", flat=True))
    with httpx.Client(base_url=base, timeout=20, trust_env=False) as http:
        for body in (
            {"app": {"corp_id": CORP, "agent_id": AGENT, "secret": secret, "members": everybody}},
            {"robot": {"key": key, "name": "12345中心值班群"}},
        ):
            http.post("/sim/wecom", json=body).raise_for_status()
    city = Agency.objects.get(code="yunxi")
    application = ChannelDraft(
        kind=ReminderChannel.Kind.WECOM_APP, name="云溪企业微信", base_url=f"{base}/wecom",
        identity=CORP, number=AGENT, secret=secret,
    )  # fmt: skip
    channel = actions.keep_channel(None, application, agency=city, actor=SYSTEM, now=now)
    robot = ChannelDraft(
        kind=ReminderChannel.Kind.WECOM_ROBOT, name="12345中心值班群", base_url=f"{base}/wecom",
        secret=key,
    )  # fmt: skip
    office = Agency.objects.get(code="hotline")
    actions.keep_channel(None, robot, agency=office, actor=SYSTEM, now=now)
    for person in Staff.objects.filter(username__in=REACHED):
        actions.keep_reach(person, ReachDraft(channel=channel), actor=person, now=now)
        try_own(person, now=now)
    remind(now=now)
    supervisor = Staff.objects.get(username="huangwei")
    units = Agency.objects.filter(code__in=("water", "qinghe", "linwan"))
    actions.ask_fields(
        list(units), title="第四季度政务新媒体自查表", fields=12, actor=supervisor, now=now
    )
    actions.ask_fields(
        [units.get(code="water")], title="账号运维合同清单", fields=32, actor=supervisor, now=now
    )
    return len(REACHED)
