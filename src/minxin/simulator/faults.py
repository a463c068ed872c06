"""Faults on request: what goes wrong, where, how often."""

import random
from dataclasses import dataclass
from typing import Any

from minxin.simulator.database import Row, from_json, to_json
from minxin.simulator.refusals import ControlError
from minxin.simulator.world import World

CALLBACK = "callback"
REVIEW = "review"
ANY_API = "*"

# kind: where it may happen, what it does.
KINDS: dict[str, tuple[str, str]] = {
    "delay": ("both", "wait args.seconds (6) first; of a push these count towards its 5 seconds"),
    "http_500": ("both", "answer, or take for the answer, HTTP args.status (500)"),
    "drop": ("both", "reset the connection before anything was done"),
    "lost_reply": ("both", "do everything, then lose the answer"),
    "error": ("api", "answer args.errcode (-1) with args.errmsg"),
    "bad_json": ("both", "send a broken body: half of a JSON object"),
    "expired_token": ("api", "answer 40001, however fresh the token is"),
    "token_taken": (
        "api",
        "another fetches a new token at this moment: 40001, and the caller's is dead for good",
    ),
    "duplicate_push": ("callback", "push the same twice at the same moment"),
    "out_of_order": (
        "callback",
        "hold the push until the account answered a later one, args.seconds (6) at most",
    ),
    "wrong_signature": ("callback", "sign the push wrongly"),
    "reject": (
        "review",
        "the review refuses a publication (args.status, 4) or a mass message (args.mass_error, "
        "20013), or intercepts a template message",
    ),
    "lost_push": ("callback", "never push; nobody hears of it, and nothing is tried again"),
}
LIMITS = {
    "seconds": (0, 3600),
    "mass_error": (10001, 30003),
    "status": (400, 599),
    "errcode": (-1, 99_999_999),
}

REVIEW_STATUS = (2, 6)  # publish_status: 2 originality, 3 failed, 4 review, 5 deleted, 6 banned


@dataclass(frozen=True, slots=True)
class Fault:
    id: int
    kind: str
    args: dict[str, Any]

    @property
    def seconds(self) -> float:
        return float(self.args.get("seconds", 6.0))

    @property
    def status(self) -> int:
        return int(self.args.get("status", 500))


def add(
    world: World,
    *,
    app_id: str | None,
    endpoint: str,
    kind: str,
    times: int | None,
    probability: float | None,
    args: dict[str, Any],
) -> int:
    """Arm a fault: for `times` calls, or each with `probability`, or for good when neither is given."""
    if kind not in KINDS:
        raise ControlError(f"kind is one of {', '.join(sorted(KINDS))}; not {kind[:40]}")
    if endpoint not in {CALLBACK, REVIEW, ANY_API} and not endpoint.startswith("/"):
        raise ControlError(
            "endpoint is `callback`, `review`, a path such as /cgi-bin/token, or `*`"
        )
    place, here = KINDS[kind][0], endpoint if endpoint in {CALLBACK, REVIEW} else "api"
    if place != here and not (place == "both" and here != REVIEW):
        where = "an API path" if place in {"api", "both"} else f"endpoint `{place}`"
        raise ControlError(f"a fault of kind {kind} needs {where}")
    limits = {**LIMITS, "status": REVIEW_STATUS} if place == REVIEW else LIMITS
    for name, (least, most) in limits.items():
        value = args.get(name, least)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise ControlError(f"args.{name} is a number from {least} to {most}")
    number = world.database.insert(
        "faults", app_id=app_id, endpoint=endpoint, kind=kind, times_left=times,
        probability=probability, args=to_json(args),
    )  # fmt: skip
    world.armed = None
    world.hub.tell("faults", {"faults": list_json(world)})
    return number


def remove(world: World, number: int | None) -> int:
    """Disarm one, or all; how many there were."""
    if number is None:
        count = world.database.run("DELETE FROM faults")
    else:
        count = world.database.run("DELETE FROM faults WHERE id = ?", number)
    world.armed = None
    world.hub.tell("faults", {"faults": list_json(world)})
    return count


def list_json(world: World) -> list[dict[str, Any]]:
    """The faults that are still armed."""
    rows = world.database.all("SELECT * FROM faults ORDER BY id")
    return [_json(row) for row in rows]


def take(world: World, app_id: str | None, endpoint: str) -> Fault | None:
    """The fault that strikes this call, counted; the one armed first wins."""
    if world.armed is None:
        row = world.database.one("SELECT count(*) AS n FROM faults")
        world.armed = row["n"] if row else 0
    if not world.armed:
        return None
    rows = world.database.all(
        "SELECT * FROM faults WHERE endpoint IN (?, ?) AND (app_id IS NULL OR app_id = ?) ORDER BY id",
        endpoint,
        endpoint if endpoint in {CALLBACK, REVIEW} else ANY_API,
        app_id,
    )
    for row in rows:
        if row["probability"] is not None and random.random() >= row["probability"]:
            continue
        if row["times_left"] == 1:
            world.database.run("DELETE FROM faults WHERE id = ?", row["id"])
            world.armed = None
        else:
            world.database.run(
                "UPDATE faults SET used = used + 1, times_left = times_left - 1 WHERE id = ?",
                row["id"],
            )
        world.hub.tell("faults", {"faults": list_json(world)})
        return Fault(row["id"], row["kind"], from_json(row["args"]))
    return None


def _json(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "app_id": row["app_id"],
        "endpoint": row["endpoint"],
        "kind": row["kind"],
        "times": row["times_left"],
        "probability": row["probability"],
        "args": from_json(row["args"]),
        "used": row["used"],
    }
