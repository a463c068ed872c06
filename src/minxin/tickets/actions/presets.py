"""What a region promises, kept by who keeps the whole installation. Promises already given stay."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.core.working_time import Span
from minxin.tickets.models import DeadlinePreset, Nature
from minxin.tickets.presets import shipped
from minxin.tickets.rules import limits

URGENCIES = frozenset(DeadlinePreset.Urgency.values)


@transaction.atomic
def keep_preset(
    *,
    code: str,
    name: str,
    nature: str,
    limit: Span,
    is_active: bool,
    source: str = "",
    version: str = "",
    region_code: str = "",
    urgency: str = DeadlinePreset.Urgency.ORDINARY,
    sign: Span | None = None,
    complex: Span | None = None,
    yellow: Span | None = None,
    red: Span | None = None,
    is_verified: bool = False,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> DeadlinePreset:
    """Add or change the line of a table for one nature, ordinary or urgent. One that is adopted takes the
    place of the one adopted before for the same region. The audit has what changed.

    Raises `Refused`, with the field that is wrong.
    """
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    _check(limit, sign, complex, yellow, red)
    if nature not in Nature.values or urgency not in URGENCIES:
        raise Refused(_("请选择诉求性质和缓急。"), field="nature")
    if not name.strip():
        raise Refused(_("请填写名称。"), field="name")
    if is_active:
        DeadlinePreset.objects.filter(
            nature=nature, urgency=urgency, region_code=region_code, is_active=True
        ).exclude(code=code, version=version).update(is_active=False)
    wanted: dict[str, object] = {
        "name": name.strip()[:80], "source": source.strip()[:200], "region_code": region_code,
        "is_verified": is_verified, "note": note.strip()[:200], "is_active": is_active,
        "amount": limit.amount, "unit": limit.unit.value,
    }  # fmt: skip
    for part, span in (("sign", sign), ("complex", complex), ("yellow", yellow), ("red", red)):
        wanted[f"{part}_amount"] = span.amount if span else None
        if span:
            wanted[f"{part}_unit"] = span.unit.value
    preset = DeadlinePreset.objects.filter(
        code=code, version=version, nature=nature, urgency=urgency
    ).first() or DeadlinePreset(code=code, version=version, nature=nature, urgency=urgency)
    is_new = preset.pk is None
    changed = [key for key, value in wanted.items() if is_new or getattr(preset, key) != value]
    before = None if is_new else {key: getattr(preset, key) for key in changed}
    for key in changed:
        setattr(preset, key, wanted[key])
    preset.save()
    audit.record(
        actor, "preset.kept", preset, now=now, before=before,
        after={key: wanted[key] for key in changed},
    )  # fmt: skip
    return preset


@transaction.atomic
def load_presets(*, actor: Actor, now: datetime) -> int:
    """Add the lines of the shipped tables that are not there yet, none of them adopted; how many. What
    somebody changed stays as it is."""
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    known = set(DeadlinePreset.objects.values_list("code", "version", "nature", "urgency"))
    added = 0
    for line in shipped():
        urgency = line.get("urgency", DeadlinePreset.Urgency.ORDINARY.value)
        if (line["code"], line["version"], line["nature"], urgency) in known:
            continue
        keep_preset(**line, is_active=False, actor=actor, now=now)
        added += 1
    return added


def _check(
    limit: Span, sign: Span | None, complex_: Span | None, yellow: Span | None, red: Span | None
) -> None:
    for field, span in (("amount", limit), ("sign_amount", sign), ("complex_amount", complex_)):
        if span is not None and not 1 <= span.amount <= limits.MOST[span.unit]:
            words = _("时限应在 1 到 %(most)s 之间。")
            raise Refused(words % {"most": limits.MOST[span.unit]}, field=field)
    if sign and sign.unit is limit.unit and sign.amount > limit.amount:
        raise Refused(_("签收时限不能长于办理时限。"), field="sign_amount")
    if complex_ and complex_.unit is limit.unit and complex_.amount < limit.amount:
        raise Refused(_("复杂事项的时限不能短于办理时限。"), field="complex_amount")
    if (yellow is None) != (red is None):
        raise Refused(_("黄灯和红灯的界限要么都填，要么都不填。"), field="red_amount")
    if yellow and red and yellow.unit is red.unit and yellow.amount < red.amount:
        raise Refused(_("黄灯应早于红灯。"), field="yellow_amount")
