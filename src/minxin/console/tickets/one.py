"""One ticket: left what it is and what happened, right what I can do now."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of
from minxin.console.base import act, allowed, shown_file, staff_of
from minxin.console.links import portal_ticket
from minxin.console.tickets import handing
from minxin.console.tickets.applying import acted, offered
from minxin.console.tickets.co_handling import co_handling
from minxin.console.tickets.declining import declining
from minxin.console.tickets.forms import (
    AnswerForm,
    AssignForm,
    ClassifyForm,
    NoteForm,
    ResumeForm,
    StopForm,
    assign_form,
    classify_form,
)
from minxin.console.tickets.laddering import laddered, talking
from minxin.console.tickets.malicious import malicious_shown, marking_malicious
from minxin.console.tickets.marking import marking
from minxin.console.tickets.place import place_of
from minxin.console.tickets.reaching import sent_said
from minxin.console.tickets.wrongdoing import apart
from minxin.core.errors import NotFound, Refused
from minxin.tickets import actions, queries
from minxin.tickets.models import ReplyCheck, Ticket
from minxin.tickets.queries import routing
from minxin.tickets.queries.learning import answer_to_learn_from
from minxin.tickets.rules import LONGEST_TEXT, OPEN, Verb, may_follow
from minxin.tickets.rules.wrongdoing import is_wrongdoing


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_TICKETS)
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """Left what it is and what happened, right what I can do now."""
    staff, now = staff_of(request), timezone.now()
    found = queries.ticket_for(staff, number)
    may_answer = may(staff, Permission.ANSWER_TICKETS, found.agency)
    wanted = request.POST.get("act", "")
    data = request.POST if request.method == "POST" else None
    by_review = Verb.SUBMIT_REPLY if queries.must_be_reviewed(found, staff) else None
    waiting = queries.waiting_draft(found)
    unsent = queries.draft_to_edit(found)
    answer = AnswerForm(
        data if wanted == "answer" else None,
        prefix="answer",
        initial={"text": unsent.text if unsent else ""},
    )
    assign = assign_form(data if wanted == "assign" else None, prefix="assign")
    classify = classify_form(found, data if wanted == "classify" else None)
    note = NoteForm(data if wanted == "note" else None, prefix="note")
    stop = StopForm(data if wanted == "stop" else None, prefix="stop")
    resume = ResumeForm(data if wanted == "resume" else None, prefix="resume")
    offers = offered(found, staff, wanted, data)
    marks = [
        *declining(found, staff, wanted, data), *co_handling(found, staff, wanted, data), *apart(found, staff, wanted, data), *marking(found, staff, wanted, data),
        *talking(found, staff, wanted, data), *marking_malicious(found, staff, wanted, data),
    ]  # fmt: skip
    if request.method == "POST":
        done = (
            acted(request, found, [*offers, *marks], wanted)
            if wanted in {each.name for each in [*offers, *marks]}
            else _acted(request, found, wanted, answer, assign, classify, note, stop, resume)
        )
        if done:
            is_still_mine = queries.tickets_visible_to(staff).filter(pk=found.pk).exists()
            return (
                redirect("console:ticket", number=number)
                if is_still_mine
                else redirect("console:tickets")
            )
    else:
        actions.note_reading(found, actor=staff, now=now)
    context = {
        "ticket": found,
        "steps": queries.steps(found, is_public_only=False),
        "offers": offers,
        "marking": marks,
        "non_acceptances": queries.non_acceptances(found),
        "co_tasks": queries.co_tasks_of(found),
        "is_wrongdoing": is_wrongdoing(found.text),
        "proposals": queries.proposals(found.text, found.account)
        if may_follow(found.status, Verb.DECLINE)
        else [],
        "marks": queries.marks_of(found),
        "flaggings": queries.flaggings_of(found),
        "readers": queries.readers_of(found) if found.is_confidential else [],
        "applications": queries.applications_of(found),
        "ledger": queries.ledger_of(found, now=now, is_public_only=False),
        "sign_is_late": found.sign_due_at is not None
        and found.sign_due_at < now
        and found.status in OPEN
        and found.stopped_at is None,
        "pictures": queries.pictures_of(found),
        **place_of(found, staff),
        **laddered(found),
        **malicious_shown(found, staff),
        "deadline": queries.deadline_of(found, now=now),
        "profile": profile_of(found.citizen) if found.citizen and not found.is_anonymous else None,
        "rating": queries.rating_of(found),
        "may_answer": may_answer,
        "may_reveal": may(staff, Permission.REVEAL_CITIZENS, found.agency),
        "can_accept": may_answer and may_follow(found.status, Verb.ACCEPT),
        # A refused answer stays on the page even when the ticket has moved on meanwhile.
        "can_answer": may_answer
        and (
            answer.is_bound
            or (found.merged_into is None and may_follow(found.status, by_review or Verb.ANSWER))
        ),
        "by_review": by_review,
        "drafts": queries.drafts_of(found),
        "waiting_draft": waiting,
        "call_backs": queries.call_backs_of(found),
        "waiting_call": queries.waiting_call_back(found) if may_answer else None,
        "can_take_back": may_answer and may_follow(found.status, Verb.TAKE_BACK),
        "may_review": may(staff, Permission.REVIEW_REPLIES, found.agency),
        "can_learn": answer_to_learn_from(found, staff) is not None,
        "can_close": may_answer and may_follow(found.status, Verb.CLOSE),
        "can_assign": may(staff, Permission.ASSIGN_TICKETS, found.agency)
        and may_follow(found.status, Verb.ASSIGN),
        **_dispatched(found, staff),
        "can_classify": may(staff, Permission.ASSIGN_TICKETS, found.agency),
        "can_note": may_answer and may_follow(found.status, Verb.NOTE),
        "answer_form": answer,
        "checks": queries.reply_checks(found),
        **_read(request, found, now),
        "assign_form": assign,
        "classify_form": classify,
        "note_form": note,
        "can_stop": may_answer
        and found.stopped_at is None
        and (stop.is_bound or may_follow(found.status, Verb.STOP)),
        "can_resume": may_answer
        and found.stopped_at is not None
        and may_follow(found.status, Verb.RESUME),
        "stop_form": stop,
        "resume_form": resume,
        "preview": actions.answer_message(found, portal_ticket(found)),
    }
    context |= handing.shown(found)
    return render(request, "console/ticket.html", context, status=422 if data else 200)


def _dispatched(found: Ticket, staff: Staff) -> dict[str, object]:
    """How it found its agency, or the agencies to choose from."""
    row = routing.dispatch_of(found)
    waits = row is not None and row.status in {"asked", "waiting"}
    if row is None or (waits and found.status != Ticket.Status.SUBMITTED):
        return {}  # withdrawn, refused or ended before anybody decided: nothing to tell
    row.choices = routing.choices_of([row])[row.pk]  # type: ignore[attr-defined]
    can_dispatch = waits and may(staff, Permission.ASSIGN_TICKETS, found.agency)
    return {"dispatch": row, "can_dispatch": can_dispatch}


@require_POST
@allowed(Permission.ANSWER_TICKETS)
def ticket_reading(request: HttpRequest, number: str) -> HttpResponse:
    """What there is to remark on the answer as typed so far; nothing is kept."""
    found = queries.ticket_for(staff_of(request), number, Permission.ANSWER_TICKETS)
    context = {"ticket": found, **_read(request, found, timezone.now())}
    return render(request, "console/parts/reply_reading.html", context)


def _read(request: HttpRequest, found: Ticket, now: datetime) -> dict[str, object]:
    """The reading of the answer in the request, when there is one."""
    text = request.POST.get("answer-text", "").strip()[:LONGEST_TEXT]
    if not text:
        return {}
    reading = queries.read_answer(found, text, now=now)
    return {
        "reading": reading,
        "remarks": queries.remarks_of(reading),
        "parts": queries.parts_of(reading.parts),
        "overrides": ReplyCheck.Override.choices,
        "override": request.POST.get("answer-override", ""),
    }


def _acted(
    request: HttpRequest,
    found: Ticket,
    wanted: str,
    answer: AnswerForm,
    assign: AssignForm,
    classify: ClassifyForm,
    note: NoteForm,
    stop: StopForm,
    resume: ResumeForm,
) -> bool:
    """Do what was pressed; False when a form needs another look."""
    staff, now = staff_of(request), timezone.now()
    match wanted:
        case "answer":
            return act(
                request,
                answer,
                lambda: actions.reply(
                    found,
                    answer.cleaned_data["text"],
                    link=portal_ticket(found),
                    override=request.POST.get("answer-override", ""),
                    actor=staff,
                    now=now,
                ),
                _("答复已送审，审核通过后发给市民。")
                if queries.must_be_reviewed(found, staff)
                else sent_said(found, _("答复已发出"), now=now),
            )
        case "assign":
            return act(
                request,
                assign,
                lambda: actions.assign(
                    found,
                    assign.cleaned_data["agency"],
                    reason=assign.cleaned_data["reason"],
                    actor=staff,
                    now=now,
                ),
                _("已交办。"),
            )
        case "classify":
            return act(
                request,
                classify,
                lambda: actions.classify(
                    found,
                    category=classify.cleaned_data["category"],
                    nature=classify.cleaned_data["nature"],
                    actor=staff,
                    now=now,
                ),
                _("性质和类别已保存。"),
            )
        case "note":
            return act(
                request,
                note,
                lambda: actions.note(found, note.cleaned_data["text"], actor=staff, now=now),
                _("已记录。"),
            )
        case "stop":
            return act(
                request,
                stop,
                lambda: actions.stop_clock(found, **stop.cleaned_data, actor=staff, now=now),
                _("计时已暂停，市民看得到原因。"),
            )
        case "resume":
            return act(
                request,
                resume,
                lambda: actions.resume_clock(found, **resume.cleaned_data, actor=staff, now=now),
                _("计时已恢复，期限按暂停的时间顺延。"),
            )
    try:
        if wanted == "accept":
            actions.accept(found, actor=staff, now=now)
            messages.success(request, _("已受理。"))
        elif wanted == "take_back":
            actions.take_back_reply(found, actor=staff, now=now)
            messages.success(request, _("已取回，可以修改后再送审。"))
        elif wanted == "close":
            actions.close(found, actor=staff, now=now)
            messages.success(request, _("已办结。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return True


@require_POST
@allowed(Permission.REVEAL_CITIZENS)
def reveal_contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show the citizen's name or telephone once, for a reason, audited."""
    staff, now = staff_of(request), timezone.now()
    found = queries.ticket_for(staff, number)
    field = request.POST.get("field", "")
    shown = ""
    if found.is_anonymous:
        raise NotFound
    if found.citizen is not None and field in {"real_name", "phone"}:
        try:
            shown = actions.reveal_contact(
                found,
                field,  # type: ignore[arg-type]
                reason=request.POST.get("reason", ""),
                actor=staff,
                now=now,
            )
            messages.info(
                request, _("%(value)s（这次查看已记入审计）") % {"value": shown or _("（未填写）")}
            )
        except Refused as refusal:
            messages.error(request, refusal.message)
    return redirect("console:ticket", number=number)


@require_safe
@allowed(Permission.READ_TICKETS)
def ticket_picture(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A picture that the citizen gave, to who may read the ticket."""
    return shown_file(queries.picture_for(staff_of(request), number, code).file, "image/jpeg")


urlpatterns = [
    path("tickets/<str:number>/", ticket, name="ticket"),
    path("tickets/<str:number>/reading/", ticket_reading, name="ticket_reading"),
    path("tickets/<str:number>/pictures/<str:code>", ticket_picture, name="ticket_picture"),
    path("tickets/<str:number>/contact/", reveal_contact, name="ticket_contact"),
]
