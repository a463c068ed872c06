"""All writes of the register. Credentials are encrypted and never reach the audit."""

from minxin.accounts.actions.connecting import connect, keep_results
from minxin.accounts.actions.filing import FilingDraft, keep_filing
from minxin.accounts.actions.platforms import (
    keep_authorization,
    keep_code,
    keep_platform,
    keep_ticket,
    link_authorization,
    withdraw_authorization,
)
from minxin.accounts.actions.register import (
    change_status,
    close,
    note_callback_verified,
    register,
    set_credentials,
    set_greetings,
    set_menu,
    transfer,
    update,
)
from minxin.accounts.quotas import Budget, BudgetSpent, give_back, note_limit, spend, take

__all__ = [
    "Budget", "BudgetSpent", "FilingDraft", "change_status", "close", "connect", "give_back", "keep_authorization", "keep_code", "keep_filing", "keep_platform",
    "keep_results", "keep_ticket", "link_authorization",
    "note_callback_verified", "note_limit", "register", "set_credentials", "set_greetings", "set_menu", "spend", "take",
    "transfer", "update", "withdraw_authorization",
]  # fmt: skip
