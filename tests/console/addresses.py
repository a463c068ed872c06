"""Every named address of console and portal, pointed at something that belongs to somebody else.

`tests/console/test_every_address.py` walks the resolver and demands a row here for each name, so an
address cannot be added without saying what a stranger to its objects must get.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from minxin.accounts.models import Account, LifecycleFiling, RegisterImport, ThirdPartyPlatform
from minxin.agencies.models import (
    Agency,
    ApiKey,
    AuditEntry,
    CalendarDay,
    LocalDivision,
    ReminderChannel,
    Staff,
)
from minxin.conversations.models import (
    Comment,
    Dialogue,
    Hotline,
    Message,
    Outgoing,
    SafetyRule,
    SavedReply,
    Tag,
)
from minxin.knowledge.models import (
    AnswerConflict,
    BasisReview,
    DocumentImport,
    Entry,
    EntryProposal,
    GradedSet,
    ImportJob,
    Intent,
    ModelCall,
    RepealProposal,
    SynonymSet,
    UnansweredQuestion,
    UpperReview,
)
from minxin.knowledge.models import Document as Paper
from minxin.reports.models import Document, DocumentFile
from minxin.supervision.models import (
    BackTest,
    BadDomain,
    Campaign,
    Candidate,
    DutyEvent,
    Evidence,
    Exemption,
    Feedback,
    Finding,
    Hit,
    Inspection,
    PatrolImport,
    ProbeStep,
    RectificationNotice,
    RelayTask,
    WordList,
)
from minxin.tickets.models import (
    Attachment,
    BatchAnswer,
    CityPlatform,
    CoTask,
    DeadlinePreset,
    HandoverDifference,
    IntakeMode,
    LadderStep,
    OwnershipDecision,
    Redirect,
    ReplyInspection,
    Responsibility,
    ResponsibilityImport,
    RouterModel,
    RoutingRule,
    Ticket,
    TicketImport,
    TicketWebhook,
    WrongdoingReport,
)
from tests.support.city import APP_ID

NEW_PASSWORD = "Harbour-lantern-Window-9"


@dataclass(frozen=True, slots=True)
class Theirs:
    """What belongs to the police and to 小林: the objects that the addresses are pointed at."""

    ticket: Ticket
    inspected: ReplyInspection
    twin: Ticket
    batch: BatchAnswer
    dialogue: Dialogue
    entry: Entry
    unanswered: UnansweredQuestion
    intent: Intent
    basis: BasisReview
    upper: UpperReview
    conflict: AnswerConflict
    proposal: RepealProposal
    entry_proposal: EntryProposal
    staff_reply: Message
    outgoing: Outgoing
    job: ImportJob
    register: RegisterImport
    patrol: PatrolImport
    account: Account
    filing: LifecycleFiling
    platform: ThirdPartyPlatform
    agency: Agency
    colleague: Staff
    audited: AuditEntry
    preset: DeadlinePreset
    division: LocalDivision
    day: CalendarDay
    urged: LadderStep
    candidate: Candidate
    evidence: Evidence
    finding: Finding
    notice: RectificationNotice
    word_list: WordList
    hit: Hit
    exemption: Exemption
    trial: BackTest
    feedback: Feedback
    campaign: Campaign
    waiting: Inspection
    released: Inspection
    channel: ReminderChannel
    key: ApiKey
    city_platform: CityPlatform
    mode: IntakeMode
    difference: HandoverDifference
    document: Document
    made: DocumentFile
    step: ProbeStep
    bad_domain: BadDomain
    relay: RelayTask
    event: DutyEvent
    picture: Attachment
    tag: Tag
    duty: Responsibility
    routing_rule: RoutingRule
    router: RouterModel
    duties: ResponsibilityImport
    sheet: TicketImport
    hook: TicketWebhook
    decision: OwnershipDecision
    ready: SavedReply
    synonyms: SynonymSet
    graded: GradedSet
    call: ModelCall
    comment: Comment
    paper: Paper
    taking: DocumentImport
    said: Message
    co_task: CoTask
    report: WrongdoingReport

    @property
    def words(self) -> tuple[str, ...]:
        """What would give them away, wherever it were read."""
        return (
            self.ticket.number,
            "东桥路口",
            self.entry.question,
            self.unanswered.text,
            self.job.file_name,
            self.register.file_name,
            self.patrol.file_name,
            self.duties.file_name,
            self.sheet.file_name,
            self.hook.name,
            self.call.question,
            self.decision.reason,
            self.account.name,
            self.platform.name,
            self.step.label,
            self.bad_domain.domain,
            self.channel.name,
            self.key.name,
            self.difference.their_number,
            self.document.title,
            self.relay.title,
            self.event.title,
            self.colleague.username,
            "您好，已为您查询",
            str(self.dialogue.pk),
        )


Kwargs = Callable[[Theirs], Mapping[str, object]]
Form = Callable[[Theirs], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Row:
    """What a stranger to the object gets: the status of GET, and of each form that is posted.

    A `reason` stands where the status is not 404: whose own list it is, or why it is open to all who
    are signed in. `effect`: the first form, posted by who may, changes something, so the refusal of
    the stranger is no accident of the form.
    """

    get: int
    post: int
    reason: str = ""
    kwargs: Kwargs | None = None
    forms: tuple[Form, ...] = (lambda _: {},)
    effect: bool = False
    may_show: tuple[str, ...] = ()
    # What GET answers who may: a page that has nothing to do now leads back to its list.
    insider: int = 200


def hidden(
    kwargs: Kwargs, *forms: Form, get: int = 404, effect: bool = True, insider: int = 200
) -> Row:
    """Somebody else's object: not found, to read and to write."""
    return Row(
        get, 404, kwargs=kwargs, forms=forms or (lambda _: {},), effect=effect, insider=insider
    )


def hidden_page(kwargs: Kwargs) -> Row:
    """Somebody else's object, only to be read."""
    return Row(404, 405, kwargs=kwargs)


def own_list(*forms: Form, kwargs: Kwargs | None = None) -> Row:
    """A list: hers is empty of what is theirs, whatever she sends there."""
    return Row(200, 405, "her own list", kwargs=kwargs, forms=forms or (lambda _: {},))


def own_list_with_acts(*forms: Form) -> Row:
    """A list on which several rows are picked; of theirs, none is found."""
    return Row(200, 302, "her own list", forms=forms)


def own(reason: str, *forms: Form, get: int = 200, post: int = 200, show: str = "") -> Row:
    """Nobody else's object can be named here."""
    shown = (show,) if show else ()
    return Row(get, post, reason, forms=forms or (lambda _: {},), may_show=shown)


RUNG: dict[str, object] = {
    "step": "urge", "anchor": "due", "is_before": "0", "amount": "2", "unit": "working_days",
    "tells_handler": "on", "level": "0", "is_active": "on",
}  # fmt: skip


def _probe(they: Theirs) -> dict[str, object]:
    return {"number": they.step.run_id}


def _document(they: Theirs) -> dict[str, object]:
    return {"number": they.document.pk}


def _key(they: Theirs) -> dict[str, object]:
    return {"key": they.dialogue.pk}


def _ticket(they: Theirs) -> dict[str, object]:
    return {"number": they.ticket.number}


def _inspected(they: Theirs) -> dict[str, object]:
    return {"number": they.inspected.pk}


def _scan(they: Theirs) -> dict[str, object]:
    return {"number": they.hit.scan_id}


def _entry(they: Theirs) -> dict[str, object]:
    return {"number": they.entry.pk}


def _job(they: Theirs) -> dict[str, object]:
    return {"number": they.job.pk}


def _paper(they: Theirs) -> dict[str, object]:
    return {"number": they.paper.pk}


def _taking(they: Theirs) -> dict[str, object]:
    return {"number": they.taking.pk}


def _register(they: Theirs) -> dict[str, object]:
    return {"number": they.register.pk}


def _patrol(they: Theirs) -> dict[str, object]:
    return {"number": they.patrol.pk}


def _duty(they: Theirs) -> dict[str, object]:
    return {"number": they.duty.pk}


def _routing_rule(they: Theirs) -> dict[str, object]:
    return {"number": they.routing_rule.pk}


def _duties(they: Theirs) -> dict[str, object]:
    return {"number": they.duties.pk}


def _sheet(they: Theirs) -> dict[str, object]:
    return {"number": they.sheet.pk}


def _hook(they: Theirs) -> dict[str, object]:
    return {"number": they.hook.pk}


def _account(they: Theirs) -> dict[str, object]:
    return {"number": they.account.pk}


def _filing(they: Theirs) -> dict[str, object]:
    return {"number": they.filing.pk}


def _trial(they: Theirs) -> dict[str, object]:
    return {"number": they.trial.pk}


def _platform(they: Theirs) -> dict[str, object]:
    return {"number": they.platform.pk}


def _channel(they: Theirs) -> dict[str, object]:
    return {"number": they.channel.pk}


def _outgoing(they: Theirs) -> dict[str, object]:
    return {"number": they.outgoing.pk}


def _person(they: Theirs) -> dict[str, object]:
    return {"number": they.colleague.pk}


def _says(**typed: object) -> Form:
    return lambda _: typed


def _entry_form(they: Theirs) -> dict[str, object]:
    return {
        "question": "改过的问题",
        "answer": "改过的答案",
        "agency": they.agency.pk,
        "status": "draft",
    }


def _offer(they: Theirs) -> dict[str, object]:
    return {"aim": "new", "question": "路灯坏了找谁报修", "answer": "请拨打市政热线。"}


def _withdraw(they: Theirs) -> dict[str, object]:
    held = they.colleague.memberships.first()
    assert held is not None
    return {"act": "withdraw", "membership": held.pk}


STAFF: dict[str, Row] = {
    # Signing in and what is one's own ---------------------------------------------------------
    "account_login": own("the way in; who is in goes on", get=302, post=302),
    "account_logout": own("ends her own session", get=200, post=302),
    "account_reauthenticate": own(
        "asks for her own password", _says(password="wrong"), get=200, post=200
    ),
    "account_signup": own("says that nobody signs up", get=302, post=302),
    "account_reset_password": own("says whom to ask", get=302, post=302),
    "account_inactive": own("says whom to ask", post=405),
    "account_change_password": own("her own password", _says(oldpassword="x", password1="y")),
    "choose_language": own("her own language", _says(language="xx"), get=405, post=302),
    "mfa_authenticate": own("only while signing in", get=302, post=302),
    "mfa_reauthenticate": own("asks for her own code", _says(code="000000"), get=302, post=302),
    "mfa_index": own("her own second factor", post=405),
    "mfa_activate_totp": own("her own second factor", _says(code="000000"), get=302, post=302),
    "mfa_deactivate_totp": own("her own second factor; she has none", get=404, post=404),
    "mfa_view_recovery_codes": own("her own codes; she has none", get=404, post=405),
    "mfa_generate_recovery_codes": own("her own codes; she has none", get=302, post=302),
    "mfa_download_recovery_codes": own("her own codes; she has none", get=404, post=404),
    "console:home": own("counts what is hers", post=200),
    "console:counts": own("counts what is hers", post=405),
    "console:notices": own_list(),
    "console:choose_agency": own("her own view", _says(agency=""), get=405, post=302),
    "console:notices_read": own("marks her own notices", get=405, post=302),
    # Reminders --------------------------------------------------------------------------------
    "console:my_reminders": own(
        "her own settings; a channel of theirs is refused",
        lambda they: {"channel": they.channel.pk},
        post=422,
    ),
    "console:my_reminders_test": own("to herself; she has said nothing", get=405, post=302),
    "console:principles": own("says what is not done", post=405),
    "console:burden": own("counts her own units", post=405),
    "console:escalations": hidden(
        lambda _: {},
        lambda they: {"unit": they.agency.pk, "kind": "updates", "decision": "told"},
        get=405,
        effect=False,
    ),
    "console:pace": own(
        "holds for the installation; only who keeps its root changes it",
        _says(
            digest_at="09:20",
            quiet_from="18:00",
            quiet_until="08:00",
            reminders_a_week="9",
            fields_a_week="9",
            escalate_after="3",
        ),
        post=422,
    ),
    "console:reminders_sent": own_list(),
    "console:asked": own_list(),
    "console:ask_fields": own(
        "asks her own units, never theirs",
        lambda they: {"agencies": [they.agency.pk], "title": "自查表", "fields_count": "3"},
        post=422,
    ),
    "console:reminder_channels": own_list(),
    "console:reminder_channel_new": own(
        "a channel of her own agency, never of theirs",
        lambda they: {
            "agency": they.agency.pk,
            "kind": "wecom_robot",
            "name": "群",
            "secret": "robot-key-0002",
        },
        post=422,
    ),
    "console:reminder_channel": hidden(
        _channel,
        lambda they: {"agency": they.agency.pk, "kind": "wecom_robot", "name": "改名的群"},
        _says(test="1"),
    ),
    # Conversations ----------------------------------------------------------------------------
    "console:inbox": own_list(),
    "console:inbox_people": own_list(),
    "console:conversation": hidden_page(_key),
    "console:conversation_thread": hidden_page(_key),
    "console:conversation_reply": hidden(_key, _says(text="您好", token="t1"), get=405),
    "console:conversation_attend": hidden(_key, get=405),
    "console:conversation_give": hidden(_key, _says(to="1"), get=405, effect=False),
    "console:conversation_release": hidden(_key, get=405, effect=False),
    "console:conversation_close": hidden(_key, get=405),
    "console:conversation_hand_back": hidden(_key, get=405, effect=False),
    "console:conversation_ticket": hidden(
        _key, _says(text="东桥路口的路灯坏了三天", token="t2"), get=405
    ),
    "console:conversation_writing": hidden(_key, _says(words="1"), get=405),
    "console:conversation_note": hidden(_key, _says(note="先打过电话", token="n1"), get=405),
    "console:conversation_tag": hidden(_key, _says(tag="路灯"), get=405),
    "console:conversation_media": Row(
        404,
        405,
        kwargs=lambda they: {"number": they.said.pk},
        insider=404,  # it has no picture
    ),
    "console:handovers": own_list(),
    "console:conversation_hand_over": hidden(
        _key, _says(to="1", question="请答复"), get=405, effect=False
    ),
    "console:conversation_take_back": hidden(
        _key, _says(reason="不是我们的"), get=405, effect=False
    ),
    "console:conversation_replies": hidden_page(_key),
    "console:conversation_suggestions": hidden_page(_key),
    "console:conversation_search": own_list(),
    "console:own_model": Row(404, 404, "one for the installation; only who keeps its root sees it"),
    "console:model_calls": own_list(),
    "console:model_call": hidden_page(lambda they: {"number": they.call.pk}),
    "console:graded_sets": own_list(),
    "console:graded_set_new": own(
        "a set of her own agency, never of theirs",
        lambda they: {"agency": they.agency.pk},
        post=422,
    ),
    "console:graded_set": hidden(
        lambda they: {"number": they.graded.pk}, _says(act="discard", **{"discard-reason": "好"})
    ),
    "console:graded_grade": hidden(
        lambda they: {"number": they.graded.pk}, _says(verdict="right"), effect=False, insider=302
    ),
    "console:graded_questions": hidden_page(lambda they: {"number": they.graded.pk}),
    "console:graded_now": Row(
        404, 405, kwargs=lambda they: {"number": they.graded.pk}, insider=302
    ),  # not frozen: its own page
    "console:answer_thresholds": own(
        "the threshold of her own agency, never of theirs",
        lambda they: {"agency": they.agency.pk, "percent": "60", "reason": "好"},
        post=422,
    ),
    "console:synonyms": own_list(),
    "console:synonyms_shipped": Row(200, 405, "what comes with the system is everybody's"),
    "console:synonym_new": own(
        "a set of her own agency, never of theirs",
        lambda they: {"word": "路灯", "others": "街灯", "agency": they.agency.pk},
        post=422,
    ),
    "console:synonym": hidden(
        lambda they: {"number": they.synonyms.pk},
        _says(word="东桥", others="老桥", is_active="on"),
        effect=False,  # what it changes is shown first
    ),
    "console:comments": own_list(),
    "console:comment": hidden(
        lambda they: {"number": they.comment.pk}, _says(do="done"), _says(do="reply", text="好")
    ),
    "console:comment_progress": hidden_page(lambda they: {"number": they.comment.pk}),
    "console:commented_articles": own_list(),
    "console:commented_article": hidden(
        lambda they: {"number": they.comment.article_id},
        _says(do="open"),
        _says(do="close", reason="好"),
        _says(do="look"),
    ),
    "console:commented_article_switch": hidden_page(
        lambda they: {"number": they.comment.article_id}
    ),
    "console:saved_replies": own_list(),
    "console:saved_reply_new": own(
        "a reply of her own agency, never of theirs",
        lambda they: {"title": "路灯", "text": "马上去修。", "agency": they.agency.pk},
        post=422,
    ),
    "console:saved_replies_import": own(
        "a sheet of her own; refused without a file", _says(agency="1"), post=422
    ),
    "console:saved_reply": hidden(
        lambda they: {"number": they.ready.pk}, _says(title="改名", text="改了", is_active="on")
    ),
    "console:dialogue_tags": own_list(),
    "console:dialogue_tag_new": own(
        "a tag of her own agency, never of theirs",
        lambda they: {"name": "路灯", "agency": they.agency.pk},
        post=422,
    ),
    "console:dialogue_tag": hidden(
        lambda they: {"number": they.tag.pk}, _says(name="改名", is_active="on")
    ),
    "console:conversations": own_list(),
    "console:outgoing": own_list(),
    "console:outgoing_one": hidden_page(_outgoing),
    "console:outgoing_retry": hidden(_outgoing, _says(act="cancel"), _says(act="retry"), get=405),
    # Hand-over --------------------------------------------------------------------------------
    "console:handover": own("divisions hold for everybody; platforms are her own", post=405),
    "console:handover_mode_new": own(
        "holds for a division; only who keeps the root changes it",
        _says(region_code="990100", mode="own"),
        post=422,
    ),
    "console:handover_mode": Row(
        200,
        422,
        "holds for a division; only who keeps the root changes it",
        kwargs=lambda they: {"code": they.mode.region_code},
        forms=(_says(region_code="990100", mode="own"),),
    ),
    "console:handover_platform_new": own(
        "a platform of her own agency, never of theirs",
        lambda they: {"agency": they.agency.pk, "name": "平台", "code": "p9", "way": "folder"},
        post=422,
    ),
    "console:handover_platform": hidden(
        lambda they: {"number": they.city_platform.pk},
        lambda they: {
            "agency": they.agency.pk,
            "name": "改名的平台",
            "code": "police-12345",
            "way": "folder",
            "algorithm": "hmac-sha256",
        },
    ),
    "console:handover_acts": own_list(),
    "console:handover_differences": own_list(),
    "console:handover_difference": hidden(
        lambda they: {"number": they.difference.pk}, _says(act="leave", reason="不是我们转去的")
    ),
    "console:ticket_handover": hidden(
        _ticket, _says(act="urge", text="请尽快办理"), get=405, effect=False
    ),
    # Keys of the open API ---------------------------------------------------------------------
    "console:api_keys": own_list(),
    "console:api_key_new": own(
        "a key of her own agency, never of theirs",
        lambda they: {
            "agency": they.agency.pk,
            "name": "对接",
            "partner": "公司",
            "rights": "tickets.read",
            "level_coding": "gbt39046",
            "expires_on": "2027-06-30",
            "per_minute": "60",
        },
        post=422,
    ),
    "console:api_key": hidden(lambda they: {"number": they.key.pk}, _says(reason="不再合作")),
    # Tickets ----------------------------------------------------------------------------------
    "console:tickets": own_list_with_acts(
        lambda they: {"act": "accept", "picked": they.ticket.pk, "confirmed": "1"},
        lambda they: {
            "act": "assign",
            "picked": they.ticket.pk,
            "confirmed": "1",
            "agency": they.agency.pk,
            "reason": "请贵单位办理",
        },
        lambda they: {
            "act": "answer",
            "picked": they.ticket.pk,
            "confirmed": "1",
            "text": "已经修好了，谢谢。",
        },
    ),
    "console:ticket": hidden(
        _ticket,
        _says(act="accept"),
        _says(**{"act": "answer", "answer-text": "已经修好了，谢谢您的反映。"}),
        _says(**{"act": "note", "note-text": "看一眼"}),
        lambda they: {
            "act": "assign",
            "assign-agency": they.agency.pk,
            "assign-reason": "请贵单位办理",
        },
        _says(act="close"),
    ),
    "console:ticket_reading": hidden(
        _ticket, _says(**{"answer-text": "已经修好了。"}), get=405, effect=False
    ),
    "console:ticket_contact": hidden(
        _ticket, _says(field="phone", reason="好奇想看一眼"), get=405, effect=False
    ),
    "console:publications": own_list(),
    "console:publication": hidden(
        _ticket,
        _says(act="refuse", reason="能认出是谁"),
        _says(act="release", text="路灯什么时候修好", answer="明天修好，请放心。", place=""),
        effect=False,
    ),
    "console:ticket_picture": hidden_page(
        lambda they: {**_ticket(they), "code": they.picture.code},
    ),
    "console:batches": own_list(),
    "console:batch_new": own(
        "only tickets of her own branch are in it",
        _says(act="show", text="已经处理好了。"),
        post=200,
    ),
    "console:batch": hidden(
        lambda they: {"number": they.batch.pk}, _says(act="stop"), get=404, effect=True
    ),
    "console:batch_progress": hidden_page(lambda they: {"number": they.batch.pk}),
    "console:batch_items": hidden_page(lambda they: {"number": they.batch.pk}),
    "console:ticket_figures": own("counts her own tickets", post=405),
    "console:ticket_survey": own("counts what was said of her own branch", post=405),
    "console:mark_rows": own_list(kwargs=lambda they: {"key": "proposed"}),
    "console:figure_rows": Row(
        200,
        405,
        "her own tickets, whatever the number",
        lambda they: {"key": "received", "side": "whole"},
    ),
    "console:ticket_neighbours": hidden(
        _ticket,
        lambda they: {"act": "into", "number": they.twin.number, "reason": "同一件事"},
        _says(act="undo", reason="不是一件事"),
    ),
    "console:replies_in_review": own_list_with_acts(
        lambda they: {"act": "pass", "picked": "1", "confirmed": "1"}
    ),
    "console:reply_review": hidden(
        _ticket,
        _says(act="pass"),
        _says(act="send_back", reason="没有写明时间"),
        effect=False,
        insider=302,
    ),
    "console:reply_inspections": own_list(),
    "console:reply_inspection_new": own(
        "an inspection of her own agencies; refused without a period", _says(agency=""), post=422
    ),
    "console:reply_inspection": hidden(
        _inspected, _says(**{"act": "cancel", "cancel-reason": "不再需要了"})
    ),
    "console:reply_judge": hidden(_inspected, _says(verdict="good"), effect=False, insider=302),
    "console:reply_inspection_results": Row(404, 405, "somebody else's", kwargs=_inspected),
    "console:call_backs": own_list(),
    "console:call_back": hidden(
        _ticket,
        _says(**{"act": "missed", "missed-reached": "no_answer"}),
        _says(act="phone"),
        effect=False,
        insider=302,
    ),
    "console:handling_policy": hidden(
        lambda they: {"number": they.agency.pk}, _says(needs_review="no")
    ),
    "console:presets": own("deadlines hold for the area, not for an agency", post=405),
    "console:preset": Row(
        200,
        422,
        "deadlines hold for the area; only who keeps its root changes them",
        kwargs=lambda they: {"number": they.preset.pk},
        forms=(_says(amount="9", unit="working_days", source="改", is_active="on"),),
    ),
    # Dispatching ------------------------------------------------------------------------------
    "console:dispatching": own_list(),
    "console:dispatch": hidden(
        _ticket, lambda they: {"agency": they.agency.code}, get=405, effect=False
    ),
    "console:routing_rules": own("hold for the whole city", post=405),
    "console:routing_rule_new": own(
        "only who keeps the root changes them",
        lambda they: {"name": "新的", "words": "路灯", "agency": they.agency.pk},
        post=422,
    ),
    "console:routing_try": own("keeps nothing", _says(text="水管爆了"), post=200),
    "console:routing_rule": Row(
        200,
        422,
        "only who keeps the root changes them",
        kwargs=_routing_rule,
        forms=(
            lambda they: {"name": "改名", "words": "路灯", "agency": they.agency.pk},
            _says(**{"act": "remove", "remove-reason": "不要了吧"}),
        ),
    ),
    "console:routing_rule_change": Row(
        405,
        302,
        "only who keeps the root changes them",
        kwargs=_routing_rule,
        forms=(_says(act="on"), _says(act="up")),
    ),
    "console:router_models": own("learnt for the whole city", post=405),
    "console:router_train": own("only who keeps the root lets it learn", get=405, post=302),
    "console:router_model": Row(
        200,
        422,
        "learnt for the whole city; only who keeps the root adopts one",
        kwargs=lambda they: {"number": they.router.pk},
        forms=(_says(act="adopt", reason="看过对比"), _says(act="stop", reason="不用了吧")),
    ),
    "console:router_model_progress": Row(
        200, 405, "learnt for the whole city", kwargs=lambda they: {"number": they.router.pk}
    ),
    "console:routing_thresholds": own(
        "only who keeps the root changes them", _says(percent="60"), post=422
    ),
    "console:redirects": own("channels hold for the area, not for an agency", post=405),
    "console:redirect_new": own(
        "channels hold for the area; only who keeps its root adds one",
        _says(code="x", name="供水", told="请看供水公告。", is_active="on"),
        post=422,
    ),
    "console:redirect": Row(
        200,
        422,
        "channels hold for the area; only who keeps its root changes them",
        kwargs=lambda they: {"number": Redirect.objects.get(code="police").pk},
        forms=(_says(name="报警", told="请拨打 110。", phone="110", is_active="on"),),
    ),
    "console:safety": own("what must not wait holds for the area", post=405),
    "console:safety_try": own("shipped phrases are no secret", _says(questions="我想死"), post=200),
    "console:safety_rule_new": own(
        "phrases hold for the area; only who keeps its root adds some",
        _says(code="x", name="走失", phrases="孩子不见了", words="请马上报警。", hotlines="police"),
        post=422,
    ),
    "console:safety_rule": Row(
        200,
        422,
        "phrases hold for the area; only who keeps its root changes them",
        kwargs=lambda they: {"number": SafetyRule.objects.get(code="fire").pk},
        forms=(_says(name="火", phrases="着火了", words="请先离开。", hotlines="fire"),),
    ),
    "console:hotlines": own("numbers hold for the area", post=405),
    "console:hotline_new": own(
        "numbers hold for the area; only who keeps its root adds one",
        _says(code="x", name="热线", number="12345", is_active="on"),
        post=422,
    ),
    "console:hotline": Row(
        200,
        422,
        "numbers hold for the area; only who keeps its root changes them",
        kwargs=lambda they: {"number": Hotline.objects.get(code="police").pk},
        forms=(_says(name="报警", number="110", is_active="on"),),
    ),
    "console:malicious": own_list(),
    "console:co_tasks": own_list(),
    "console:co_task": hidden(
        lambda they: {"number": they.co_task.pk}, _says(act="sign"), effect=False
    ),
    "console:co_task_picture": Row(
        404,
        405,
        kwargs=lambda they: {"number": they.co_task.pk, "code": they.picture.code},
        insider=404,  # hers only while the task is, and this one is answered
    ),
    "console:wrongdoing": own_list(),
    "console:wrongdoing_one": hidden(
        lambda they: {"number": they.report.number}, _says(act="close"), effect=False
    ),
    # The responsibility list ------------------------------------------------------------------
    "console:responsibilities": own("holds for the whole city", post=405),
    "console:responsibility_lists": own("hold for the whole city", post=405),
    "console:responsibility_list": Row(
        200, 405, "holds for the whole city", kwargs=lambda they: {"number": they.duty.version_id}
    ),
    "console:responsibility_draft": own(
        "one for the whole city; only who keeps its root changes it",
        _says(act="empty"),
        _says(act="copy"),
        post=302,
    ),
    "console:responsibility_draft_rows": Row(
        200,
        302,
        "one for the whole city; only who keeps its root changes it",
        forms=(lambda they: {"act": "remove", "picked": they.duty.pk, "confirmed": "1"},),
    ),
    "console:responsibility_new": own(
        "only who keeps the root changes it",
        lambda they: {"matter": "东边/灯", "agency": they.agency.pk, "place": "别处"},
        post=422,
    ),
    "console:responsibility": Row(
        200,
        422,
        "only who keeps the root changes it",
        kwargs=_duty,
        forms=(lambda they: {"matter": "东边/灯", "agency": they.agency.pk, "basis": "改"},),
    ),
    "console:responsibility_template": own("an empty sheet", post=405),
    "console:responsibility_import_new": own(
        "a sheet of her own; refused without a file", post=422
    ),
    "console:responsibility_imports": own_list(),
    "console:responsibility_import": hidden_page(_duties),
    "console:responsibility_import_columns": hidden(_duties, effect=False),
    "console:responsibility_import_progress": hidden_page(_duties),
    "console:responsibility_import_rows": hidden_page(_duties),
    "console:responsibility_import_change": hidden(
        _duties, _says(act="stop"), _says(act="confirm"), get=405, effect=False
    ),
    "console:ticket_exchange": own("hers are none of theirs", post=422),
    "console:ticket_sheet_consult": own("an empty sheet", post=405),
    "console:ticket_sheet_complaint": own("an empty sheet", post=405),
    "console:ticket_import_new": own("a sheet of her own; refused without a file", post=422),
    "console:ticket_imports": own_list(),
    "console:ticket_import": hidden_page(_sheet),
    "console:ticket_import_columns": hidden(_sheet, effect=False),
    "console:ticket_import_progress": hidden_page(_sheet),
    "console:ticket_import_rows": hidden_page(_sheet),
    "console:ticket_import_change": hidden(
        _sheet, _says(act="stop"), _says(act="confirm"), get=405, effect=False
    ),
    "console:webhooks": own_list(),
    "console:webhook_new": own("one of her own; refused without an address", post=422),
    "console:webhook": hidden_page(_hook),
    "console:webhook_edit": hidden(
        _hook,
        lambda they: {
            "agency": they.agency.pk,
            "name": "改名",
            "url": "https://127.0.0.1/",
            "events": ["filed"],
        },
    ),
    "console:webhook_change": hidden(
        _hook,
        _says(act="pause"),
        _says(act="test"),
        _says(act="rotate"),
        _says(act="remove"),
        get=405,
    ),
    "console:webhook_deliveries": hidden(
        _hook, _says(act="again", picked="1", confirmed="1"), effect=False
    ),
    "console:responsibility_decisions": own_list(),
    "console:responsibility_decision": hidden(
        lambda they: {"number": they.decision.pk},
        _says(**{"act": "take", "take-matter": "东边/灯"}),
        _says(**{"act": "leave", "leave-reason": "属于个案"}),
        effect=False,
    ),
    "console:matters": own("hold for the whole city", post=405),
    "console:matter_new": own("only who keeps the root adds one", _says(name="新的"), post=422),
    "console:matters_load": own("refused without a file", post=422),
    "console:matter": Row(
        200,
        422,
        "only who keeps the root changes it",
        kwargs=lambda they: {"number": they.duty.matter_id},
        forms=(_says(keywords="改"),),
    ),
    # Knowledge --------------------------------------------------------------------------------
    "console:entries_import": own("a sheet of her own; refused without a file", post=422),
    "console:entries_sample": own("an empty sheet", post=405),
    "console:imports": own_list(),
    "console:import_one": hidden_page(_job),
    "console:import_progress": hidden_page(_job),
    "console:import_change": hidden(
        _job, _says(act="stop"), _says(act="confirm"), _says(act="resume"), get=405
    ),
    "console:import_errors": hidden_page(_job),
    "console:papers": own_list(),
    "console:paper": hidden_page(_paper),
    "console:paper_edit": hidden(
        _paper,
        _says(
            title="养犬规定二",
            kind="policy",
            language="zh-Hans",
            issuing_agency="市政府",
            issued_on="2026-01-01",
        ),
    ),
    "console:paper_publish": hidden(_paper, get=405, effect=False),
    "console:paper_repeal": hidden(_paper, _says(repealed_on="2027-01-01", repealed_by="决定")),
    "console:paper_retire": hidden(_paper, _says(reason="不用了")),
    "console:paper_discard": hidden(_paper, _says(reason="录错了"), effect=False),
    "console:paper_file": hidden_page(_paper),
    "console:papers_import": own("files of her own; refused without any", post=422),
    "console:papers_imports": own_list(),
    "console:papers_import_one": hidden_page(_taking),
    "console:papers_import_progress": hidden_page(_taking),
    "console:papers_import_change": hidden(
        _taking, _says(act="stop"), _says(act="resume"), get=405
    ),
    "console:papers_import_report": hidden_page(_taking),
    "console:imported_file": hidden_page(lambda they: {"number": they.taking.files.get().pk}),
    "console:entries": own_list_with_acts(
        lambda they: {
            "act": "retire",
            "picked": they.entry.pk,
            "confirmed": "1",
            "reason": "不想要了，停用它",
        },
        lambda they: {
            "act": "review",
            "picked": they.entry.pk,
            "confirmed": "1",
            "review_on": "2027-01-01",
        },
    ),
    "console:entry_new": own("an entry of her own agency, never of theirs", _entry_form, post=422),
    "console:entry": hidden(_entry, _entry_form),
    "console:entry_retire": hidden(_entry, _says(reason="不想要了，停用它"), get=405),
    "console:entry_try": own("what a citizen of her own accounts hears", post=422),
    "console:entry_proposals": own_list(),
    "console:entry_proposal": hidden(
        lambda they: {"number": they.entry_proposal.pk},
        _says(**{"act": "decline", "decline-reason": "只说一件事"}),
        _says(act="accept"),
    ),
    "console:conversation_knowledge": hidden(
        lambda they: {"key": they.dialogue.pk, "number": they.staff_reply.pk}, _offer, effect=False
    ),
    "console:ticket_knowledge": hidden(_ticket, _offer, insider=404, effect=False),
    "console:unanswered": own_list_with_acts(
        lambda they: {"act": "dismiss", "picked": they.unanswered.pk, "confirmed": "1"}
    ),
    "console:unanswered_one": hidden(lambda they: {"number": they.unanswered.pk}),
    "console:intents": own_list(),
    "console:intent": hidden(
        lambda they: {"number": they.intent.pk},
        _says(**{"act": "dismiss", "dismiss-reason": "与政务无关"}),
        lambda they: {"act": "split", "questions": they.unanswered.pk},
    ),
    "console:basis_reviews": own_list(),
    "console:basis_review": hidden(
        lambda they: {"number": they.basis.pk}, _says(outcome="withdrawn", note="不办了")
    ),
    "console:inherited": own_list(),
    # What is one's own is not inherited: test_inherited.py says who sees what is.
    "console:inherited_one": Row(404, 405, kwargs=_entry, insider=404),
    "console:upper_reviews": own_list(),
    "console:upper_review": hidden(
        lambda they: {"number": they.upper.pk}, _says(outcome="withdrawn", note="不办了")
    ),
    "console:conflicts": own_list(),
    "console:conflict": hidden(
        lambda they: {"number": they.conflict.pk},
        _says(**{"act": "decide", "decide-outcome": "none"}),
        _says(**{"act": "object", "object-note": "我们没有错"}),
    ),
    "console:repeals": own_list(),
    "console:repeal": hidden(
        lambda they: {"number": they.proposal.pk},
        _says(**{"act": "decline", "decline-note": "不是这份"}),
        _says(**{"act": "confirm", "confirm-on": "2026-12-01"}),
    ),
    # Accounts ---------------------------------------------------------------------------------
    "console:accounts": own_list(),
    "console:account_new": own(
        "an account of her own agency, never of theirs",
        lambda they: {
            "name": "水务公安",
            "platform": "wechat",
            "kind": "service",
            "principal": "government",
            "agency": they.agency.pk,
        },
        post=422,
    ),
    "console:register_import_new": own("a sheet of her own; refused without a file", post=422),
    "console:register_imports": own_list(),
    "console:register_import": hidden_page(_register),
    "console:register_import_columns": hidden(
        _register,
        _says(sheet=0, header_row=1, header_rows=1, column_0="name", column_1="platform"),
    ),
    "console:register_import_progress": hidden_page(_register),
    "console:register_import_change": hidden(
        _register, _says(act="stop"), _says(act="confirm"), _says(act="undo"), get=405, effect=False
    ),
    "console:register_import_rows": hidden(
        _register,
        lambda they: {
            "act": "accept",
            "picked": they.register.rows.earliest("id").pk,
            "confirmed": "1",
        },
        effect=False,
    ),
    "console:register_import_errors": hidden_page(_register),
    "console:account": hidden_page(_account),
    "console:account_edit": hidden(
        _account,
        _says(name="改名", kind="service", principal="government", affiliation="government"),
    ),
    "console:account_filing": hidden(_account, _says(number="云备2026-1")),
    "console:lifecycle": own_list(),
    "console:filing_rules": own("rules hold for regions, they are nobody's", post=405),
    "console:lifecycle_new": hidden(
        lambda they: {"number": they.account.pk, "kind": "change"},
        _says(reason="与职责一致", name="改名"),
    ),
    "console:lifecycle_filing": hidden(
        _filing,
        _says(**{"act": "sign", "sign-person": "丁一鸣", "sign-on": "2026-01-05"}),
        _says(**{"act": "return", "return-reason": "缺后续去向"}),
        _says(**{"act": "withdraw", "withdraw-reason": "不合并了"}),
    ),
    "console:lifecycle_amend": hidden(_filing, _says(reason="机构合并")),
    "console:lifecycle_announcement": hidden(_filing, _says(text="自今日起停止更新。")),
    "console:lifecycle_paper": hidden_page(_filing),
    "console:lifecycle_notice_paper": hidden_page(_filing),
    "console:account_credentials": hidden(
        _account, _says(app_id="wxfedcba9876543210", mode="safe")
    ),
    "console:account_out_of_hours": hidden(_account, _says(is_told="")),
    "console:account_greetings": hidden(_account, _says(greeting="改")),
    "console:account_budgets_ask": hidden(_account, get=405, effect=False),
    "console:account_connect": own(
        "an account of her own agency, never of theirs",
        lambda they: {
            "account": they.account.pk,
            "app_id": "wxfedcba9876543210",
            "kind": "service",
            "principal": "government",
            "mode": "safe",
        },
        lambda they: {
            "agency": they.agency.pk,
            "name": "水务公安",
            "app_id": "wxfedcba9876543210",
            "kind": "service",
            "principal": "government",
            "mode": "plain",
        },
        post=422,
    ),
    "console:account_authorized": Row(404, 405, "nothing was begun in her session"),
    "console:account_connection": hidden(_account, effect=False),
    "console:platforms": Row(200, 405, "her own list"),
    "console:platform_new": own(
        "a platform of her own agency, never of theirs",
        lambda they: {
            "agency": they.agency.pk,
            "name": "平台",
            "app_id": "wxfedcba9876543210",
            "secret": "5" * 32,
            "token": "platf0rm",
            "aes_key": "k" * 43,
        },
        post=422,
    ),
    "console:platform": hidden(
        _platform,
        lambda they: {"agency": they.agency.pk, "name": "改名", "app_id": they.platform.app_id},
    ),
    "console:platform_register": hidden(_platform, get=405, effect=False),
    "console:platform_authorize": hidden(
        _platform, lambda they: {"agency": they.agency.pk}, get=405, effect=False
    ),
    "console:account_menu": hidden(_account, _says(name_2="找人工", does_2="person")),
    # Supervision ------------------------------------------------------------------------------
    "console:findings": own_list_with_acts(
        lambda they: {"act": "notify", "picked": they.finding.pk},
    ),
    "console:finding": hidden(lambda they: {"number": they.finding.pk}, _says(act="sign")),
    "console:finding_links": hidden(lambda they: {"number": they.finding.pk}, get=405),
    "console:to_rectify": own_list(),
    "console:lessons": own_list(),
    "console:notify": Row(404, 404, "nothing is chosen; of theirs nothing can be"),
    "console:report_finding": hidden(
        _account,
        _says(
            indicator="content.ad",
            severity="minor",
            detail="有商业广告",
            link="https://mp.weixin.qq.com/s/a",
        ),
    ),
    "console:notice_paper": hidden_page(lambda they: {"number": they.notice.pk}),
    "console:feedback_paper": hidden_page(lambda they: {"number": they.feedback.pk}),
    "console:rectification_notice": hidden(lambda they: {"number": they.notice.pk}),
    "console:supervision": own_list(),
    "console:overview": own("counts her own accounts", post=405),
    "console:area": Row(
        404,
        404,
        "for all of the area; only who keeps the accounts of its root changes it",
        forms=(_says(file="x"),),
    ),
    "console:supervised_account": hidden_page(_account),
    "console:patrol_template": own("the accounts of her own branch", post=405),
    "console:patrol_import_new": own("a sheet of her own; refused without a file", post=422),
    "console:patrol_imports": own_list(),
    "console:patrol_import": hidden_page(_patrol),
    "console:patrol_import_columns": hidden(
        _patrol,
        _says(sheet=0, header_row=1, header_rows=1, column_0="name", column_2="newest_on"),
    ),
    "console:patrol_import_progress": hidden_page(_patrol),
    "console:patrol_import_change": hidden(
        _patrol, _says(act="stop"), _says(act="confirm"), _says(act="undo"), get=405, effect=False
    ),
    "console:patrol_import_rows": hidden(
        _patrol,
        lambda they: {
            "act": "leave_out",
            "picked": they.patrol.rows.earliest("id").pk,
            "confirmed": "1",
        },
        effect=False,
    ),
    "console:supervision_record": hidden(
        _account,
        _says(link="https://a.example/1", newest_on="2026-01-01", seen_at="2026-01-02 09:00"),
    ),
    "console:evidence": hidden_page(lambda they: {"number": they.evidence.pk}),
    "console:probes": own_list(),
    "console:probe_account": hidden_page(_account),
    "console:probe_ask": hidden(_account, get=405),
    "console:probe_run": hidden_page(_probe),
    "console:probe_progress": hidden_page(_probe),
    "console:probe_accept": hidden(
        lambda they: {"number": they.step.pk}, _says(reason="官网改版，核对过")
    ),
    "console:bad_domains": own_list_with_acts(
        lambda they: {"act": "unlist", "picked": they.bad_domain.pk}
    ),
    "console:bad_domain_new": own(
        "a list of her own agency, never of theirs",
        lambda they: {
            "agency": they.agency.pk,
            "domain": "a.example",
            "kind": "porn",
            "reason": "通报里有",
        },
        post=422,
    ),
    "console:duties": own_list(),
    "console:duty_opinion_new": own(
        "an event of her own accounts, never of theirs",
        lambda they: {
            "account": they.account.pk,
            "title": "外单位的舆情",
            "is_grave": "other",
            "known_at": "2026-01-02 09:00",
        },
        post=422,
    ),
    "console:duty_request_new": own(
        "a request to her own accounts, never to theirs",
        lambda they: {
            "account": they.account.pk,
            "title": "外单位2026-1号",
            "received_on": "2026-01-02",
            "received_how": "online",
        },
        post=422,
    ),
    "console:duty_event": hidden(
        lambda they: {"number": they.event.pk},
        _says(**{"act": "withdraw", "withdraw-reason": "登记错了单位"}),
        _says(act="close"),
    ),
    "console:relay_tasks": own_list(),
    "console:relay_task_new": own(
        "a task of her own area, never for their accounts",
        lambda they: {
            "agency": they.agency.pk,
            "title": "关于部分节假日安排的通知",
            "level": "city",
            "issued_by": "市政府办公室",
            "due_at": "2036-01-02 09:00",
            "accounts": [they.account.pk],
        },
        post=422,
    ),
    "console:relay_task": hidden(
        lambda they: {"number": they.relay.pk},
        _says(act="cancel", reason="原文已撤下"),
        _says(act="match"),
    ),
    "console:relay_parts": hidden_page(lambda they: {"number": they.relay.pk}),
    "console:relay_mark": hidden(
        lambda they: {"number": they.relay.assignments.get().pk},
        _says(act="mark", link="https://mp.example/s/1", done_at="2036-01-02 09:00"),
        effect=False,
    ),
    "console:lookback": own_list(),
    "console:scan": hidden_page(_scan),
    "console:scan_progress": hidden_page(_scan),
    "console:scan_change": hidden(_scan, _says(act="repeat"), _says(act="stop"), get=405),
    "console:hits": own_list_with_acts(lambda they: {"act": "confirm", "picked": they.hit.pk}),
    "console:hit": hidden(
        lambda they: {"number": they.hit.pk},
        _says(**{"act": "dismiss", "dismiss-reason": "看过了，不成立"}),
        _says(act="confirm"),
        _says(**{"act": "reveal", "reveal-reason": "核对原文"}),
    ),
    "console:exemptions": own_list_with_acts(
        lambda they: {"act": "lift", "picked": they.exemption.pk}
    ),
    "console:word_lists": own_list(),
    "console:word_list_new": own(
        "a list of her own agency, never of theirs",
        lambda they: {"agency": they.agency.pk, "name": "词表", "kind": "words"},
        post=422,
    ),
    "console:terms_sample": Row(200, 405, "an empty sheet"),
    "console:word_list": Row(404, 404, kwargs=lambda they: {"number": they.word_list.pk}),
    "console:term_new": hidden(
        lambda they: {"number": they.word_list.pk}, _says(wrong="东桥派出所", severity="major")
    ),
    "console:terms_import": hidden(lambda they: {"number": they.word_list.pk}, effect=False),
    "console:published_items": own_list(),
    "console:items_import": own(
        "articles of her own accounts, never of theirs",
        lambda they: {"account": they.account.pk},
        post=422,
    ),
    "console:published_item": hidden_page(lambda they: {"number": they.hit.item_id}),
    "console:rules": own("rules hold for the area, not for an agency", post=405),
    "console:rule": Row(
        200,
        404,
        "rules are read by all supervisors; only who keeps the root changes them",
        kwargs=lambda _: {"pack_id": "national-update"},
        forms=(_says(reason="不再适用了"),),
    ),
    "console:rule_upload": Row(404, 404, "only who keeps the root of the area tries rules"),
    "console:backtests": own_list(),
    "console:backtest": Row(
        200,
        404,
        "trials are of the area's rules; only who keeps the root decides",
        kwargs=_trial,
        forms=(_says(reason="试过了，可以启用"),),
    ),
    "console:backtest_progress": Row(200, 405, "trials are of the area's rules", kwargs=_trial),
    "console:backtest_stop": Row(
        405, 404, "trials are of the area's rules; only who keeps the root stops one", kwargs=_trial
    ),
    "console:differences": own_list(kwargs=_trial),
    "console:candidates": own_list(),
    "console:candidate": hidden(
        lambda they: {"number": they.candidate.pk},
        _says(**{"act": "dismiss", "dismiss-reason": "看过了，不成立"}),
        lambda they: {"act": "confirm", "confirm-evidence": they.evidence.pk},
    ),
    # Campaigns ----------------------------------------------------------------------------------
    "console:campaigns": own_list(),
    "console:campaign_new": own(
        "a campaign of her own area, never of theirs",
        lambda they: {
            "name": "外单位检查",
            "purpose": "spot",
            "agency": they.agency.pk,
            "method": "whole",
            "period_from": "2026-01-01",
            "period_until": "2026-01-02",
            "due_on": "2036-01-02",
            "seed": "1",
            "lines": ["update.stale"],
            "second_percent": "0",
            "defence_days": "3",
            "inspectors": [they.colleague.pk],
            "act": "open",
        },
        post=422,
    ),
    "console:campaign": hidden(
        lambda they: {"number": they.campaign.pk},
        _says(**{"act": "cancel", "cancel-reason": "取消这次检查"}),
        _says(act="sign"),
        _says(act="share"),
        _says(act="release"),
        lambda they: {"act": "add", "add-person": they.colleague.pk},
    ),
    "console:campaign_signing": hidden_page(lambda they: {"number": they.campaign.pk}),
    "console:inspections": hidden_page(lambda they: {"number": they.campaign.pk}),
    "console:check_table": hidden_page(lambda they: {"number": they.campaign.pk}),
    "console:worklist": own_list(),
    "console:second_looks": own_list(),
    "console:check": hidden(
        lambda they: {"number": they.waiting.pk},
        _says(**{"revision": "0", "mark-update.stale": "passes"}),
    ),
    "console:check_draft": hidden(
        lambda they: {"number": they.waiting.pk},
        _says(**{"revision": "0", "mark-update.stale": "passes"}),
        get=405,
    ),
    "console:check_picture": hidden(
        lambda they: {"number": they.waiting.pk}, get=405, effect=False
    ),
    "console:inspection": hidden(
        lambda they: {"number": they.waiting.pk},
        _says(**{"act": "withdraw", "withdraw-reason": "账号已经注销"}),
        _says(**{"act": "recheck", "recheck-reason": "再看一次吧"}),
        _says(act="uphold"),
        _says(act="release"),
    ),
    "console:unit_results": own_list(),
    "console:unit_result": hidden(
        lambda they: {"number": they.released.pk},
        _says(**{"act": "defend", "defence-update.stale": "当天有更新"}),
        _says(act="waive"),
        effect=False,
    ),
    # Reports ------------------------------------------------------------------------------------
    "console:documents": own_list(),
    "console:document_new": own(
        "only inspections of her own area can be chosen",
        lambda they: {"campaign": they.campaign.pk},
        post=422,
    ),
    "console:document": hidden(
        _document,
        lambda they: {"act": "save", "revision": 1, "p1": "改过的标题"},
        lambda they: {"act": "sign", "revision": 1, "on": "2026-12-01"},
        lambda they: {"act": "discard", "discard-reason": "不要了"},
    ),
    "console:document_version": hidden_page(
        lambda they: {"number": they.document.pk, "version": 1}
    ),
    "console:quarter_new": own(
        "only units of her own branch can be chosen",
        lambda they: {"unit": they.agency.pk, "quarter": "2026-3"},
        post=422,
    ),
    "console:week_new": own(
        "only units of her own branch can be chosen",
        lambda they: {"unit": they.agency.pk, "week": "2026-11-16"},
        post=422,
    ),
    "console:weekly_orders": Row(
        200,
        404,
        "lists her own units; of theirs nothing can be ordered",
        forms=(lambda they: {"unit": they.agency.pk, "act": "on"},),
    ),
    "console:year_new": own(
        "only units of her own branch can be chosen",
        lambda they: {"unit": they.agency.pk, "year": 2026},
        post=422,
    ),
    "console:document_preview": hidden(_document, _says(p1="改"), get=405, effect=False),
    "console:document_rows": hidden_page(
        lambda they: {"number": they.document.pk, "key": "checked"}
    ),
    "console:document_files": hidden(_document, _says(act="stop"), _says(act="make")),
    "console:document_file": hidden_page(lambda they: {"number": they.made.pk}),
    # Agencies, people, audit --------------------------------------------------------------------
    "console:agencies": own_list(),
    "console:agency_new": own(
        "an agency below her own, never below theirs",
        lambda they: {"code": "intruder", "name": "新设机构", "parent": they.agency.pk},
        post=422,
    ),
    "console:agency_several": own(
        "agencies below her own, never below theirs",
        lambda they: {"lines": "新设机构", "parent": they.agency.pk},
        post=422,
    ),
    "console:agency": hidden(lambda they: {"number": they.agency.pk}, _says(name="改名")),
    "console:division_choices": own("divisions are public", post=405),
    "console:divisions": own("divisions hold for the whole installation", post=405),
    "console:division_new": own(
        "divisions hold for the whole installation; only who keeps its root changes them",
        _says(code="990109", name="新区"),
        post=422,
    ),
    "console:division": Row(
        200,
        422,
        "divisions hold for the whole installation; only who keeps its root changes them",
        kwargs=lambda they: {"number": they.division.pk},
        forms=(_says(code="990199", name="改名"),),
    ),
    "console:staff": own_list(),
    "console:staff_new": own(
        "a colleague in her own agency, never in theirs",
        lambda they: {
            "username": "intruder",
            "name": "新人",
            "role": "agent",
            "password": NEW_PASSWORD,
            "agency": they.agency.pk,
        },
        post=422,
    ),
    "console:staff_one": hidden_page(_person),
    "console:staff_change": hidden(
        _person,
        _says(act="password", password=NEW_PASSWORD),
        _withdraw,
        _says(act="deactivate", reason="不要他了"),
        _says(act="reactivate"),
        lambda they: {"act": "grant", "agency": they.agency.pk, "role": "reviewer"},
        get=405,
    ),
    "console:calendar": own("the calendar holds for the area", post=405),
    "console:calendar_new": own(
        "the calendar holds for the area; only who keeps its root changes it",
        _says(on="2026-12-25", is_working="0", note="改"),
        post=422,
    ),
    "console:calendar_day": hidden(
        lambda they: {"number": they.day.pk},
        _says(is_working="1", note="改"),
        _says(act="clear"),
    ),
    "console:hours": own_list(),
    "console:hours_everybody": Row(404, 404, "only who keeps the root sets everybody's hours"),
    "console:hours_one": hidden(
        lambda they: {"number": they.agency.pk},
        _says(since="2036-01-01", morning_opens="09:00", morning_closes="12:00"),
        _says(act="remove", row="1"),
    ),
    "console:ladder": own("the ladder holds for the area, not for an agency", post=405),
    "console:rung_new": Row(
        200,
        422,
        "the ladder holds for the area; only who keeps its root changes it",
        forms=(lambda _: RUNG | {"key": "another"},),
    ),
    "console:rung": Row(
        200,
        422,
        "the ladder holds for the area; only who keeps its root changes it",
        kwargs=lambda _: {"key": "urge-due"},
        forms=(lambda _: RUNG,),
    ),
    "console:ticket_urging": hidden_page(
        lambda they: {"number": they.ticket.number, "step": they.urged.pk}
    ),
    "console:preset_new": Row(
        200,
        422,
        "deadlines hold for the area; only who keeps its root changes them",
        forms=(_says(code="x", name="改", nature="help", urgency="ordinary", amount="3"),),
    ),
    "console:preset_new_preview": own("computes with what is typed, keeps nothing", get=405),
    "console:preset_preview": Row(
        405,
        200,
        "computes with what is typed, keeps nothing",
        kwargs=lambda they: {"number": they.preset.pk},
    ),
    "console:presets_load": Row(405, 404, "only who keeps the root loads what ships"),
    "console:audit": own_list(),
    "console:audit_check": own("recomputes the chain, shows no entry", get=405, post=302),
    "console:audit_one": hidden_page(lambda they: {"number": they.audited.pk}),
}

_OURS: dict[str, object] = {"app_id": APP_ID}


def _her_ticket(they: Theirs) -> dict[str, object]:
    return {**_OURS, "number": they.ticket.number}


def _her_picture(they: Theirs) -> dict[str, object]:
    return {**_OURS, "code": they.picture.code}


def _her_open_ticket(they: Theirs) -> dict[str, object]:
    return {**_OURS, "number": they.twin.number}


def _portal(get: int, post: int, reason: str, *forms: Form, show: str = "") -> Row:
    return Row(
        get,
        post,
        reason,
        kwargs=lambda _: _OURS,
        forms=forms or (lambda _: {},),
        may_show=("云溪公安", show) if show else ("云溪公安",),
    )


CITIZENS: dict[str, Row] = {
    "portal:entrance": own("leads to the main account", get=302, post=302),
    "portal:oauth": own("nobody is signed in without a state of this browser", get=302, post=405),
    "portal:home": _portal(200, 200, "public", show="居住证怎样申领"),
    "portal:answer": Row(
        200,
        200,
        "public",
        kwargs=lambda they: {**_OURS, "entry_id": they.entry.pk},
        may_show=("云溪公安", "居住证怎样申领"),
    ),
    "portal:library": _portal(200, 405, "public", show="政策与问答"),
    "portal:document": Row(
        200,
        405,
        "public",
        kwargs=lambda they: {**_OURS, "document_id": they.paper.pk},
        may_show=("云溪公安", "养犬规定", "云溪市人民政府"),
    ),
    "portal:ask": _portal(200, 200, "public"),
    "portal:ask_suggest": _portal(405, 200, "public"),
    "portal:passage": Row(
        200,
        200,
        "public",
        kwargs=lambda they: {**_OURS, "document_id": they.paper.pk, "position": 4},
        may_show=("云溪公安", "养犬规定"),
    ),
    "portal:useful": Row(
        200,
        200,
        "her own word on an answer everybody reads; nothing without a word",
        kwargs=lambda they: {**_OURS, "mark": f"e{they.entry.pk}"},
        may_show=("云溪公安",),
    ),
    "portal:tickets": _portal(200, 200, "her own list"),
    "portal:file": _portal(200, 422, "a ticket of her own; refused without words", _says(text="")),
    "portal:public": _portal(200, 405, "public; shows what a person released"),
    "portal:public_one": Row(
        200,
        405,
        "public: what a person released",
        kwargs=lambda they: {**_OURS, "code": they.ticket.publication.code},
        may_show=("云溪公安",),
    ),
    "portal:publishing": hidden(_her_ticket, get=405, effect=False),
    "portal:supplement": hidden(_her_open_ticket, _says(text="灯杆编号是 12"), effect=True),
    "portal:more_time": hidden(_her_open_ticket, get=405, effect=False),
    "portal:propose": _portal(405, 200, "a category for her own words", _says(text="东桥路口")),
    "portal:wechat_config": Row(
        404,
        405,
        "signs our own pages, none is named here",
        kwargs=lambda _: _OURS,
        insider=404,  # this city has no JS-SDK
    ),
    "portal:pictures": _portal(405, 422, "a picture of her own; refused without one"),
    "portal:picture": hidden_page(_her_picture),
    "portal:picture_drop": Row(
        405,
        200,
        "what is not hers is not there; taking it away twice is no error",
        kwargs=_her_picture,
    ),
    "portal:follow": Row(
        405,
        404,
        "this ticket names no place: it is told to nobody",
        kwargs=_her_ticket,
        effect=False,
    ),
    "portal:followed": hidden(_her_ticket),
    "portal:ticket": hidden(_her_ticket, effect=False),
    "portal:rate": hidden(_her_ticket, _says(level="satisfied", comment="好"), effect=True),
    "portal:survey": hidden(
        _her_ticket, _says(resolved="yes", level="satisfied"), effect=False, insider=302
    ),
    "portal:notice": Row(
        405,
        404,
        "no survey is to come: there is nothing to agree to",
        kwargs=_her_ticket,
        effect=False,
    ),
    "portal:reopen": hidden(_her_ticket, _says(reason="没有解决，灯还是不亮"), effect=True),
    "portal:withdraw": hidden(_her_open_ticket, _says(reason="已经好了"), effect=True),
    "portal:object": hidden(_her_ticket, _says(words="我认为应当受理"), effect=False),
    "portal:appeal": hidden(_her_ticket, _says(words="我说的是事实"), effect=False),
    "portal:wrongdoing": hidden(lambda they: {**_OURS, "number": they.report.number}, effect=False),
    "portal:probe": _portal(302, 302, "leads to the form; only our own robot has a pass"),
    "portal:letters": _portal(302, 302, "her own letters", _says(letters="0")),
    "portal:privacy": _portal(200, 200, "public"),
}
