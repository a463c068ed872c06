"""What the register keeps of an account beside its settings."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.actions.arising import settle_opening
from minxin.accounts.models import Account, Filing
from minxin.accounts.queries.lifecycle import today_of
from minxin.agencies import audit
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDraft:
    """What is said of an account; see `accounts.models.Filing`."""

    number: str = ""
    platform_number: str = ""
    url: str = ""
    holder: str = ""
    certified_until: date | None = None
    supervising_unit: str = ""
    operating_unit: str = ""
    contract_until: date | None = None
    leader: str = ""
    responsible: str = ""
    keeper: str = ""
    interaction: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    updated_on: date | None = None


@transaction.atomic
def keep_filing(account: Account, draft: FilingDraft, *, actor: Actor, now: datetime) -> None:
    """Write what the register says of an account; nothing is written when nothing changed.

    A filing number that is given here ends an opening that waits to be filed and that nobody has
    worked on. Raises `Refused` for a link that is none, words that are too long, a day of closing before
    that of opening, or a last update that is still to come.
    """
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    kept = Filing.objects.select_for_update().filter(pk=account.pk).first()
    before = _said(kept or Filing(account=account))
    after = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(draft).items()
    }
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    filing = Filing(account=account, **after)
    _ensure_good(filing, today_of(now))
    filing.save(force_insert=kept is None)
    if filing.number and not before["number"]:
        settle_opening(account, filing.number, actor=actor, now=now)
    audit.record(
        actor,
        "account.filed",
        account,
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(after[name]) for name in changed},
        now=now,
    )


def _said(filing: Filing) -> dict[str, Any]:
    return {name: getattr(filing, name) for name in FilingDraft.__dataclass_fields__}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _ensure_good(filing: Filing, today: date) -> None:
    if filing.url and not filing.url.lower().startswith(("http://", "https://")):
        raise Refused(_("链接要以 http:// 或 https:// 开头。"), field="url")
    if filing.opened_on and filing.closed_on and filing.closed_on < filing.opened_on:
        raise Refused(_("注销日期不能早于开设日期。"), field="closed_on")
    if filing.updated_on and filing.updated_on > today:
        raise Refused(_("最近更新的日期不能晚于今天。"), field="updated_on")
    try:
        filing.clean_fields(exclude=["account"])
    except ValidationError as error:
        name, words = next(iter(error.message_dict.items()))
        raise Refused(words[0], field=name) from error
