"""The writer: nothing is acknowledged that is not on disk, nothing hangs, everything recovers."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, OperationalError

from minxin.conversations.actions import Delivery, DialogueState, Recorded, ReplyRecord
from minxin.gateway import recorder as module
from minxin.gateway.recorder import NotRecorded, Overloaded, Recorder

pytestmark = pytest.mark.django_db(transaction=True)


def delivery(number: int) -> Delivery:
    now = datetime.now(UTC)
    return Delivery(1, "k" * 32, "o", f"m:{number}", "Text", "您好", None, now)


class Disk:
    """A database of which one decides what it does with a batch."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.before = before
        self.batches: list[list[str]] = []
        self.replies: list[str] = []

    def __call__(
        self, deliveries: Sequence[Delivery], replies: Sequence[ReplyRecord], **named: Any
    ) -> list[Recorded]:
        self.before()
        self.batches.append([each.delivery for each in deliveries])
        self.replies += [each.reply for each in replies]
        state = DialogueState()
        return [Recorded(n, True, None, False, state) for n, _ in enumerate(deliveries)]

    @property
    def kept(self) -> list[str]:
        return [each for batch in self.batches for each in batch]


@pytest.fixture
def started() -> Iterator[list[Recorder]]:
    recorders: list[Recorder] = []
    yield recorders
    for each in recorders:
        each.stop()


def start(disk: Disk, started: list[Recorder]) -> Recorder:
    recorder = Recorder(record=disk)
    recorder.start(asyncio.get_running_loop())
    started.append(recorder)
    return recorder


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_what_comes_in_one_breath_is_one_batch(started: list[Recorder]) -> None:
    disk = Disk()
    recorder = start(disk, started)
    results = await asyncio.gather(*(recorder.put(delivery(n)) for n in range(50)))
    assert len(results) == 50
    assert [len(batch) for batch in disk.batches] == [50]


async def test_what_comes_during_a_commit_is_the_next_batch(started: list[Recorder]) -> None:
    gate = threading.Event()
    disk = Disk(lambda: assert_true(gate.wait(5)))
    recorder = start(disk, started)
    first = recorder.put(delivery(1))
    await asyncio.sleep(0.05)
    others = [recorder.put(delivery(n)) for n in range(2, 9)]
    await asyncio.sleep(0.05)
    assert not first.done()
    gate.set()
    await asyncio.gather(first, *others)
    assert [len(batch) for batch in disk.batches] == [1, 7]


def assert_true(value: bool) -> None:
    assert value


async def test_a_database_that_is_down_acknowledges_nothing_and_recovers(
    started: list[Recorder],
) -> None:
    is_down = True

    def fail() -> None:
        if is_down:
            raise OperationalError("gone")

    disk = Disk(fail)
    recorder = start(disk, started)
    await until(lambda: not recorder.trouble)
    waiting = [recorder.put(delivery(n)) for n in range(5)]
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(each, NotRecorded) for each in results)
    assert disk.kept == []
    assert "OperationalError" in recorder.trouble
    is_down = False
    # The database of the tests answers, so the writer takes up its work again.
    await until(lambda: not recorder.trouble)
    await recorder.put(delivery(9))
    assert disk.kept == ["m:9"]


async def test_replies_wait_for_the_database(started: list[Recorder]) -> None:
    failures = [True]

    def fail_once() -> None:
        if failures:
            failures.pop()
            raise OperationalError("gone")

    disk = Disk(fail_once)
    recorder = start(disk, started)
    recorder.note(ReplyRecord(1, "k", "在"))
    await until(lambda: disk.replies == ["在"])


async def test_a_reply_is_recorded_though_nobody_speaks_again(started: list[Recorder]) -> None:
    disk = Disk()
    recorder = start(disk, started)
    await recorder.put(delivery(1))
    recorder.note(ReplyRecord(1, "k", "在"))
    await until(lambda: disk.replies == ["在"])


async def test_one_that_cannot_be_recorded_keeps_nobody_else_from_it(
    started: list[Recorder],
) -> None:
    class Picky(Disk):
        def __call__(
            self, deliveries: Sequence[Delivery], replies: Sequence[ReplyRecord], **named: Any
        ) -> list[Recorded]:
            if any(each.delivery == "m:3" for each in deliveries):
                raise DataError("a zero byte")
            return super().__call__(deliveries, replies, **named)

    disk = Picky()
    recorder = start(disk, started)
    results = await asyncio.gather(
        *(recorder.put(delivery(n)) for n in range(6)), return_exceptions=True
    )
    assert [isinstance(each, NotRecorded) for each in results] == [n == 3 for n in range(6)]
    assert sorted(disk.kept) == ["m:0", "m:1", "m:2", "m:4", "m:5"]
    assert recorder.trouble == ""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_writer_that_dies_fails_what_waits(started: list[Recorder]) -> None:
    def die() -> None:
        raise SystemExit

    recorder = start(Disk(die), started)
    first = recorder.put(delivery(1))
    with pytest.raises(NotRecorded):
        await asyncio.wait_for(first, 5)
    await until(lambda: bool(recorder.trouble))
    with pytest.raises(NotRecorded):
        recorder.put(delivery(2))


async def test_a_slow_commit_is_not_waited_for(
    started: list[Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    monkeypatch.setattr(module, "SLOW_COMMIT", 0.1)
    gate = threading.Event()
    disk = Disk(lambda: assert_true(gate.wait(5)))
    recorder = start(disk, started)
    began = time.monotonic()
    with pytest.raises(NotRecorded):
        await recorder.put(delivery(1))
    assert time.monotonic() - began < 1
    assert "locked or silent" in recorder.trouble
    gate.set()
    await until(lambda: not recorder.trouble)


async def test_more_than_can_be_recorded_in_time_is_turned_away(
    started: list[Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_QUEUE", 3)
    gate = threading.Event()
    disk = Disk(lambda: assert_true(gate.wait(5)))
    recorder = start(disk, started)
    taken = [recorder.put(delivery(n)) for n in range(3)]
    with pytest.raises(Overloaded):
        recorder.put(delivery(4))
    gate.set()
    await asyncio.gather(*taken)
    assert len(disk.kept) == 3


async def test_what_waits_is_written_when_the_process_ends() -> None:
    disk = Disk()
    recorder = Recorder(record=disk)
    recorder.start(asyncio.get_running_loop())
    future = recorder.put(delivery(1))
    recorder.note(ReplyRecord(1, "k", "在"))
    recorder.stop()
    assert disk.kept == ["m:1"]
    assert disk.replies == ["在"]
    await future
    with pytest.raises(NotRecorded):
        recorder.put(delivery(2))
