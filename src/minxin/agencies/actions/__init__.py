"""All writes: the tree, staff and their roles, passwords, the calendar, notices."""

from minxin.agencies.actions.asking import (
    ask_fields,
    count_fields,
    escalate,
    tell_asked,
    waive_escalation,
)
from minxin.agencies.actions.calendar import (
    clear_calendar_day,
    enter_holiday_notice,
    keep_hours,
    remove_hours,
    set_calendar_day,
)
from minxin.agencies.actions.divisions import keep_division, remove_division
from minxin.agencies.actions.notices import notify_staff, read_notices
from minxin.agencies.actions.reaching import (
    ChannelDraft,
    ReachDraft,
    keep_channel,
    keep_pace,
    keep_reach,
)
from minxin.agencies.actions.reminding import forget_reminders, plan_reminders
from minxin.agencies.actions.staff import (
    add_staff,
    change_password,
    choose_agency,
    choose_language,
    deactivate_staff,
    grant_role,
    note_sign_in,
    reactivate_staff,
    reset_password,
    update_staff,
    withdraw_role,
)
from minxin.agencies.actions.tree import (
    AddedAgencies,
    add_agencies,
    add_agency,
    change_agency,
    move_agency,
    rename_agency,
    restore_agency,
    retire_agency,
)

__all__ = [
    "AddedAgencies",
    "ChannelDraft",
    "ReachDraft",
    "add_agencies",
    "add_agency",
    "add_staff",
    "ask_fields",
    "change_agency",
    "change_password",
    "choose_agency",
    "choose_language",
    "clear_calendar_day",
    "count_fields",
    "deactivate_staff",
    "enter_holiday_notice",
    "escalate",
    "forget_reminders",
    "grant_role",
    "keep_channel",
    "keep_division",
    "keep_hours",
    "keep_pace",
    "keep_reach",
    "move_agency",
    "note_sign_in",
    "notify_staff",
    "plan_reminders",
    "reactivate_staff",
    "read_notices",
    "remove_division",
    "remove_hours",
    "rename_agency",
    "reset_password",
    "restore_agency",
    "retire_agency",
    "set_calendar_day",
    "tell_asked",
    "update_staff",
    "waive_escalation",
    "withdraw_role",
]
