"""Every number of a notice, with the rows it counts.

合格率 = (checked - failed) / checked, two decimals, half up, always beside both counts: the way published
notices count (collected in rules of the field, 11.3).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from minxin.reports.rules.facts import AccountFact, NoticeFacts, Result


class Over(StrEnum):
    """What the rows behind a figure are."""

    ACCOUNTS = "accounts"
    PROBLEMS = "problems"
    EARLIER = "earlier"
    CHANGES = "changes"
    UPDATES = "updates"
    REMINDERS = "reminders"
    CAMPAIGNS = "campaigns"
    TICKETS = "tickets"
    MESSAGES = "messages"
    POSTS = "posts"


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number. `rows` are ids of what it counts; of a rate, all that were checked.

    `is_before`: of the period before, whose rows are kept apart. `grade`: how far it is believed, where
    the document says so.
    """

    key: str
    said: str
    meaning: str
    over: Over = Over.ACCOUNTS
    rows: tuple[int, ...] = ()
    is_before: bool = False
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """账号数, 抽查数, 合格数, 不合格数 of a group of accounts."""

    name: str
    accounts: int
    checked: int
    passed: int
    failed: int

    @property
    def rate(self) -> str:
        return rate(self.checked, self.failed)


def rate(checked: int, failed: int) -> str:
    """合格率 as printed: `96.67%`; a dash where nothing was checked.

    Rounding never makes a whole of what is none: 100.00% and 0.00% are printed only when exact.

    >>> rate(53, 16), rate(120, 4), rate(0, 0), rate(30000, 1)
    ('69.81%', '96.67%', '—', '99.99%')
    """
    if not 0 <= failed <= checked:
        raise ValueError("more failed than were checked")
    return share(checked - failed, checked)


def share(part: int, whole: int) -> str:
    """A part of a whole as a percentage with two decimals; a dash of nothing."""
    if whole == 0:
        return "—"
    hundredths = (Decimal(part) * 10000 / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if hundredths == 10000 and part < whole:
        hundredths = Decimal(9999)
    if hundredths == 0 and part > 0:
        hundredths = Decimal(1)
    return f"{hundredths / 100:.2f}%"


def counts(name: str, rows: Iterable[AccountFact]) -> Counts:
    """Of these accounts."""
    results = [each.result for each in rows]
    passed, failed = results.count(Result.PASSED), results.count(Result.FAILED)
    return Counts(name, len(results), passed + failed, passed, failed)


def grouped(
    rows: Iterable[AccountFact], by: Callable[[AccountFact], str]
) -> dict[str, list[AccountFact]]:
    """The accounts by a name, in the order in which the names first come."""
    groups: dict[str, list[AccountFact]] = {}
    for each in rows:
        groups.setdefault(by(each), []).append(each)
    return groups


# Groups as they stand in keys: `place.2.rate` is the rate of the third place.
BY: Mapping[str, Callable[[AccountFact], str]] = {
    "platform": lambda each: each.platform,
    "place": lambda each: each.place,
    "unit": lambda each: each.unit,
}


def figures(facts: NoticeFacts) -> dict[str, Figure]:
    """All figures of the facts by key."""
    found = {each.key: each for each in _of_group("", "全部", list(facts.accounts))}
    for kind, by in BY.items():
        for at, (name, rows) in enumerate(grouped(facts.accounts, by).items()):
            found |= {each.key: each for each in _of_group(f"{kind}.{at}.", name, rows)}
    for at, (name, numbers) in enumerate(kinds(facts).items()):
        key = f"kind.{at}"
        found[key] = Figure(
            key, str(len({facts.problems[number].account_id for number in numbers})),
            f"存在“{name}”问题的账号", Over.PROBLEMS,
            tuple(facts.problems[number].id for number in numbers),
        )  # fmt: skip
    found["problems"] = Figure(
        "problems", str(len(facts.problems)), "本次发现的问题", Over.PROBLEMS,
        tuple(each.id for each in facts.problems),
    )  # fmt: skip
    for kind in ("place", "unit"):
        whole = [rows for rows in grouped(facts.accounts, BY[kind]).values() if _is_whole(rows)]
        key = f"{kind}.whole"
        found[key] = Figure(
            key, str(len(whole)), "合格率100%的" + ("地区" if kind == "place" else "单位"),
            rows=tuple(each.id for rows in whole for each in rows if _was_checked(each)),
        )  # fmt: skip
    return found | {each.key: each for each in _earlier(facts)}


def _was_checked(each: AccountFact) -> bool:
    return each.result is not Result.UNCHECKED


def _is_whole(rows: list[AccountFact]) -> bool:
    found = counts("", rows)
    return found.checked > 0 and found.failed == 0


def _of_group(prefix: str, name: str, rows: list[AccountFact]) -> Iterable[Figure]:
    found = counts(name, rows)
    checked = tuple(each.id for each in rows if _was_checked(each))
    yield Figure(
        f"{prefix}accounts", str(found.accounts), f"{name}：账号数", rows=_ids(rows)
    )  # fmt: skip
    yield Figure(f"{prefix}checked", str(found.checked), f"{name}：抽查数", rows=checked)
    for result, said, word in (
        (Result.PASSED, found.passed, "合格数"),
        (Result.FAILED, found.failed, "不合格数"),
    ):
        chosen = tuple(each.id for each in rows if each.result is result)
        yield Figure(f"{prefix}{result.value}", str(said), f"{name}：{word}", rows=chosen)
    yield Figure(f"{prefix}rate", found.rate, f"{name}：合格率（合格数÷抽查数）", rows=checked)
    yield Figure(
        f"{prefix}share", share(found.checked, found.accounts),
        f"{name}：抽查比例（抽查数÷账号数）", rows=_ids(rows),
    )  # fmt: skip


def _ids(rows: Iterable[AccountFact]) -> tuple[int, ...]:
    return tuple(each.id for each in rows)


def kinds(facts: NoticeFacts) -> dict[str, list[int]]:
    """The problems by kind, as places in `facts.problems`: vetoes first, then the frequent ones."""
    groups: dict[str, list[int]] = {}
    for at, each in enumerate(facts.problems):
        groups.setdefault(each.kind, []).append(at)

    def weight(name: str) -> tuple[bool, int, str]:
        rows = groups[name]
        return (not any(facts.problems[at].fails for at in rows), -len(rows), name)

    return {name: groups[name] for name in sorted(groups, key=weight)}


def _earlier(facts: NoticeFacts) -> Iterable[Figure]:
    if facts.earlier is None:
        return
    closed = [each.id for each in facts.earlier if each.is_closed]
    still = [each.id for each in facts.earlier if not each.is_closed]
    every = tuple(each.id for each in facts.earlier)
    for key, said, word, rows in (
        ("earlier.all", str(len(every)), "上期问题", every),
        ("earlier.closed", str(len(closed)), "上期问题：已整改", tuple(closed)),
        ("earlier.open", str(len(still)), "上期问题：未完成整改", tuple(still)),
        ("earlier.rate", share(len(closed), len(every)), "上期问题：整改率", every),
    ):
        yield Figure(key, said, word, Over.EARLIER, rows)
