"""存为知识: a reply in a conversation or on a ticket, offered as knowledge; what is there already stands first."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Permission
from minxin.citizens.models import Citizen
from minxin.citizens.queries import contact_of
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.words import Words
from minxin.conversations import queries as conversations
from minxin.conversations.queries.replied import replied
from minxin.core.errors import NotFound
from minxin.knowledge.actions.proposals import Offer, Replied, propose_entry
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.models import Entry, EntryProposal
from minxin.knowledge.queries.proposals import (
    drafts_that_ask,
    entries_by_number,
    standing_proposal,
)
from minxin.knowledge.rules.proposals import drafted
from minxin.tickets import queries as tickets
from minxin.tickets.queries.learning import answer_to_learn_from

Origin = EntryProposal.Origin
Aim = EntryProposal.Aim


@dataclass(frozen=True, slots=True)
class Source:
    """A reply, what it answered, where the page came from. `hers` is only compared with, never shown."""

    replied: Replied
    said: list[str]
    reply: str
    topic: str
    back: str


class OfferForm(forms.Form):
    """The words as everybody may read them, and what becomes of what is there already."""

    aim = forms.ChoiceField(
        label=gettext_lazy("怎样收录"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择怎样收录。")},
    )  # fmt: skip
    question = forms.CharField(
        label=gettext_lazy("问题"), max_length=200,
        help_text=gettext_lazy("写成谁都可能这样问的一句话；市民的个人信息已经去掉，请再看一遍。"),
        error_messages={"required": gettext_lazy("请填写问题。")},
    )  # fmt: skip
    ways = Words(
        label=gettext_lazy("其他问法"), required=False, limit=1000, rows=3,
        help_text=gettext_lazy("市民还怎样问，一行一种。"),
    )  # fmt: skip
    answer = Words(
        label=gettext_lazy("答复"), limit=4000, rows=8,
        help_text=gettext_lazy("改成对所有人都适用的话：去掉称呼、号码和只说这一件事的话。"),
        error_messages={"required": gettext_lazy("请填写答复。")},
    )  # fmt: skip
    topic = forms.CharField(label=gettext_lazy("主题"), max_length=40, required=False)

    def __init__(self, *args: Any, known: list[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {each.pk: each for each in known}
        choices: list[tuple[str, str]] = []
        for each in known:
            name = each.question
            choices.append(
                (f"variant:{each.pk}", _("已经有了：作为“%(name)s”的另一种问法") % {"name": name})
            )
            choices.append(
                (f"update:{each.pk}", _("已经有了，但要改：更新“%(name)s”") % {"name": name})
            )
        choices.append((Aim.NEW, _("还没有：作为新的知识")))
        self.fields["aim"].choices = choices  # type: ignore[attr-defined]

    def offer(self) -> Offer:
        """What was chosen and written, as the room takes it."""
        given = self.cleaned_data
        aim, _colon, number = given["aim"].partition(":")
        return Offer(
            given["question"], given["answer"], tuple(given["ways"].splitlines()), given["topic"],
            aim, self.known[int(number)] if number else None,
        )  # fmt: skip


def _hers(citizen: Citizen | None) -> tuple[str, ...]:
    if citizen is None:
        return ()
    contact = contact_of(citizen)
    return tuple(each for each in (contact.real_name, contact.phone) if each)


def _from_conversation(staff: Staff, key: str, number: int) -> Source:
    dialogue = conversations.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
    message, said = replied(dialogue, number)
    found = Replied(Origin.CONVERSATION, message.pk, dialogue.owner, _hers(dialogue.citizen))
    back = f"{reverse('console:conversation', args=[key])}?at={number}"
    return Source(found, said, message.text or "", "", back)


def _from_ticket(staff: Staff, number: str) -> Source:
    ticket = tickets.ticket_for(staff, number)
    answer = answer_to_learn_from(ticket, staff)
    if answer is None:
        raise NotFound
    found = Replied(Origin.TICKET, answer.pk, ticket.agency, _hers(ticket.citizen))
    topic = ticket.category.name if ticket.category else ""
    return Source(
        found, [ticket.text], answer.text, topic, reverse("console:ticket", args=[number])
    )


def known_like(staff: Staff, question: str, agency: Agency) -> list[Entry]:
    """What the knowledge already has for a question, the nearest first: what citizens hear, then what they do not
    hear yet and asks the very same."""
    if not question.strip():
        return []
    found = fresh_index().lookup(
        question, on=timezone.localdate(), region=agency.region_code, agency_id=agency.pk
    )
    numbers = [found.answer.entry_id] if found.answer else []
    numbers += [found.held.entry_id] if found.held else []
    numbers += [each.entry_id for each in found.choices]
    numbers += [each.entry_id for each in found.near]
    drafts = drafts_that_ask(staff, question)
    kept = [each.pk for each in drafts if each.status == Entry.Status.DRAFT]
    return entries_by_number(list(dict.fromkeys([*numbers[:3], *kept])))


def _offered(request: HttpRequest, source: Source) -> HttpResponse:
    staff, now = staff_of(request), timezone.now()
    draft = drafted(source.said, source.reply)
    agency = source.replied.agency
    asked = request.POST.get("question", draft.question)[:300]
    known = known_like(staff, asked or (source.said[0] if source.said else ""), agency)
    start = {
        "question": draft.question, "ways": "\n".join(draft.ways), "answer": draft.answer,
        "topic": (source.topic or (known[0].topic if known else ""))[:40],
        "aim": "" if known else Aim.NEW,
    }  # fmt: skip
    form = OfferForm(request.POST or None, initial=start, known=known)
    standing = standing_proposal(source.replied.kind, source.replied.number)

    def propose() -> None:
        propose_entry(form.offer(), source.replied, actor=staff, now=now)

    if request.method == "POST" and act(
        request, form, propose, _("已送审。由另一位编辑审核后收录，结果会通知您。")
    ):
        return redirect(source.back)
    return form_page(
        request, form, title=_("存为知识"), back=source.back, submit=_("送审"),
        template="console/entry_offer.html", known=known, standing=standing, agency=agency,
        is_empty=not draft.question,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_CONVERSATIONS)
def from_conversation(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What a member of staff said in a conversation."""
    return _offered(request, _from_conversation(staff_of(request), key, number))


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_TICKETS)
def from_ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The answer of a ticket."""
    return _offered(request, _from_ticket(staff_of(request), number))


urlpatterns = [
    path(
        "inbox/<str:key>/messages/<int:number>/knowledge/",
        from_conversation,
        name="conversation_knowledge",
    ),
    path("tickets/<str:number>/knowledge/", from_ticket, name="ticket_knowledge"),
]
