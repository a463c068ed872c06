"""The rules of routing: kept, ordered, switched; no change takes effect whose examples come out wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.divisions import whole_code
from minxin.core.errors import Refused
from minxin.tickets.models import RoutingExample, RoutingRule, RoutingSetting
from minxin.tickets.queries import routing as queries
from minxin.tickets.rules import SHORTEST_TEXT
from minxin.tickets.rules.routing import (
    LEAST_THRESHOLD,
    MOST_THRESHOLD,
    Conditions,
    Rule,
    failing,
)

MOST_EXAMPLES = 20
FIELDS = ("words", "without", "places", "nature", "category", "account", "from_time", "until_time",
          "valid_from", "valid_until")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExampleDraft:
    """An example as it was typed."""

    text: str
    place: str = ""
    is_met: bool = True


def _may(actor: Staff) -> None:
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)


@transaction.atomic
def keep_rule(
    rule: RoutingRule | None,
    *,
    name: str,
    agency: Agency,
    reason: str,
    is_on: bool,
    conditions: Mapping[str, Any],
    examples: Sequence[ExampleDraft],
    actor: Staff,
    now: datetime,
) -> RoutingRule:
    """Add a rule (as the last) or change one, with its examples. `conditions`: the fields of `Conditions`,
    category and account as rows.

    A rule that is on needs an example that it decides; all examples of all rules that are on are run first.
    """
    _may(actor)
    if not agency.is_active:
        raise Refused(_("这个单位已停用，请另选。"), field="agency")
    if len(examples) > MOST_EXAMPLES:
        raise Refused(_("一条规则最多 20 个例子。"), field="examples")
    before = _said(rule) if rule else None
    kept = rule or RoutingRule(position=_last() + 1)
    kept.name, kept.agency, kept.reason, kept.is_on = name.strip(), agency, reason.strip(), is_on
    for field in FIELDS:
        setattr(kept, field, conditions[field])
    asked = queries.conditions_of(kept)
    _ensure_whole(asked)
    kept.changed_by, kept.changed_at = actor, now
    kept.save()
    kept.examples.all().delete()
    RoutingExample.objects.bulk_create(
        RoutingExample(
            rule=kept, text=each.text.strip()[:500], place=each.place.strip(), is_met=each.is_met
        )
        for each in examples
        if each.text.strip()
    )
    if is_on and not kept.examples.filter(is_met=True).exists():
        raise Refused(_("启用之前，至少写一个应由这条规则决定的例子。"), field="examples")
    _ensure_tested("examples")
    audit.record(
        actor, "routing_rule.kept", kept, now=now, agency=agency, before=before, after=_said(kept)
    )
    return kept


def _ensure_whole(asked: Conditions) -> None:
    if asked.is_empty:
        raise Refused(_("至少写一个条件；只写“不含这些词”不够。"), field="words")
    if (asked.from_time is None) != (asked.until_time is None):
        raise Refused(_("时间段要写起止两头。"), field="until_time")
    if asked.valid_from and asked.valid_until and asked.valid_until < asked.valid_from:
        raise Refused(_("有效期的结束不能早于开始。"), field="valid_until")


def _said(rule: RoutingRule) -> dict[str, Any]:
    said = {field: getattr(rule, field) for field in FIELDS}
    said = {field: str(value) for field, value in said.items() if value}
    return said | {"name": rule.name, "agency": rule.agency.code, "is_on": rule.is_on}


def _last() -> int:
    return int(RoutingRule.objects.aggregate(last=Max("position"))["last"] or 0)


def _ensure_tested(field: str = "") -> None:
    """Refuse, and with it undo, a change after which an example of a rule that is on comes out wrong."""
    rows = list(RoutingRule.objects.filter(is_on=True).prefetch_related("examples"))
    rules = [Rule(row.pk, row.name, queries.conditions_of(row), row.agency_id) for row in rows]
    wrong = failing(rules, queries.examples_of(rows))
    if not wrong:
        return
    names = {row.pk: row.name for row in rows}
    texts = {each.pk: each.text for row in rows for each in row.examples.all()}
    said = "；".join(
        _("“%(text)s”应%(should)s“%(rule)s”，现在%(did)s")
        % {
            "text": texts[example.number][:30],
            "should": _("由规则") if example.is_met else _("不由规则"),
            "rule": names[example.rule],
            "did": _("由“%(rule)s”决定") % {"rule": decided.rule.name}
            if decided
            else _("没有规则决定"),
        }
        for example, decided in wrong[:3]
    )
    raise Refused(
        _("没有保存：%(count)s 个例子的结果不对。%(said)s。") % {"count": len(wrong), "said": said},
        field=field,
    )


@transaction.atomic
def move_rule(rule: RoutingRule, *, is_up: bool, actor: Staff, now: datetime) -> None:
    """Change places with the rule before or after."""
    _may(actor)
    rows = list(RoutingRule.objects.select_for_update().order_by("position", "id"))
    at = next((at for at, row in enumerate(rows) if row.pk == rule.pk), 0)
    other = at - 1 if is_up else at + 1
    if not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for position, row in enumerate(rows, start=1):
        row.position = position
    RoutingRule.objects.bulk_update(rows, ["position"])
    _ensure_tested()
    audit.record(
        actor, "routing_rule.moved", rule, now=now, agency=rule.agency,
        before={"position": at + 1}, after={"position": other + 1},
    )  # fmt: skip


@transaction.atomic
def switch_rule(rule: RoutingRule, *, is_on: bool, actor: Staff, now: datetime) -> None:
    """Let a rule hold, or no more."""
    _may(actor)
    fresh = RoutingRule.objects.select_for_update().get(pk=rule.pk)
    if fresh.is_on == is_on:
        return
    if is_on and not fresh.examples.filter(is_met=True).exists():
        raise Refused(_("启用之前，至少写一个应由这条规则决定的例子。"))
    if is_on and not fresh.agency.is_active:
        raise Refused(_("这个单位已停用，请另选。"))
    fresh.is_on, fresh.changed_by, fresh.changed_at = is_on, actor, now
    fresh.save(update_fields=["is_on", "changed_by", "changed_at"])
    _ensure_tested()
    audit.record(
        actor, "routing_rule.switched", fresh, now=now, agency=fresh.agency, after={"is_on": is_on}
    )


@transaction.atomic
def remove_rule(rule: RoutingRule, *, reason: str, actor: Staff, now: datetime) -> None:
    """Take a rule away with its examples; what it decided stays decided."""
    _may(actor)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    audit.record(
        actor, "routing_rule.removed", rule, now=now, agency=rule.agency, before=_said(rule),
        reason=reason,
    )  # fmt: skip
    rule.delete()
    _ensure_tested()


@transaction.atomic
def keep_threshold(
    *, region_code: str, threshold: float, actor: Staff, now: datetime
) -> RoutingSetting:
    """Set from how sure on the system assigns by itself in a region ("" for all others)."""
    _may(actor)
    code = whole_code(region_code)
    if region_code.strip() and not code:
        raise Refused(_("区划代码是 6、9 或 12 位数字。"), field="region_code")
    if not LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
        raise Refused(_("把握应在 50% 到 99.9% 之间。"), field="percent")
    row, _is_new = RoutingSetting.objects.update_or_create(
        region_code=code,
        defaults={"threshold": threshold, "changed_by": actor, "changed_at": now},
    )
    audit.record(
        actor, "routing.threshold_kept", row, now=now,
        after={"region_code": code, "threshold": threshold},
    )  # fmt: skip
    return row
