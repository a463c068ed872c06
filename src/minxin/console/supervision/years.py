"""What was published month by month, as a table and, where there is something to draw, as bars."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from minxin.supervision.queries import AreaYear, Year
from minxin.supervision.rules.daily import Month
from minxin.supervision.rules.sources import Kind
from minxin.supervision.wording import KINDS, graded


@dataclass(frozen=True, slots=True)
class MonthShown:
    """One line. `seen`: how many of its days were looked at. Of a month that is not `is_known` nothing
    was recorded and nobody looked: that is no nought."""

    name: str
    pushed: int
    published: int
    days: int
    seen: str
    grade: str
    is_known: bool


def _shown(month: Month) -> MonthShown:
    seen = f"{month.seen_days} / {month.ended_days}" if month.ended_days else "—"
    return MonthShown(
        f"{month.first:%Y-%m}", month.pushed, month.published, month.days, seen,
        graded(month.grade) or "—", bool(month.items or month.seen_days),
    )  # fmt: skip


def year_shown(year: Year) -> dict[str, Any]:
    """What the template needs of a year."""
    lines = [_shown(each) for each in year.months]
    return {
        "year": year,
        "year_lines": lines[::-1],
        "year_chart": _chart(lines) if year.items else None,
    }


def area_year_shown(year: AreaYear) -> dict[str, Any]:
    """What the template needs of an area's year."""
    words = _("%(pushed)s %(p)s 条，%(published)s %(q)s 条，有更新的账号 %(accounts)s 个")
    pushed, published = str(KINDS[Kind.PUSHED]), str(KINDS[Kind.PUBLISHED])
    chart = {
        "months": [f"{each.first:%Y-%m}" for each in year.months],
        "series": [
            {"name": pushed, "values": [each.pushed for each in year.months]},
            {"name": published, "values": [each.published for each in year.months]},
        ],
        "words": [
            words
            % {
                "pushed": pushed, "p": each.pushed, "published": published, "q": each.published,
                "accounts": each.accounts,
            }
            for each in year.months
        ],
    }  # fmt: skip
    return {
        "year": year,
        "year_lines": [(f"{each.first:%Y-%m}", each) for each in year.months[::-1]],
        "year_chart": chart if year.items else None,
    }


def _chart(lines: list[MonthShown]) -> dict[str, Any]:
    pushed, published = str(KINDS[Kind.PUSHED]), str(KINDS[Kind.PUBLISHED])
    words = _("%(pushed)s %(p)s 条，%(published)s %(q)s 条，有更新 %(days)s 天")
    return {
        "months": [each.name for each in lines],
        "series": [
            {"name": pushed, "values": [each.pushed for each in lines]},
            {"name": published, "values": [each.published for each in lines]},
        ],
        "words": [
            words
            % {
                "pushed": pushed, "p": each.pushed, "published": published, "q": each.published,
                "days": each.days,
            }
            for each in lines
        ],
    }  # fmt: skip
