"""From how sure on answers are given: set for an agency and all below it, or taken back to what is shipped."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import AlreadyDone, Refused
from minxin.knowledge.models import AnswerThreshold, GradedSet, IndexChange
from minxin.knowledge.queries.thresholds import THRESHOLDS_CHANGED
from minxin.knowledge.rules.thresholds import LEAST, MOST


def check_threshold(sure: float) -> None:
    """Refuse what cannot be set, before anything is tried with it."""
    if not LEAST <= sure <= MOST:
        words = _(
            "把握应在 %(least).0f%% 到 %(most).0f%% 之间：更低的应答从来没有给过，也没有人评定过。"
        )
        raise Refused(words % {"least": 100 * LEAST, "most": 100 * MOST}, field="percent")


@transaction.atomic
def keep_threshold(
    agency: Agency,
    sure: float,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    tried: dict[str, int] | None = None,
    chosen_on: GradedSet | None = None,
) -> None:
    """Set from how sure on (0 to 1) the accounts of an agency and of all below it answer, whatever holds above.
    `tried`: what the run against the graded sets showed, kept in the audit. Every index follows
    within two seconds."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, agency)
    check_threshold(sure)
    if not reason.strip():
        raise Refused(_("请写明理由。"), field="reason")
    held = AnswerThreshold.objects.select_for_update().filter(agency=agency).first()
    before = {"sure": held.sure if held else LEAST}
    row = held or AnswerThreshold(agency=agency)
    row.sure, row.reason, row.chosen_on = sure, reason.strip()[:300], chosen_on
    row.changed_by, row.changed_at = actor if isinstance(actor, Staff) else None, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else set it after it was looked for
        raise AlreadyDone(_("刚有人为这个单位设置了把握，请刷新后再看。")) from error
    audit.record(
        actor, "answer_threshold.kept", row, now=now, agency=agency, before=before,
        after={"sure": sure} | (tried or {}), reason=reason.strip()[:300],
    )  # fmt: skip
    IndexChange.objects.create(entry_id=THRESHOLDS_CHANGED)


@transaction.atomic
def drop_threshold(
    row: AnswerThreshold,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    tried: dict[str, int] | None = None,
) -> None:
    """Follow the agency above again, or what is shipped."""
    ensure_may(actor, Permission.EDIT_KNOWLEDGE, row.agency)
    if not reason.strip():
        raise Refused(_("请写明理由。"), field="reason")
    audit.record(
        actor, "answer_threshold.dropped", row, now=now, agency=row.agency,
        before={"sure": row.sure}, after=tried or {}, reason=reason.strip()[:300],
    )  # fmt: skip
    row.delete()
    IndexChange.objects.create(entry_id=THRESHOLDS_CHANGED)
