"""One digest a working day, to those whose accounts grew more pressing; nothing else, to nobody else.

国办函〔2026〕12号 and what came before it ask that tools do not harass staff: so no notice for each account,
none on days off, none while yesterday's is unread, none when nothing changed, and no ranking.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext_noop

from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Staff
from minxin.agencies.queries import staff_who_may, staff_with, working_calendar
from minxin.agencies.rules import Permission
from minxin.core.working_time import WorkingCalendar
from minxin.supervision.models import Evaluation
from minxin.supervision.rules.clock import Level, day_of, is_worse
from minxin.supervision.wording import LEVELS

LINK = "/console/supervision/"
DIGEST = gettext_noop("%(count)s 个账号的更新情况更紧了，最紧的是“%(name)s”：%(level)s")
LONGEST_HOLIDAY = 14


def remind(*, now: datetime) -> int:
    """Tell who runs an account, and who supervises it, what changed since the last working day; how
    many people were told."""
    calendar, today = working_calendar(), day_of(now)
    if not calendar.is_working(today):
        return 0
    told = 0
    for person, rows in _by_person(_changed(today, _day_before(today, calendar))).items():
        first = rows[0]
        words = DIGEST % {
            "count": len(rows),
            "name": first.account.name,
            "level": _in_chinese(Level(first.level)),
        }
        told += notify_staff([person], words, kind="updates", link=LINK, now=now)
    return told


def _in_chinese(level: Level) -> str:
    """Notices are kept in Chinese, whoever causes them; who reads one sees her own language."""
    with translation.override("zh-hans"):
        return str(LEVELS[level])


def _day_before(today: date, calendar: WorkingCalendar) -> date:
    day = today - timedelta(days=1)
    while not calendar.is_working(day) and today - day < timedelta(days=LONGEST_HOLIDAY):
        day -= timedelta(days=1)
    return day


def _changed(today: date, since: date) -> list[Evaluation]:
    """Today's evaluations that are more pressing than those of a day, the most pressing first."""
    before = dict(Evaluation.objects.filter(on=since).values_list("account_id", "level"))
    rows = Evaluation.objects.filter(on=today, is_latest=True).select_related("account__agency")
    found = []
    for row in rows.order_by("rank", "-days", "id"):
        old = before.get(row.account_id, row.before)
        is_new_doubt = row.level == Level.CONTRADICTORY and old not in {"", row.level}
        if is_worse(row.level, old) or is_new_doubt:
            found.append(row)
    return found


def _by_person(rows: Iterable[Evaluation]) -> dict[Staff, list[Evaluation]]:
    """Each with her own: through the very agency for who runs it, from above for who supervises."""
    found: dict[Staff, list[Evaluation]] = {}
    for row in rows:
        agency = row.account.agency
        people = {
            *staff_with(Permission.RECORD_UPDATES, agency),
            *staff_who_may(Permission.CONFIRM_CANDIDATES, agency),
        }
        for person in people:
            found.setdefault(person, []).append(row)
    return found
