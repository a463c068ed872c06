"""All writes of tickets."""

from minxin.tickets.actions.applying import ask_extension, grant_extension, refuse_extension
from minxin.tickets.actions.asking_again import rate, reopen, withdraw
from minxin.tickets.actions.batches import (
    answer_item,
    claim_batch,
    end_batch,
    ensure_answer,
    release_stalled_batches,
    resume_batch,
    start_batch,
    stop_batch,
)
from minxin.tickets.actions.calling_back import keep_call_back, note_call, redo
from minxin.tickets.actions.co_escalating import escalate_co_tasks
from minxin.tickets.actions.co_handling import (
    answer_co_task,
    name_co_handler,
    note_co_reading,
    recall_co_task,
    return_co_task,
    sign_co_task,
)
from minxin.tickets.actions.escalating import escalate, keep_rung, propose_talk, reconsider
from minxin.tickets.actions.exchange import forget_outside_contacts, note_read_in_full, take_in
from minxin.tickets.actions.figures import (
    check_facts,
    check_months,
    facts_are_behind,
    keep_facts,
    keep_months,
)
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
from minxin.tickets.actions.malicious import (
    appeal_malicious,
    confirm_malicious,
    expire_malicious,
    propose_malicious,
    refuse_appeal,
    refuse_malicious,
    uphold_appeal,
)
from minxin.tickets.actions.merging import follow, merge, stop_following, unmerge
from minxin.tickets.actions.notices import agree_to_notice, take_notice_back
from minxin.tickets.actions.owning import (
    arbitrate,
    ask_return,
    dispute,
    grant_return,
    refuse_return,
    sign,
)
from minxin.tickets.actions.pictures import drop_picture, forget_pictures, keep_picture
from minxin.tickets.actions.policies import keep_policy
from minxin.tickets.actions.presets import keep_preset, load_presets
from minxin.tickets.actions.publishing import (
    allow_publishing,
    refuse_publishing,
    release,
    revoke_publishing,
)
from minxin.tickets.actions.redirects import keep_redirect, not_accept, object_to
from minxin.tickets.actions.reviewing import (
    pass_reply,
    reply,
    send_back,
    submit_reply,
    take_back_reply,
)
from minxin.tickets.actions.sampling import (
    cancel_inspection,
    conclude_inspection,
    judge_reply,
    open_inspection,
    settle_reply,
)
from minxin.tickets.actions.supplementing import ask_time, resume_unanswered, supplement
from minxin.tickets.actions.survey import answer_survey, ask_surveys
from minxin.tickets.actions.upkeep import (
    archive,
    archive_closed,
    close_silently_accepted,
    keep_category,
)
from minxin.tickets.actions.wrongdoing import (
    close_wrongdoing,
    pass_on,
    read_wrongdoing,
    refuse_wrongdoing,
    report_wrongdoing,
    set_apart,
)

__all__ = [
    "accept",
    "agree_to_notice",
    "allow_publishing",
    "answer",
    "answer_co_task",
    "answer_item",
    "answer_message",
    "answer_survey",
    "appeal_malicious",
    "arbitrate",
    "archive",
    "archive_closed",
    "ask_extension",
    "ask_return",
    "ask_surveys",
    "ask_time",
    "assign",
    "cancel_inspection",
    "check_facts",
    "check_months",
    "claim_batch",
    "classify",
    "close",
    "close_silently_accepted",
    "close_wrongdoing",
    "conclude_inspection",
    "confirm_malicious",
    "dispute",
    "drop_picture",
    "end_batch",
    "ensure_answer",
    "escalate",
    "escalate_co_tasks",
    "expire_malicious",
    "facts_are_behind",
    "file",
    "flag",
    "follow",
    "forget_outside_contacts",
    "forget_pictures",
    "grant_extension",
    "grant_return",
    "judge_reply",
    "keep_call_back",
    "keep_category",
    "keep_facts",
    "keep_months",
    "keep_picture",
    "keep_policy",
    "keep_preset",
    "keep_redirect",
    "keep_rung",
    "lift_flag",
    "load_presets",
    "merge",
    "name_co_handler",
    "name_reader",
    "not_accept",
    "note",
    "note_call",
    "note_co_reading",
    "note_read_in_full",
    "note_reading",
    "object_to",
    "open_inspection",
    "pass_on",
    "pass_reply",
    "propose_malicious",
    "propose_talk",
    "rate",
    "read_wrongdoing",
    "recall_co_task",
    "reconsider",
    "redo",
    "refuse_appeal",
    "refuse_extension",
    "refuse_malicious",
    "refuse_publishing",
    "refuse_return",
    "refuse_wrongdoing",
    "release",
    "release_stalled_batches",
    "reopen",
    "reply",
    "report_wrongdoing",
    "resume_batch",
    "resume_clock",
    "resume_unanswered",
    "return_co_task",
    "reveal_contact",
    "revoke_publishing",
    "send_back",
    "set_apart",
    "settle_reply",
    "sign",
    "sign_co_task",
    "start_batch",
    "stop_batch",
    "stop_clock",
    "stop_following",
    "strike_reader",
    "submit_reply",
    "supplement",
    "take_back_reply",
    "take_in",
    "take_notice_back",
    "unlink_citizen",
    "unmerge",
    "uphold_appeal",
    "withdraw",
]
