"""The system opens a link of a finding when a person asks it to; a worker does, and keeps how it went."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.supervision.links import Opened
from minxin.supervision.models import Finding, LinkLook
from minxin.supervision.queries.proofs import links_of
from minxin.supervision.rules.rectification import ENDED, State

PATIENCE = timedelta(minutes=10)  # after which a look that never came may be asked for again


@transaction.atomic
def ask_link_look(finding: Finding, *, actor: Staff, now: datetime) -> list[LinkLook]:
    """Ask for its links to be opened: that of the problem and that of the newest feedback. Raises
    `Refused` where there is none, the finding has ended, or one waits already."""
    row = Finding.objects.select_for_update().get(pk=finding.pk)
    agency = row.account.agency
    if not may(actor, Permission.RECTIFY_FINDINGS, agency) and not may(
        actor, Permission.ANSWER_FINDINGS, agency
    ):
        raise NotFound
    if State(row.state) in ENDED:
        raise Refused(_("问题已办结，不用再查看链接。"))
    links = links_of(row)
    if not links:
        raise Refused(_("这个问题没有可以打开的链接。"))
    waiting = LinkLook.objects.filter(finding=row, looked_at=None)
    if waiting.filter(asked_at__gt=now - PATIENCE).exists():
        raise Refused(_("系统正在打开链接，请稍后刷新。"))
    waiting.delete()
    looks = [
        LinkLook.objects.create(finding=row, url=each, asked_at=now, asked_by=actor)
        for each in links
    ]
    audit.record(actor, "finding.link_asked", row, agency=agency, after={"url": links}, now=now)
    return looks


def keep_link_look(look: LinkLook, opened: Opened, *, now: datetime) -> None:
    """How it answered; a look that was kept before stays as it is."""
    LinkLook.objects.filter(pk=look.pk, looked_at=None).update(
        looked_at=now, status=opened.status, final_url=opened.final_url[:500],
        failure=opened.failure.value if opened.failure else "",
    )  # fmt: skip
