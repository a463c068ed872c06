"""All writes of the register. Credentials are encrypted and never reach the audit."""

from minxin.accounts.actions.connecting import connect, keep_results
from minxin.accounts.actions.filing import FilingDraft, keep_filing
from minxin.accounts.actions.filing_reminding import remind_of_filings
from minxin.accounts.actions.import_writing import (
    CHUNK,
    CHUNK_UNDONE,
    advance_register_import,
    undo_rows,
)
from minxin.accounts.actions.importing import (
    accept_row,
    forget_register_imports,
    keep_comparison,
    match_columns,
)
from minxin.accounts.actions.lifecycle import (
    FilingTold,
    amend_filing,
    begin_filing,
    keep_announcement,
    return_filing,
    withdraw_filing,
)
from minxin.accounts.actions.platforms import (
    keep_authorization,
    keep_code,
    keep_platform,
    keep_ticket,
    link_authorization,
    withdraw_authorization,
)
from minxin.accounts.actions.register import (
    note_callback_verified,
    register,
    set_credentials,
    set_greetings,
    set_menu,
    update,
)
from minxin.accounts.actions.sheet_jobs import (
    claim_sheet,
    confirm_sheet,
    end_sheet,
    forget_sheet_files,
    release_stalled_sheets,
    resume_sheet,
    start_sheet,
    stop_sheet,
    undo_sheet,
)
from minxin.accounts.actions.standing import change_status, close, transfer
from minxin.accounts.actions.stepping import StepTaken, take_step
from minxin.accounts.quotas import Budget, BudgetSpent, give_back, note_limit, spend, take

__all__ = [
    "CHUNK",
    "CHUNK_UNDONE",
    "Budget",
    "BudgetSpent",
    "FilingDraft",
    "FilingTold",
    "StepTaken",
    "accept_row",
    "advance_register_import",
    "amend_filing",
    "begin_filing",
    "change_status",
    "claim_sheet",
    "close",
    "confirm_sheet",
    "connect",
    "end_sheet",
    "forget_register_imports",
    "forget_sheet_files",
    "give_back",
    "keep_announcement",
    "keep_authorization",
    "keep_code",
    "keep_comparison",
    "keep_filing",
    "keep_platform",
    "keep_results",
    "keep_ticket",
    "link_authorization",
    "match_columns",
    "note_callback_verified",
    "note_limit",
    "register",
    "release_stalled_sheets",
    "remind_of_filings",
    "resume_sheet",
    "return_filing",
    "set_credentials",
    "set_greetings",
    "set_menu",
    "spend",
    "start_sheet",
    "stop_sheet",
    "take",
    "take_step",
    "transfer",
    "undo_rows",
    "undo_sheet",
    "update",
    "withdraw_authorization",
    "withdraw_filing",
]  # fmt: skip
