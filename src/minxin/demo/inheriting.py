"""What the districts add to the city's words and say otherwise, and what is the same for all."""

from dataclasses import replace
from datetime import date, datetime

from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.knowledge.actions import EntryDraft, create_entry, update_entry
from minxin.knowledge.actions.entries import FIELDS
from minxin.knowledge.models import Entry, UpperReview

SYSTEM = System("demo")
UNIFORM = "YX-0231"
LOCAL = (
    (
        "YX-0165", "instead", "qinghe-edu", "990102", date(2026, 9, 1), date(2027, 8, 31),
        "青禾区公办小学课后服务自愿参加，区财政补贴后每学期小学不超过 300 元、初中不超过 400 元，困难家庭学生免收。",
        "青禾区中小学课后服务实施细则",
    ),
    (
        "YX-0056", "adds", "qinghe-edu", "990102", None, None,
        "青禾区户籍与房产地址不一致的，6 月 20 日前到区教育局二楼招生窗口核验。",
        "青禾区义务教育招生入学补充通知",
    ),
    (
        "YX-0162", "adds", "linwan-edu", "990103", None, None,
        "临湾区公办幼儿园另设 7 月 5 日补录，在园所门口和区教育局网站公布名额。",
        "临湾区幼儿园招生公告",
    ),
)  # fmt: skip


def load_inheritance(now: datetime) -> None:
    """Three local entries, one that is the same for all, one that waits because the city's words changed."""
    for code, narrowing, agency_code, region, first, last, answer, source in LOCAL:
        upper = Entry.objects.filter(code=code).first()
        agency = Agency.objects.filter(code=agency_code).first()
        if upper is None or agency is None or upper.narrowed_by.filter(agency=agency).exists():
            continue
        draft = EntryDraft(
            question=upper.question, answer=answer, topic=upper.topic, source_title=source,
            issuing_agency=agency.name, region_code=region, valid_from=first, valid_until=last,
            status="published", overrides=upper.pk, narrowing=narrowing,
        )  # fmt: skip
        create_entry(draft, agency=agency, actor=SYSTEM, now=now)
    _bind(now)
    _change(now)


def _bind(now: datetime) -> None:
    entry = Entry.objects.filter(code=UNIFORM, is_binding=False).first()
    if entry is not None:
        update_entry(entry, replace(_as_is(entry), is_binding=True), actor=SYSTEM, now=now)


def _change(now: datetime) -> None:
    entry = Entry.objects.filter(code="YX-0162").first()
    if entry is None or UpperReview.objects.exists():
        return
    said = f"{entry.answer}\n报名需要的疫苗接种证明可以在线核验，不用带纸质的。"
    update_entry(entry, replace(_as_is(entry), answer=said), actor=SYSTEM, now=now)


def _as_is(entry: Entry) -> EntryDraft:
    values = {name: getattr(entry, name) for name in FIELDS}
    variants = tuple(entry.variants.values_list("text", flat=True))
    return EntryDraft(code=entry.code, variants=variants, **values)
