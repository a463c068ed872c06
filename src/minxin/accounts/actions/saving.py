"""Saving an account, so that every process hears of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from minxin.accounts.models import Account


def save_account(account: Account, fields: Sequence[str], now: datetime) -> None:
    """Save and raise the revision, which tells every gateway to read the settings again."""
    account.updated_at = now
    account.revision = F("revision") + 1
    account.save(update_fields=[*fields, "updated_at", "revision"])
    account.refresh_from_db(fields=["revision"])
