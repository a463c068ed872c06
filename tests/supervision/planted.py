"""Plants histories and asks both: `python -m tests.supervision.planted 100000` (about a minute)."""

import random
import sys
import time
from collections import Counter

from minxin.supervision.rules.clock import Level, Limit, Looked, Rule, Seen, judge
from minxin.supervision.rules.sources import Kind, Source
from tests.supervision import oracle


def told_by_the_clock(history: oracle.History) -> str:
    seen = [
        Seen(oracle.moment(each.slot), Source(each.source), Kind(each.kind))
        for each in history.items
    ]
    looked = [
        Looked(
            Source(each.source), oracle.moment(each.first), oracle.moment(each.last),
            oracle.moment(each.asked),
        )
        for each in history.looks
    ]  # fmt: skip
    limits = tuple(Limit(days, str(days), Level(level)) for days, level in history.limits)
    steps = tuple((Level(name), days) for name, days in history.steps)
    return judge(seen, looked, Rule(steps, limits), at=oracle.moment(history.at)).level.value


def compare(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How often each level was told, and where the two disagree."""
    lot = random.Random(seed)
    levels: Counter[str] = Counter()
    wrong = []
    for number in range(count):
        history = oracle.plant(lot)
        ours, theirs = told_by_the_clock(history), oracle.say(history)
        levels[theirs] += 1
        if ours != theirs:
            wrong.append(f"{seed}/{number}: clock {ours}, oracle {theirs}: {history}")
    return levels, wrong


def main() -> None:
    count, began = int(sys.argv[1]), time.monotonic()
    levels, wrong = compare(count, seed=1)
    sys.stdout.write(
        f"{count} histories, {len(wrong)} disagreements, {time.monotonic() - began:.1f} s\n"
    )
    for level, number in levels.most_common():
        sys.stdout.write(f"  {level}: {number}\n")
    sys.stdout.write("\n".join(wrong[:3]) + "\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
