"""Domains that no account may lead to: a list that supervisors keep, for their own branch of the tree."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.models import BadDomain
from minxin.supervision.rules.probing import good_domain


@transaction.atomic
def list_domain(
    *, agency: Agency, domain: str, kind: str, reason: str, actor: Staff, now: datetime
) -> BadDomain:
    """Put a domain, with everything below it, on the list of an agency and all below. One that was laid
    aside is in use again. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, agency)
    name = good_domain(domain)
    if not name:
        raise Refused(_("请填写域名，如 bad.example.com；也可以粘贴网址。"), field="domain")
    if len(reason.strip()) < 4:
        raise Refused(_("请写明依据，至少 4 个字。"), field="reason")
    row = BadDomain.objects.select_for_update().filter(agency=agency, domain=name).first()
    if row is not None and row.is_active:
        raise Refused(_("这个域名已经在名单里。"), field="domain")
    row = row or BadDomain(agency=agency, domain=name)
    row.kind, row.reason, row.is_active = BadDomain.Kind(kind), reason.strip()[:200], True
    row.added_by, row.added_at = actor, now
    row.save()
    after = {"domain": name, "kind": row.kind}
    audit.record(actor, "bad_domain.listed", row, after=after, reason=row.reason, now=now)
    return row


@transaction.atomic
def unlist_domain(row: BadDomain, *, actor: Staff, now: datetime) -> None:
    """Take a domain off the list; what was found stays. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, row.agency)
    if not BadDomain.objects.filter(pk=row.pk, is_active=True).update(is_active=False):
        raise Refused(_("这个域名已经不在名单里。"))
    audit.record(actor, "bad_domain.unlisted", row, before={"domain": row.domain}, now=now)
