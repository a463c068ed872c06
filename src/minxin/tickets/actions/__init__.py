"""All writes of tickets."""

from minxin.tickets.actions.applying import ask_extension, grant_extension, refuse_extension
from minxin.tickets.actions.asking_again import rate, reopen, withdraw
from minxin.tickets.actions.exchange import take_in
from minxin.tickets.actions.figures import check_facts, facts_are_behind, keep_facts
from minxin.tickets.actions.filing import file, unlink_citizen
from minxin.tickets.actions.flags import (
    flag,
    lift_flag,
    name_reader,
    reveal_contact,
    strike_reader,
)
from minxin.tickets.actions.handling import (
    accept,
    answer,
    answer_message,
    assign,
    classify,
    close,
    note,
    note_reading,
)
from minxin.tickets.actions.ledger import resume_clock, stop_clock
from minxin.tickets.actions.merging import follow, merge, stop_following, unmerge
from minxin.tickets.actions.owning import (
    arbitrate,
    ask_return,
    dispute,
    grant_return,
    refuse_return,
    sign,
)
from minxin.tickets.actions.pictures import drop_picture, forget_pictures, keep_picture
from minxin.tickets.actions.redirects import keep_redirect, not_accept, object_to
from minxin.tickets.actions.upkeep import (
    close_silently_accepted,
    keep_category,
    keep_preset,
    remind_of_deadlines,
)
from minxin.tickets.actions.wrongdoing import (
    close_wrongdoing,
    pass_on,
    read_wrongdoing,
    report_wrongdoing,
    set_apart,
)

__all__ = [
    "accept",
    "answer",
    "answer_message",
    "arbitrate",
    "ask_extension",
    "ask_return",
    "assign",
    "check_facts",
    "classify",
    "close",
    "close_silently_accepted",
    "close_wrongdoing",
    "dispute",
    "drop_picture",
    "facts_are_behind",
    "file",
    "flag",
    "follow",
    "forget_pictures",
    "grant_extension",
    "grant_return",
    "keep_category",
    "keep_facts",
    "keep_picture",
    "keep_preset",
    "keep_redirect",
    "lift_flag",
    "merge",
    "name_reader",
    "not_accept",
    "note",
    "note_reading",
    "object_to",
    "pass_on",
    "rate",
    "read_wrongdoing",
    "refuse_extension",
    "refuse_return",
    "remind_of_deadlines",
    "reopen",
    "report_wrongdoing",
    "resume_clock",
    "reveal_contact",
    "set_apart",
    "sign",
    "stop_clock",
    "stop_following",
    "strike_reader",
    "take_in",
    "unlink_citizen",
    "unmerge",
    "withdraw",
]
