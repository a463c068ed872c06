"""A graded set of the city: questions made of the ways citizens ask, graded by two editors, settled by a third; and a
second version that is being graded. All of it is marked as demonstration data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils import timezone

from minxin.demo import sheets
from minxin.demo.cases import Office
from minxin.knowledge.actions import graded as actions
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import Entry, GradedQuestion, GradedSet, Verdict
from minxin.knowledge.queries import graded as queries
from minxin.knowledge.rules import Lookup

NOTE = "演示数据：问题和评定由演示程序生成，不是真实评测。"
FIRST, SECOND, THIRD = "zhoulin", "fanyi", "luqiao"
SIZE, NEXT_SIZE, BEGUN = 160, 24, 5
LATE = 4  # of a way of asking these last characters are left out, as when somebody types in a hurry


def play_graded(now: datetime) -> str:
    """Both versions; in a few words what there is."""
    office = Office(now, keys="demo-graded")
    index = LiveIndex()
    index.build()
    agency = office.agency("yunxi")
    on = timezone.localdate(now)

    def look(text: str) -> Lookup:
        return index.lookup(text, on=on, region=agency.region_code, agency_id=agency.pk)

    meant = _meant()
    begun = office.at(5, "09:00")
    done = _opened(office, look, list(meant), SIZE, begun)
    for staff, slip in ((office.who(FIRST), 0), (office.who(SECOND), 1)):
        for row in list(queries.to_grade(done, staff)):
            verdict = _verdict(row, meant[row.text], slip)
            actions.grade_question(row, verdict, actor=staff, now=begun + timedelta(hours=2 + slip))
    for row in list(queries.differing(done)):
        actions.settle_question(
            row, _verdict(row, meant[row.text], 0), reason="按办事指南原文，以评定人一为准。",
            actor=office.who(THIRD), now=begun + timedelta(hours=5),
        )  # fmt: skip
    actions.freeze_graded_set(done, actor=office.who(THIRD), now=begun + timedelta(hours=6))
    waiting = _opened(office, look, list(meant), NEXT_SIZE, office.at(1, "09:30"))
    for row in list(queries.to_grade(waiting, office.who(FIRST))[:BEGUN]):
        actions.grade_question(
            row,
            _verdict(row, meant[row.text], 0),
            actor=office.who(FIRST),
            now=office.at(1, "10:00"),
        )
    return f"评测集两版（演示数据），定稿的 {SIZE} 题"


def _opened(
    office: Office, look: Callable[[str], Lookup], asked: list[str], size: int, at: datetime
) -> GradedSet:
    day = timezone.localdate(at)
    sample = actions.Sample(day - timedelta(days=30), day, asked, size, note=NOTE)
    return actions.open_graded_set(
        office.agency("yunxi"), sample, graders=[office.who(FIRST), office.who(SECOND)], look=look,
        actor=office.who(THIRD), now=at, seed=f"demo-{size}",
    )  # fmt: skip


def _meant() -> dict[str, int]:
    """What is asked, as it is kept, with the entry that was meant; 0 where the city has no answer."""
    found = dict.fromkeys(
        (actions.plain_question(str(each)) for each in sheets.script("graded")), 0
    )
    published = Entry.objects.filter(status=Entry.Status.PUBLISHED).order_by("pk")
    for entry in published.prefetch_related("variants"):
        for each in entry.variants.all():
            found[actions.plain_question(_typed(each.text))] = entry.pk
    return found


def _typed(text: str) -> str:
    """A way of asking as somebody else would type it."""
    style = _number(text) % 4
    if style == 0 and len(text) > 2 * LATE:
        return text[:-LATE]
    return {1: f"{text}，我家在清河那边，人不在本地", 2: f"听邻居说有新规定，{text}"}.get(
        style, text
    )


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:4])


def _verdict(row: GradedQuestion, meant: int, slip: int) -> str:
    """What an editor says; the second now and then sees it otherwise."""
    if not row.answer:
        return (
            Verdict.WRONG if meant and not (slip and _number(row.text) % 9 == 0) else Verdict.RIGHT
        )
    if not meant:
        return Verdict.SILENT
    if row.entry_id != meant:
        return Verdict.PARTLY if slip and _number(row.text) % 3 == 0 else Verdict.WRONG
    if _number(row.text) % 23 == 0 or (slip and _number(row.text) % 17 == 0):
        return Verdict.PARTLY
    return Verdict.RIGHT
