"""What citizens hear of working hours, and who decides it."""

from datetime import datetime

from django.db import transaction

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.conversations.models import Dialogue, OutOfHours
from minxin.conversations.queries.hours import Office, office_of


def tell_out_of_hours(citizen_key: str, *, account_id: int, now: datetime) -> tuple[Office, bool]:
    """The office of an account, and whether a citizen is to be told now that nobody is there: out of hours,
    where the account does so, once until it opens again. Her own message is the record."""
    account = Account.objects.select_related("agency").get(pk=account_id)
    office = office_of(account, now=now)
    if office.opens_at is None or not office.is_told:
        return office, False
    # Of two messages at once only one changes the row.
    told = Dialogue.objects.filter(pk=citizen_key).exclude(away_until=office.opens_at)
    return office, bool(told.update(away_until=office.opens_at))


@transaction.atomic
def set_out_of_hours(account: Account, *, is_told: bool, actor: Staff, now: datetime) -> None:
    """Whether this account tells citizens out of hours when somebody is there again."""
    ensure_may(actor, Permission.EDIT_ACCOUNTS, account.agency)
    row, _ = OutOfHours.objects.select_for_update().get_or_create(account=account)
    if row.is_told == is_told:
        return
    row.is_told = is_told
    row.save(update_fields=["is_told"])
    audit.record(
        actor, "account.out_of_hours_set", account, now=now, before={"is_told": not is_told},
        after={"is_told": is_told},
    )  # fmt: skip
