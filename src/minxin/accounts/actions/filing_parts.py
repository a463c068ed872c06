"""What the actions of a filing share: the locked row, whose turn it is, who is told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from minxin.accounts.models import LifecycleFiling
from minxin.accounts.queries.lifecycle import may_take, reviewer_agency
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.accounts.wording import KINDS
from minxin.agencies.actions import notify_staff
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import staff_who_may, staff_with
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused

LINK = "/console/accounts/filings/%s/"


def locked_filing(filing: LifecycleFiling) -> LifecycleFiling:
    """Its row with the account, locked until the transaction ends."""
    row = LifecycleFiling.objects.select_for_update(of=("self",)).select_related(
        "account__agency__parent"
    )
    return row.get(pk=filing.pk)


def ensure_may_take(staff: Staff, row: LifecycleFiling) -> None:
    """Raises unless the next step is hers."""
    if may_take(staff, row):
        return
    if row.step == Step.APPROVE and row.signer_id == staff.pk:
        raise Refused(_("您登记了签字，审核要由另一个人办理。"))
    raise NotFound


def needed(text: str, field: str, words: str, most: int) -> str:
    """The text without what surrounds it; raises `Refused` when it is missing or too long."""
    text = text.strip()
    if not text:
        raise Refused(words, field=field)
    if len(text) > most:
        raise Refused(_("最多写 %(most)s 个字。") % {"most": most}, field=field)
    return text


def keepers_of(agency: Agency) -> QuerySet[Staff]:
    """Who is told what a unit has to do: its own people, or those above who keep its accounts."""
    own = staff_with(Permission.EDIT_ACCOUNTS, agency)
    return own if own.exists() else staff_who_may(Permission.EDIT_ACCOUNTS, agency)


def reviewers_of(row: LifecycleFiling) -> QuerySet[Staff]:
    """Who may approve it."""
    agency = reviewer_agency(row.account.agency)
    people = staff_who_may(Permission.REVIEW_FILINGS, agency)
    return people.exclude(pk=row.signer_id or 0)


def notify_of(
    row: LifecycleFiling, words: str, people: QuerySet[Staff], now: datetime, **more: str
) -> int:
    """Tell people of a filing; how many were told. In Chinese; who reads it sees her own language."""
    with translation.override("zh-hans"):
        kind, account = str(KINDS[Kind(row.kind)]), row.account
        name = f"{account.name}（{account.get_platform_display()}）"
    text = words % {"account": name, "kind": kind, **more}
    return notify_staff(people, text, kind="filing", link=LINK % row.pk, now=now)
