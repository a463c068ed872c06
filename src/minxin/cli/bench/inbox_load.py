"""Agents' pages and citizens of `minxin bench inbox`, in a process of their own.

A page is what `frontend/console/live.js` is: it listens to the stream, and on a change fetches the list and
the thread, not more often than that file says and naming the mark of what it has. `FIRST_MS`, `BETWEEN_MS`
and `TIMES_LONGER` are that file's own numbers (a test holds them together).
"""

import json
import os
import random
import sys
import threading
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

import httpx

from minxin import wechat
from minxin.cli.bench.load import SECRETS

FIRST_MS, BETWEEN_MS, TIMES_LONGER = 30, 300, 1
GIVEN_UP = 15.0


class Page:
    """One open inbox with one conversation in it."""

    def __init__(self, base: str, cookies: dict[str, str], key: str) -> None:
        self._key = key
        self._client = httpx.Client(base_url=base, cookies=cookies, timeout=60, trust_env=False)
        self._marks: dict[str, str] = {}
        self._has_list_changed = False
        self._bell = threading.Event()
        self.seen = threading.Condition()
        self.list = self.thread = ""
        self.fetched = 0
        self.is_over = False

    def open(self) -> None:
        """Listen and look until it is over."""
        for work in (self._listen, self._look):
            threading.Thread(target=work, daemon=True).start()

    def _listen(self) -> None:
        with self._client.stream("GET", "/console/events", timeout=60) as answer:
            for line in answer.iter_lines():
                if line.startswith("data:") and ("messages" in line or "said" in line):
                    self._has_list_changed |= "messages" in line
                    self._bell.set()
                if self.is_over:
                    return

    def _look(self) -> None:
        rested = 0.0
        while not self.is_over:
            self._bell.wait()
            time.sleep(max(FIRST_MS / 1000, rested - time.monotonic()))
            self._bell.clear()
            begun = time.monotonic()
            is_for_list, self._has_list_changed = self._has_list_changed, False
            people = ""
            if is_for_list:
                people = self._get(f"/console/inbox/people/?selected={self._key}")
            thread = self._get(f"/console/inbox/{self._key}/thread/")
            if is_for_list:
                now = time.monotonic()
                rested = now + max(BETWEEN_MS / 1000, TIMES_LONGER * (now - begun))
            with self.seen:
                self.list, self.thread = people or self.list, thread or self.thread
                self.seen.notify_all()

    def _get(self, path: str) -> str:
        mark = {"If-None-Match": self._marks[path]} if path in self._marks else {}
        answer = self._client.get(path, headers={"HX-Request": "true", "X-Live": "1", **mark})
        self.fetched += answer.status_code == 200
        if "etag" in answer.headers:
            self._marks[path] = answer.headers["etag"]
        return answer.text if answer.status_code == 200 else ""


def main() -> None:
    """Carry out the order on stdin."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    print(json.dumps(carry_out(json.loads(sys.stdin.read()))))


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """Times in s by name, and what failed."""
    base = f"http://127.0.0.1:{order['port']}"
    times: dict[str, list[float]] = defaultdict(list)
    failed: list[str] = []
    _read(base, order, times, failed)
    speaking, openids = order["speaking"], order["openids"]
    pages = [
        Page(base, cookies, speaking[(n + 1) % len(speaking)] if n else speaking[0])
        for n, cookies in enumerate(order["staff"])
    ]
    for page in pages:
        page.open()
    time.sleep(3)
    before = sum(page.fetched for page in pages)
    _say(base, order["app_id"], pages[0], openids, order["said"], times, failed)
    fetched = sum(page.fetched for page in pages) - before
    for page in pages:
        page.is_over = True
    return {"times": times, "failed": failed, "pages_open": len(pages),
            "fragments_per_message": round(fetched / max(order["said"], 1), 1)}  # fmt: skip


def _read(
    base: str, order: dict[str, Any], times: dict[str, list[float]], failed: list[str]
) -> None:
    key = order["speaking"][0]
    paths = {
        "inbox": "/console/inbox/",
        "people": f"/console/inbox/people/?selected={key}",
        "conversation": f"/console/inbox/{key}/",
        "thread": f"/console/inbox/{key}/thread/",
        "counts": "/console/counts/",
    }
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        for who, cookies in (("", order["staff"][0]), ("unit_", order["unit"])):
            for name, path in paths.items():
                if who and key in path and name != "people":
                    continue  # not hers
                client.cookies.clear()
                client.cookies.update(cookies)
                for number in range(order["pages"] + 3):
                    began = time.perf_counter()
                    answer = client.get(path, headers={"X-Live": "1"})
                    if number >= 3:
                        times[who + name].append(time.perf_counter() - began)
                    if answer.status_code != 200:
                        failed.append(f"{path}: {answer.status_code}")


def _say(
    base: str, app_id: str, page: Page, openids: list[str], count: int,
    times: dict[str, list[float]], failed: list[str],
) -> None:  # fmt: skip
    """Citizens speak one after another, at times that have nothing to do with any interval; the one whose
    conversation is open every second time."""
    draw = random.Random(11)
    with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
        for number in range(count):
            time.sleep(draw.uniform(0.6, 1.9))
            is_open = number % 2 == 0
            openid = openids[0] if is_open else draw.choice(openids[1:])
            words = f"第{number}句话{draw.randrange(10**9)}"
            inbound = wechat.Text(
                account="gh_bench", openid=openid, created_at=int(time.time()),
                message_id=7_000_000_000 + number, content=words,
            )  # fmt: skip
            query, body = wechat.seal_push(
                inbound, SECRETS, format=wechat.Format.XML, now=time.time()
            )
            began = time.perf_counter()
            answer = client.post(f"/wechat/{app_id}/callback?{urlencode(query)}", content=body)
            times["acknowledged"].append(time.perf_counter() - began)
            if answer.status_code != 200:
                failed.append(f"callback: {answer.status_code}")
            if is_open:
                _wait(page, "thread", words, began, times, failed)
            _wait(page, "list", words, began, times, failed)


def _wait(
    page: Page, part: str, words: str, began: float, times: dict[str, list[float]],
    failed: list[str],
) -> None:  # fmt: skip
    with page.seen:
        is_there = page.seen.wait_for(lambda: words in getattr(page, part), GIVEN_UP)
    if is_there:
        times[f"arrival_{part}"].append(time.perf_counter() - began)
    else:
        failed.append(f"{words} was not in the {part} within {GIVEN_UP} s")


if __name__ == "__main__":
    main()
