"""A callback storm: many followers say something within a short time, and the answers are measured.

What is pushed here is not put into the chats: it measures a gateway, it does not tell a story.
"""

import asyncio
import random
import resource
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from minxin.simulator import crowds, pushes, random_ids, register
from minxin.simulator.lean_http import Pool
from minxin.simulator.pushes import Target
from minxin.simulator.records import Account
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import AccountPosted, StormPosted
from minxin.simulator.world import World
from minxin.wechat import Text

TICK = 0.01
MOST_IN_FLIGHT = 4000
KEPT_TIMES = 200_000
SENTENCES = (
    "居住证怎么办", "身份证丢了要带什么", "公积金怎么提取", "孩子上小学怎么报名", "医保卡怎么激活", "我要反映路灯不亮",
    "进度", "营业执照怎么办", "养老保险怎么转移", "停水到几点", "退休手续怎么办", "残疾证怎么办理",
)  # fmt: skip


@dataclass
class Storm:
    """One storm: what was asked, and what is counted so far."""

    accounts: int
    followers: int
    rate: float
    seconds: float
    state: str = "preparing"
    pushed: int = 0
    in_flight: int = 0
    answered: int = 0
    empty: int = 0
    late: int = 0
    wrong: int = 0
    failed: int = 0
    retried: int = 0
    lagged: int = 0
    times: list[float] = field(default_factory=list, repr=False)
    reasons: dict[str, int] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0
    cpu_began: float = 0.0
    cpu_ended: float = 0.0

    def count(self, answer: pushes.Answer, elapsed_ms: float) -> None:
        """One push is over."""
        self.in_flight -= 1
        self.retried += answer.tries > 1
        if answer.status == "answered":
            self.answered += 1
        elif answer.status == "accepted":
            self.empty += 1
        elif answer.status == "late":
            self.late += 1
        elif answer.is_wrong:
            self.wrong += 1
        else:
            self.failed += 1
        if answer.reason:
            reason = answer.reason[:120]
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        if len(self.times) < KEPT_TIMES:
            self.times.append(elapsed_ms)
        else:  # a fair sample of all
            at = random.randrange(self.answered + self.empty + self.late + self.wrong + self.failed)
            if at < KEPT_TIMES:
                self.times[at] = elapsed_ms

    def as_json(self) -> dict[str, Any]:
        """The report. Times in milliseconds, from the first push to the final answer."""
        over = self.ended or time.perf_counter()
        lasted = max(0.001, over - self.began) if self.began else 0.0
        times = sorted(self.times)
        done = self.answered + self.empty + self.late + self.wrong + self.failed
        cpu = (self.cpu_ended or time.process_time()) - self.cpu_began if self.began else 0.0
        return {
            "state": self.state,
            "accounts": self.accounts,
            "followers": self.followers,
            "asked_per_second": self.rate,
            "asked_seconds": self.seconds,
            "lasted_seconds": round(lasted, 2),
            "pushed": self.pushed,
            "pushed_per_second": round(self.pushed / lasted, 1) if lasted else 0.0,
            "done": done,
            "answered": self.answered,
            "empty": self.empty,
            "late": self.late,
            "wrong": self.wrong,
            "failed": self.failed,
            "retried": self.retried,
            "not_sent_because_too_many_waited": self.lagged,
            "p50_ms": _quantile(times, 0.5),
            "p99_ms": _quantile(times, 0.99),
            "longest_ms": _quantile(times, 1.0),
            "simulator_cpu_us_per_push": round(cpu / done * 1e6, 1) if done else 0.0,
            "simulator_memory_mb": round(_memory_mb(), 1),
            "reasons": self.reasons,
        }


def _quantile(times: list[float], share: float) -> float:
    if not times:
        return 0.0
    return round(times[min(len(times) - 1, int(share * len(times)))], 2)


def _memory_mb() -> float:
    """The most this process has held, in MB (kilobytes on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def start(world: World, asked: StormPosted) -> Storm:
    """Begin one; only one blows at a time."""
    if world.storm is not None and world.storm.state in {"preparing", "blowing"}:
        raise ControlError("a storm is blowing already; DELETE /sim/storm ends it", 409)
    storm = Storm(asked.accounts, asked.followers, asked.rate, asked.seconds)
    world.storm = storm
    task = asyncio.get_running_loop().create_task(_blow(world, asked, storm))
    world.tasks.add(task)
    task.add_done_callback(world.tasks.discard)
    return storm


def stop(world: World) -> None:
    """Push nothing more; what is under way is still counted."""
    if world.storm is not None and world.storm.state in {"preparing", "blowing"}:
        world.storm.state = "stopping"


async def _blow(world: World, asked: StormPosted, storm: Storm) -> None:
    try:
        chosen = await _accounts(world, asked)
        storm.accounts = len(chosen)
        crowd = await _crowd(world, chosen, asked.followers, storm)
        if storm.state != "stopping":
            await _push_all(world, crowd, tuple(asked.texts or SENTENCES), storm)
        storm.state = "over"
    except ControlError as error:
        storm.state, storm.reasons = "refused", {error.sentence: 1}
    finally:
        storm.ended, storm.cpu_ended = time.perf_counter(), time.process_time()


async def _accounts(world: World, asked: StormPosted) -> list[Account]:
    """Accounts with a callback, as many as there are; with `callback_url` the missing ones are made."""
    found = [account for account in world.accounts() if account.callback_url][: asked.accounts]
    while asked.callback_url and len(found) < asked.accounts:
        posted = AccountPosted(
            callback_url=asked.callback_url, token=asked.token, aes_key=asked.aes_key,
            mode=asked.mode,
        )  # fmt: skip
        made, _ = await register.post(world, posted)
        found.append(world.account_or_404(made["app_id"]))
    if not found:
        raise ControlError("no account has a callback: connect one, or give callback_url")
    return found


async def _crowd(
    world: World, accounts: list[Account], followers: int, storm: Storm
) -> list[tuple[Target, list[str]]]:
    """Each account with its share of the followers, made where they are missing."""
    share, crowd = -(-followers // len(accounts)), []
    for account in accounts:
        known = crowds.of(world, account, share)
        if len(known) < share and storm.state == "preparing":
            await crowds.make(world, account, share - len(known))
            known = crowds.of(world, account, share)
        target = Target(account, account.callback_url, account.secrets, account.format)
        crowd.append((target, known))
    storm.followers = sum(len(known) for _, known in crowd)
    return crowd


async def _push_all(
    world: World, crowd: list[tuple[Target, list[str]]], texts: tuple[str, ...], storm: Storm
) -> None:
    loop = asyncio.get_running_loop()
    pool = Pool()
    quick = pushes.lean(pool)
    storm.state, storm.began, storm.cpu_began = "blowing", time.perf_counter(), time.process_time()
    tasks: set[asyncio.Task[None]] = set()
    due = 0.0
    while storm.state == "blowing":
        elapsed = time.perf_counter() - storm.began
        if elapsed >= storm.seconds:
            break
        due = elapsed * storm.rate
        while storm.pushed + storm.lagged < due:
            if storm.in_flight >= MOST_IN_FLIGHT:
                storm.lagged += 1
                continue
            target, openids = random.choice(crowd)
            storm.pushed += 1
            storm.in_flight += 1
            task = loop.create_task(
                _one(world, target, random.choice(openids), random.choice(texts), storm, quick)
            )
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(TICK)
    if tasks:
        await asyncio.wait(set(tasks))
    pool.close()


async def _one(
    world: World, target: Target, openid: str, text: str, storm: Storm, quick: pushes.Send
) -> None:
    inbound = Text(
        account=target.account.original_id,
        openid=openid,
        created_at=int(world.clock.now()),
        message_id=random_ids.message_id(),
        content=text,
    )
    began = time.perf_counter()
    try:
        is_plain = target.url.startswith("http://")
        answer = await pushes.ask(world, target, inbound, send=quick if is_plain else None)
    except Exception as error:
        answer = pushes.Answer("failed", 1, None, type(error).__name__)
    storm.count(answer, (time.perf_counter() - began) * 1000)
