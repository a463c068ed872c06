"""全网发布检测: what WeChat tries on a third-party platform before it may go out."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from minxin.simulator import acts, chats, people, platforms, register
from minxin.simulator.platforms import FUNCTIONS, Platform
from minxin.simulator.records import Account, Outcome
from minxin.simulator.requests import AccountPosted
from minxin.simulator.world import World
from minxin.wechat import Unknown

# The accounts that WeChat itself uses for it: AppID and original id.
ACCOUNTS = (
    ("wx570bc396a51b8ff8", "gh_3c884a361561"),
    ("wx9252c5e0bb1836fc", "gh_c0f28a78b318"),
    ("wx8e1097c5bc82cde9", "gh_3f222ed8d140"),
    ("wx14550af28c71a144", "gh_26128078e9ab"),
    ("wxa35b9c23cfe664eb", "gh_2b3713f184a6"),
)
TEXT, TEXT_ANSWER = "TESTCOMPONENT_MSG_TYPE_TEXT", "TESTCOMPONENT_MSG_TYPE_TEXT_callback"
EVENT = "LOCATION"
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was tried. `said` is what came back when it was not what had to come."""

    name: str
    app_id: str
    passed: bool
    said: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "case": self.name,
            "app_id": self.app_id,
            "passed": self.passed,
            "said": self.said,
        }


async def run(world: World, platform: Platform) -> list[Case]:
    """All cases on all five accounts: ticket, event, text, and the code that comes by the API."""
    answered = await platforms.send_ticket(world, platform)
    cases = [
        Case(
            "component_verify_ticket", platform.app_id, answered, "" if answered else "not success"
        )
    ]
    for app_id, original_id in ACCOUNTS:
        account = await _account(world, app_id, original_id)
        code = await platforms.authorize(world, platform, account, list(FUNCTIONS), "")
        cases += await _of_account(world, account, code)
    return cases


async def _account(world: World, app_id: str, original_id: str) -> Account:
    if world.account(app_id) is None:
        posted = AccountPosted(app_id=app_id, original_id=original_id, name="全网发布检测")
        await register.post(world, posted)
    return world.account_or_404(app_id)


async def _of_account(world: World, account: Account, code: str) -> list[Case]:
    citizen = people.new_citizen(world, "检测员")
    follower = people.follow(world, people.known_as(world, account, citizen))
    event = Unknown(
        account=account.original_id,
        openid=follower.openid,
        created_at=int(world.clock.now()),
        kind=f"event:{EVENT}",
        fields={"MsgType": "event", "Event": EVENT},
    )
    by_event = await acts.push_raw(world, account, follower, event)
    by_text = await acts.say(world, account, follower, {"type": "text", "text": TEXT})
    asked = {"type": "text", "text": f"QUERY_AUTH_CODE:{code}"}
    by_code = await acts.say(world, account, follower, asked)
    wanted = f"{code}_from_api"
    heard = await _hears(world, account, follower.openid, wanted)
    return [
        _case("event", account, by_event, f"{EVENT}from_callback"),
        _case("text", account, by_text, TEXT_ANSWER),
        Case(
            "query_auth_code", account.app_id, by_code.status == "accepted" and heard,
            "" if heard else f"no customer-service message {code[:20]}…_from_api",
        ),
    ]  # fmt: skip


def _case(name: str, account: Account, outcome: Outcome, wanted: str) -> Case:
    said = str((outcome.reply or {}).get("text", "")) or outcome.reason or outcome.status
    is_right = outcome.status == "answered" and said == wanted
    return Case(name, account.app_id, is_right, "" if is_right else said)


async def _hears(world: World, account: Account, openid: str, wanted: str) -> bool:
    until = time.monotonic() + min(PATIENCE, world.push_limit * 2)
    while True:
        seen = chats.seen(world, account, openid)
        if any(one["via"] == "custom" and one.get("text") == wanted for one in seen):
            return True
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.05)
