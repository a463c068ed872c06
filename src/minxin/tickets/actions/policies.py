"""An agency decides how its tickets are handled; what it decides holds at once, below it too."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency
from minxin.agencies.queries import ensure_may, staff_who_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.tickets.models import HandlingPolicy
from minxin.tickets.rules.policies import BOUNDS, NAMES


@transaction.atomic
def keep_policy(agency: Agency, values: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Set rules of handling by their names (`rules.policies.NAMES`); None: as the agency above.

    Review is not switched on where nobody may review: replies would wait for ever.
    """
    ensure_may(actor, Permission.EDIT_SETTINGS, agency)
    if unknown := set(values) - set(NAMES):
        raise ValueError(f"no rules of handling: {sorted(unknown)}")
    if values.get("needs_review") and not staff_who_may(Permission.REVIEW_REPLIES, agency).exists():
        raise Refused(
            _("还没有人能审核答复。请先在这个单位或上级单位设审核员。"), field="needs_review"
        )
    for name, (least, most) in BOUNDS.items():
        days = values.get(name)
        if days is not None and not least <= days <= most:
            raise Refused(
                _("天数应在 %(least)s 到 %(most)s 之间。") % {"least": least, "most": most},
                field=name,
            )
    row = HandlingPolicy.objects.select_for_update(of=("self",)).filter(agency=agency).first()
    row = row or HandlingPolicy(agency=agency)
    before = {name: getattr(row, name) for name in values}
    if before == values and row.pk is not None:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    audit.record(actor, "policy.kept", agency, now=now, agency=agency, before=before, after=values)
