"""How requests find their agency in the city: rules, and the responsibility list in two versions and a draft."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from minxin.agencies.models import Agency, Staff
from minxin.demo import sheets
from minxin.tickets.actions import keep_policy
from minxin.tickets.actions.matters import keep_matter
from minxin.tickets.actions.responsibilities import adopt_list, begin_draft, keep_row
from minxin.tickets.actions.routing_rules import ExampleDraft, keep_rule
from minxin.tickets.models import Category, Matter, ResponsibilityList, RoutingRule
from minxin.tickets.rules.responsibilities import SEPARATOR

ADMINISTRATOR = "liuyang"
FIRST, SECOND = timedelta(days=40), timedelta(days=12)
# Where replies are read by another person before they go, and where the citizen is called afterwards.
REVIEWED, CALLED = "housing", "yunxi"


def set_up_dispatching(now: datetime) -> str:
    """Rules, list and rules of handling, once; in a few words what there is."""
    script: Any = sheets.script("routing")
    actor = Staff.objects.get(username=ADMINISTRATOR)
    agencies = {each.code: each for each in Agency.objects.all()}
    matters = {row[0]: _matter(*row, actor=actor, now=now - FIRST) for row in script["matters"]}
    for rows, ago, reason in (
        ("first", FIRST, "首次采用，依据各部门三定规定"),
        ("second", SECOND, "增加共享单车停放、预付卡消费，青禾区入学由区里办理"),
    ):
        draft = begin_draft(is_copy=True, actor=actor, now=now - ago)
        _write(draft, script[rows], matters, agencies, actor, now - ago)
        draft.refresh_from_db()
        adopt_list(
            draft, effective_on=timezone.localtime(now - ago).date(), reason=reason,
            revision=draft.revision, actor=actor, now=now - ago,
        )  # fmt: skip
    draft = begin_draft(is_copy=True, actor=actor, now=now - timedelta(days=1))
    _write(draft, script["third"], matters, agencies, actor, now - timedelta(days=1))
    for row in script["rules"]:
        _rule(row, agencies[row["agency"]], actor, now - FIRST)
    keep_policy(agencies[REVIEWED], {"needs_review": True}, actor=actor, now=now - FIRST)
    keep_policy(agencies[CALLED], {"calls_back": True}, actor=actor, now=now - FIRST)
    versions = ResponsibilityList.objects.filter(status=ResponsibilityList.Status.ADOPTED).count()
    return f"{RoutingRule.objects.count()} 条派单规则，职责清单 {versions} 版"


def _matter(path: str, keywords: str, category: str, *, actor: Staff, now: datetime) -> Matter:
    above, _, name = path.rpartition(SEPARATOR)
    parent = None
    if above:
        known = Matter.objects.filter(path=above).first()
        parent = known or _matter(above, "", "", actor=actor, now=now)
    return keep_matter(
        None, name=name, parent=parent, keywords=keywords, code="", is_active=True,
        categories=list(Category.objects.filter(code=category)) if category else None,
        actor=actor, now=now,
    )  # fmt: skip


def _write(
    draft: ResponsibilityList, rows: Sequence[Sequence[Any]], matters: dict[str, Matter],
    agencies: dict[str, Agency], actor: Staff, now: datetime,
) -> None:  # fmt: skip
    for matter, place, agency, others, basis in rows:
        same = draft.rows.filter(matter=matters[matter], place=place).first()
        keep_row(
            draft, same, matter=matters[matter], place=place, agency=agencies[agency],
            co_agencies=[agencies[each] for each in others], basis=basis, actor=actor, now=now,
        )  # fmt: skip


def _rule(row: dict[str, Any], agency: Agency, actor: Staff, now: datetime) -> None:
    blank = dict.fromkeys(("words", "without", "places", "nature"), "") | dict.fromkeys(
        ("category", "account", "from_time", "until_time", "valid_from", "valid_until")
    )
    asked = {name: row[name] for name in blank if name in row}
    asked |= {
        name: time.fromisoformat(row[name]) for name in ("from_time", "until_time") if name in row
    }
    examples = []
    for line in row["examples"]:
        text, _, place = line.lstrip("!").partition("|")
        examples.append(ExampleDraft(text.strip(), place.strip(), not line.startswith("!")))
    keep_rule(
        None, name=row["name"], agency=agency, reason=row["reason"], is_on=row["is_on"],
        conditions=blank | asked, examples=examples, actor=actor, now=now,
    )  # fmt: skip
