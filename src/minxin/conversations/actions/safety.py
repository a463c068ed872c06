"""What is listened for and told is kept; who said it is put before people as urgent."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minxin.agencies import audit
from minxin.agencies.actions import notify_staff
from minxin.agencies.queries import ensure_may_everywhere, staff_who_may
from minxin.agencies.rules import Permission
from minxin.conversations.models import Dialogue, Hotline, SafetyRule
from minxin.conversations.queries.safety import codes_of
from minxin.conversations.rules.safety import (
    LONGEST_PHRASE,
    MOST_PHRASES,
    SHORTEST_PHRASE,
    is_number,
    lines_of,
)
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.text.alarms import parts_of

_REGIONS = {2, 4, 6, 9, 12}
TOLD = gettext_noop("有市民可能需要紧急帮助（%(name)s），请马上查看会话")


@transaction.atomic
def flag_urgent(citizen_key: str, name: str, *, now: datetime) -> bool:
    """A citizen said something that must not wait: her conversation stands first, who may answer it is told.
    Whether that is news. Her message is the record."""
    row = (
        Dialogue.objects.select_for_update(of=("self",))
        .select_related("account__agency", "handled_by")
        .get(pk=citizen_key)
    )
    is_news = row.urgent_at is None
    if is_news:
        row.urgent_at, row.urgent_for = now, name
    row.wants_person_at = row.wants_person_at or now
    row.last_message_at, row.closed_at = now, None
    row.save(
        update_fields=[
            "urgent_at", "urgent_for", "wants_person_at", "last_message_at", "closed_at",
        ]
    )  # fmt: skip
    if is_news:
        people = staff_who_may(Permission.ANSWER_CONVERSATIONS, row.owner)
        link = f"/console/inbox/{citizen_key}/"
        notify_staff(people, TOLD % {"name": name}, kind="distress", link=link, now=now)
    return is_news


@transaction.atomic
def keep_hotline(
    *,
    code: str,
    name: str,
    number: str,
    source: str = "",
    region_code: str = "",
    is_active: bool = True,
    is_new: bool = False,
    actor: Actor,
    now: datetime,
) -> Hotline:
    """Add or change a number; `is_new`: refused where the code is taken in that region."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    name, number = name.strip(), number.strip()
    if not name:
        raise Refused(_("请填写名称。"), field="name")
    if not is_number(number):
        raise Refused(_("请填写能拨打的号码，例如 110 或 0571-12345678。"), field="number")
    region = _region(region_code)
    known = Hotline.objects.filter(code=code, region_code=region).first()
    _ensure_new(known, is_new=is_new)
    if known is not None and known.is_active and not is_active:
        used = _rules_with(code)
        if used:
            raise Refused(
                _("“%(names)s”还在用这个电话，请先改那里。") % {"names": "、".join(used)},
                field="is_active",
            )
    given = {
        "name": name[:60],
        "number": number,
        "source": source.strip()[:200],
        "is_active": is_active,
    }
    before = _facts(known, given)
    row, _is_new = Hotline.objects.update_or_create(
        code=code, region_code=region, defaults=given | {"changed_at": now}
    )
    audit.record(actor, "hotline.kept", row, now=now, before=before, after=given)
    return row


@transaction.atomic
def keep_safety_rule(
    *,
    code: str,
    name: str,
    phrases: str,
    exceptions: str,
    words: str,
    hotlines: str,
    region_code: str = "",
    is_active: bool = True,
    is_new: bool = False,
    actor: Actor,
    now: datetime,
) -> SafetyRule:
    """Add or change what is listened for; it holds within seconds. Refused where a phrase is too short to mean
    anything, or no number would be told."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    check_phrases(phrases, exceptions)
    if not name.strip():
        raise Refused(_("请填写名称。"), field="name")
    if len(words.strip()) < 5:
        raise Refused(_("请写明先对市民说的话。"), field="words")
    codes = codes_of(hotlines)
    known_codes = set(Hotline.objects.filter(is_active=True).values_list("code", flat=True))
    unknown = [each for each in codes if each not in known_codes]
    if unknown or not codes:
        raise Refused(_("请至少选择一个启用的求助电话。"), field="hotlines")
    region = _region(region_code)
    known = SafetyRule.objects.filter(code=code, region_code=region).first()
    _ensure_new(known, is_new=is_new)
    given = {
        "name": name.strip()[:60], "phrases": "\n".join(lines_of(phrases)),
        "exceptions": "\n".join(lines_of(exceptions)), "words": words.strip()[:200],
        "hotlines": ",".join(codes), "is_active": is_active,
    }  # fmt: skip
    before = _facts(known, given)
    row, _is_new = SafetyRule.objects.update_or_create(
        code=code, region_code=region, defaults=given | {"changed_at": now}
    )
    audit.record(actor, "safety_rule.kept", row, now=now, before=before, after=given)
    return row


def check_phrases(phrases: str, exceptions: str) -> None:
    """`Refused` with the field and the line that cannot be listened for."""
    lines = lines_of(phrases)
    if not lines:
        raise Refused(_("请至少写一个说法。"), field="phrases")
    for field, found in (("phrases", lines), ("exceptions", lines_of(exceptions))):
        if len(found) > MOST_PHRASES:
            raise Refused(_("最多 %(most)s 行。") % {"most": MOST_PHRASES}, field=field)
        for line in found:
            parts = parts_of(line)
            if not parts or max(map(len, parts)) < SHORTEST_PHRASE or len(line) > LONGEST_PHRASE:
                raise Refused(
                    _("“%(line)s”太短或太长：每行 2 到 40 个字。") % {"line": line[:20]},
                    field=field,
                )


def _rules_with(code: str) -> list[str]:
    rows = SafetyRule.objects.filter(Q(hotlines__contains=code), is_active=True)
    return [row.name for row in rows if code in codes_of(row.hotlines)]


def _ensure_new(known: Any, *, is_new: bool) -> None:
    if is_new and known is not None:
        raise Refused(
            _("这个代码已经有了：%(name)s。请换一个，或修改那一条。") % {"name": known},
            field="code",
        )


def _region(code: str) -> str:
    region = code.strip()
    if region and not (region.isdigit() and len(region) in _REGIONS):
        raise Refused(_("区划代码只填数字，例如 330100；留空为通用。"), field="region_code")
    return region


def _facts(row: Any, given: dict[str, Any]) -> dict[str, Any] | None:
    return None if row is None else {name: getattr(row, name) for name in given}
