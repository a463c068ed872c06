"""What a row of another system says, read: nothing is guessed that could be read in two ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.core.dates import NotADay, read_moment
from minxin.core.errors import Refused
from minxin.tickets.rules import LONGEST_TEXT, SHORTEST_TEXT, gbt39046
from minxin.tickets.rules.levels import Coding, level_of

LONGEST_FIELD = 500
SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One request as another system tells it, read. `fields` are those that name nobody; `columns` all that
    were there, empty ones too."""

    their_number: str
    text: str
    nature: str
    place: str = ""
    category: str = ""
    agency_code: str = ""
    filed_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    promised_at: datetime | None = None
    level: str = ""
    comment: str = ""
    rated_at: datetime | None = None
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    fields: Mapping[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


def read_table(given: Mapping[str, str], *, coding: Coding, now: datetime) -> Taken:
    """A row in the field names of GB/T 39046 table 10 (and ours). Raises `Refused` with the field."""
    row = {name.strip(): str(text).replace("\0", "").strip() for name, text in given.items()}
    nature = _nature(row)
    shape = gbt39046.shape_of(nature)
    columns = row.keys() & set(gbt39046.SHAPES[shape])
    row = {name: row[name] for name in gbt39046.SHAPES[shape] if row.get(name)}
    words, at, _who = gbt39046.answer_fields(shape)
    for name, text in row.items():
        limit = LONGEST_TEXT if name in {"内容", words} else LONGEST_FIELD
        if len(text) > limit:
            raise Refused(
                _("“%(name)s”太长，最多 %(limit)s 字。") % {"name": name, "limit": limit},
                field=name,
            )
    text = row.get("内容", "")
    if len(text) < SHORTEST_TEXT:
        raise Refused(_("没有写内容，或者内容太短。"), field="内容")
    number = row.get(gbt39046.THEIR_NUMBER) or row.get("咨询编码") or row.get(gbt39046.NUMBER, "")
    if not number:
        raise Refused(_("没有写外部编号；没有编号就认不出重复的行。"), field=gbt39046.THEIR_NUMBER)
    if len(number) > 80:
        raise Refused(_("外部编号最多 80 个字符。"), field=gbt39046.THEIR_NUMBER)
    filed_at, answered_at = _moment(row, "时间", now), _moment(row, at, now)
    answer = row.get(words, "")
    if answer and answered_at is None:
        raise Refused(_("写了答复，却没有写答复时间。"), field=at)
    if answered_at is not None and not answer:
        raise Refused(_("写了答复时间，却没有写答复内容。"), field=words)
    if filed_at is not None and answered_at is not None and answered_at < filed_at:
        raise Refused(_("答复时间早于提交时间。"), field=at)
    level, rated_at = _level(row, coding), _moment(row, gbt39046.RATED_AT, now)
    if level and not answer:
        raise Refused(_("没有答复，就不能有评价。"), field=gbt39046.LEVEL)
    return Taken(
        their_number=number,
        text=text,
        nature=nature,
        place=row.get(gbt39046.PLACE, ""),
        category=row.get(gbt39046.CATEGORY, ""),
        agency_code=row.get("承办单位代码", ""),
        filed_at=filed_at,
        answer=answer,
        answered_at=answered_at,
        promised_at=_moment(row, "承诺时限", None),
        level=level,
        comment=row.get(gbt39046.COMMENT, ""),
        rated_at=rated_at,
        name=row.get(gbt39046.person_field(shape), ""),
        phone=row.get(gbt39046.PHONE, ""),
        fields={
            name: text
            for name, text in row.items()
            if name not in gbt39046.PERSONAL and name != gbt39046.LEVEL
        },
        columns=frozenset(columns),
    )


def _nature(row: Mapping[str, str]) -> str:
    said = row.get(gbt39046.NATURE, "")
    if said:
        for nature, name in gbt39046.NATURES.items():
            if said in {nature, name}:
                return nature
        raise Refused(_("诉求性质只能是咨询、求助、投诉、举报、建议。"), field=gbt39046.NATURE)
    shape = gbt39046.shape_said(row)
    if not shape:
        raise Refused(_("看不出是咨询还是投诉，请写明诉求性质。"), field=gbt39046.NATURE)
    return shape


def _level(row: Mapping[str, str], coding: Coding) -> str:
    text = row.get(gbt39046.LEVEL, "")
    try:
        return level_of(text, coding) if text else ""
    except ValueError:
        raise Refused(_("评价等级写 1 到 5，或写等级的名称。"), field=gbt39046.LEVEL) from None


def _moment(row: Mapping[str, str], name: str, now: datetime | None) -> datetime | None:
    """The moment of a field; one that must not lie in the future is held against `now`."""
    text = row.get(name, "")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            day, hour = read_moment(text)
        except NotADay:
            words = _("“%(name)s”看不懂，请写成 2026-01-31 09:30:00。")
            raise Refused(words % {"name": name}, field=name) from None
        found = _at(day, hour or time(0, 0))
    if found.tzinfo is None:
        found = timezone.make_aware(found)
    if now is not None and found > now + SKEW:
        raise Refused(_("“%(name)s”不能晚于现在。") % {"name": name}, field=name)
    return found


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
