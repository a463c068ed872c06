"""Twenty agents and five citizens at work, as `minxin bench tickets` has them: threads in one process, each
with a browser's session, each pausing as people do (exponentially, `think` seconds on average)."""

import json
import os
import random
import re
import sys
import threading
import time
from collections import defaultdict
from typing import Any

import httpx

# What an agent does next, how often of a hundred times, and the page it opens.
LISTS = (
    "", "?state=open", "?state=overdue", "?state=soon", "?state=new", "?state=answered", "?sort=-filed_at",
    "?nature=help", "?state=closed&page=3", "?q=望山街", "?state=open&nature=complaint", "?state=hot",
)  # fmt: skip
ACTS = (("list", 55), ("ticket", 35), ("dashboard", 6), ("figures", 4))
DASHBOARDS = ("/console/",)
FIGURES = tuple(f"/console/tickets/figures/{each}" for each in ("", "?period=90", "?period=365"))
_PAGES = {"dashboard": DASHBOARDS, "figures": FIGURES}
_LINK = re.compile(r'data-href="(/console/tickets/[^"/]+/)"')
_TOKEN = re.compile(r'name="(csrfmiddlewaretoken|token)" value="([^"]*)"')


class Load:
    """The people and what they waited for."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._times: dict[str, list[float]] = defaultdict(list)
        self._failed: list[str] = []
        self._lock = threading.Lock()
        self._until = 0.0

    def go(self) -> dict[str, Any]:
        """Have everybody work for the seconds of the order; what they waited, per act."""
        self._until = time.monotonic() + self._order["seconds"]
        people = [threading.Thread(target=self._agent, args=(n, who))
                  for n, who in enumerate(self._order["agents"])]  # fmt: skip
        people += [threading.Thread(target=self._citizen, args=(n, who))
                   for n, who in enumerate(self._order["readers"])]  # fmt: skip
        for each in people:
            each.start()
        for each in people:
            each.join()
        return {"times": self._times, "failed": self._failed}

    def _client(self, who: dict[str, Any]) -> httpx.Client:
        base = f"http://127.0.0.1:{self._order['port']}"
        return httpx.Client(base_url=base, cookies=who["cookies"], timeout=60, trust_env=False)

    def _agent(self, seed: int, who: dict[str, Any]) -> None:
        draw, seen = random.Random(seed), ["/console/tickets/"]
        acts, weights = [name for name, _ in ACTS], [often for _, often in ACTS]
        with self._client(who) as client:
            while self._pause(draw):
                act = draw.choices(acts, weights)[0]
                if act == "ticket" and len(seen) > 1:
                    self._timed("ticket", client, draw.choice(seen[1:]))
                elif act in _PAGES:
                    self._timed(act, client, draw.choice(_PAGES[act]))
                else:
                    page = self._timed("list", client, "/console/tickets/" + draw.choice(LISTS))
                    seen = ["/console/tickets/", *_LINK.findall(page)][:25] or seen

    def _citizen(self, seed: int, who: dict[str, Any]) -> None:
        draw, path = random.Random(1000 + seed), f"/m/{self._order['app_id']}/tickets/new"
        with self._client(who) as client:
            while self._pause(draw):
                page = self._timed("form", client, path)
                given = dict(_TOKEN.findall(page))
                given["text"] = (
                    f"稻香街{draw.randrange(1, 10**6)}号门前井盖松动，车辆经过声音很大，请维修。"
                )
                given["category"] = ""
                given["anyway"] = "1"
                self._timed("filing", client, path, given)

    def _pause(self, draw: random.Random) -> bool:
        time.sleep(min(draw.expovariate(1 / self._order["think"]), self._order["seconds"]))
        return time.monotonic() < self._until

    def _timed(
        self, act: str, client: httpx.Client, path: str, given: dict[str, str] | None = None
    ) -> str:
        began = time.perf_counter()
        try:
            answer = client.post(path, data=given) if given else client.get(path)
        except httpx.HTTPError as error:
            with self._lock:
                self._failed.append(f"{act} {path}: {error!r}")
            return ""
        took = time.perf_counter() - began
        is_good = answer.status_code == (302 if given else 200)
        with self._lock:
            self._times[act].append(took)
            if self._order.get("tell"):
                self._times[f"{act} {path}"].append(took)
            if not is_good:
                self._failed.append(f"{act} {path}: {answer.status_code}")
        return answer.text


def main() -> None:
    """Carry out the order on stdin."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    print(json.dumps(Load(json.loads(sys.stdin.read())).go()))


if __name__ == "__main__":
    main()
