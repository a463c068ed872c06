"""A worker that is killed while it delivers, at a 企业微信 that stumbles: everybody hears, once."""

import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.support.databases import EITHER_DATABASE, own_database
from tests.support.wechat import wechat_process

PEOPLE = 24
SEND = "/wecom/cgi-bin/message/send"

SETUP = """
from datetime import datetime
from zoneinfo import ZoneInfo
from minxin.agencies import actions
from minxin.agencies.actions import ChannelDraft, ReachDraft
from minxin.agencies.rules import Role
from minxin.core.actors import System
S, now = System("test"), datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
root = actions.add_agency(code="yunxi", name="云溪市", parent=None, actor=S, now=now)
channel = actions.keep_channel(None, ChannelDraft(kind="wecom_app", name="企业微信", identity="wwcorp",
    number=7, secret="app-secret-1", base_url="{base}/wecom"), agency=root, actor=S, now=now)
for n in range({people}):
    one = actions.add_staff(username=f"person{{n}}", name=f"人{{n}}", agency=root, role=Role.AGENT,
        password="Yunxi-bridge-lantern-7", must_change_password=False, accept_any_password=True, actor=S, now=now)
    actions.keep_reach(one, ReachDraft(channel=channel), actor=one, now=now)
    actions.notify_staff([one], "有新的诉求工单", kind="ticket", link="/x", now=now)
print(actions.plan_reminders(now=now))
"""
DELIVER = """
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from minxin.agencies.models import Reminder
from minxin.agencies.postman import Postman
at = [datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(minutes={after})]
postman = Postman(clock=lambda: at[0])
for turn in range(120):
    postman.turn()
    if not Reminder.objects.filter(status__in=("waiting", "sending")).exists():
        break
    at[0] += timedelta(minutes=1)
print(sorted(set(Reminder.objects.values_list("status", flat=True))))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_everybody_hears_once_whatever_is_killed(kind: str, tmp_path: Path) -> None:
    with wechat_process(tmp_path) as there, own_database(kind) as database:
        members = [f"person{number}" for number in range(PEOPLE)]
        app = {"corp_id": "wwcorp", "agent_id": 7, "secret": "app-secret-1", "members": members}
        there.post("wecom", app=app)
        made = database.run(SETUP.format(base=there.base, people=PEOPLE))
        assert made == str(PEOPLE)
        there.fault(SEND, "lost_reply", probability=0.3)
        there.fault(SEND, "drop", probability=0.1)
        there.fault(SEND, "delay", probability=0.5, args={"seconds": 0.2})
        killed = 0
        for after in (0, 5, 10):
            process = database.start(DELIVER.format(after=after))
            before = len(_received(there.base))
            until = time.monotonic() + 60
            while len(_received(there.base)) < before + 3 and time.monotonic() < until:
                if process.poll() is not None:
                    break
                time.sleep(0.02)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
            process.communicate()
        assert killed, "nothing was killed while it worked"
        there.mend()
        assert database.run(DELIVER.format(after=20)) == "['sent']"
        assert sorted(_received(there.base)) == sorted(members)


def _received(base: str) -> list[str]:
    return [each["to"] for each in httpx.get(f"{base}/sim/wecom/seen").json()]
