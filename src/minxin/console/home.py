"""今日待办: what waits for me, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minxin.accounts.queries import accounts_for, open_findings
from minxin.accounts.queries.lifecycle import filing_counts
from minxin.agencies.actions import choose_agency as choose
from minxin.agencies.actions import read_notices
from minxin.agencies.models import Staff
from minxin.agencies.queries import (
    agencies_of,
    home_of,
    notices_of,
    permissions_of,
    staff_visible_to,
)
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, sight, staff_of
from minxin.console.supervision.overview import places_of
from minxin.conversations import queries as conversations
from minxin.conversations.queries.comments import open_comments
from minxin.knowledge import queries as knowledge
from minxin.knowledge.queries.graded import published_accuracy
from minxin.knowledge.queries.proposals import proposals_to_decide
from minxin.supervision import queries as supervision
from minxin.supervision.queries import campaigns as inspections
from minxin.tickets import queries as tickets
from minxin.tickets.rules import OPEN

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pile of work: how much, where, and what it means. `level`: late, soon, fine."""

    title: str
    count: int
    url: str
    hint: str
    level: str = "fine"


@allowed(None)
def home(request: HttpRequest) -> HttpResponse:
    """The piles that are not empty, the tickets that press, the latest notices."""
    staff, now = sight(request), timezone.now()
    held = permissions_of(staff)
    piles: list[Waiting] = []
    pressing: list[dict[str, Any]] = []
    if Permission.READ_CONVERSATIONS in held:
        count = conversations.waiting(staff)
        words = _("市民请求人工，还没有人接待。")
        piles.append(Waiting(_("等人工的会话"), count, reverse("console:inbox"), words, "soon"))
        count = open_comments(staff)
        words = _("文章下面的留言，还没有回复、精选或办结。")
        piles.append(
            Waiting(_("待处理的留言"), count, f"{reverse('console:comments')}?state=open", words)
        )
    if Permission.ANSWER_TICKETS in held:
        counts = tickets.waiting_counts(staff, now=now)
        url = reverse("console:tickets")
        piles += [
            Waiting(_("已超期的工单"), counts["overdue"], f"{url}?state=overdue",
                    _("已过承诺答复的时间。"), "late"),
            Waiting(_("即将到期的工单"), counts["soon"], f"{url}?state=soon",
                    _("今天或明天到期。"), "soon"),
            Waiting(_("待受理的工单"), counts["new"], f"{url}?state=new",
                    _("新提交的，或市民要求重新办理的。")),
        ]  # fmt: skip
        due = tickets.call_backs_due(staff, now=now).count()
        words = _("今天到期的回访：问市民是否解决、是否满意。")
        piles.append(Waiting(_("待回访"), due, reverse("console:call_backs"), words, "soon"))
        found = tickets.tickets_visible_to(staff, Permission.ANSWER_TICKETS)
        for ticket in found.filter(status__in=OPEN).order_by("due_at")[:SHOWN]:
            pressing.append(
                {
                    "ticket": ticket,
                    "brief": tickets.in_brief(ticket),
                    "deadline": tickets.deadline_of(ticket, now=now),
                }
            )
    if Permission.REVIEW_REPLIES in held:
        count = tickets.replies_to_review(staff).count()
        url = reverse("console:replies_in_review")
        words = _("承办员送审的答复，您看过以后才发给市民。")
        piles.append(Waiting(_("待审的答复"), count, url, words, "soon"))
    if Permission.CONFIRM_MALICIOUS in held:
        count = tickets.malicious_to_decide(staff).count()
        words = _("提出的恶意认定和市民的申诉，由没有参与的人决定。")
        piles.append(
            Waiting(_("待决定的恶意认定"), count, reverse("console:malicious"), words, "soon")
        )
    if Permission.EDIT_KNOWLEDGE in held:
        open_questions = knowledge.unanswered_visible_to(staff).filter(status="open").count()
        entries = knowledge.to_review(knowledge.entries_visible_to(staff), timezone.localdate())
        piles += [
            Waiting(_("未答问题"), open_questions, reverse("console:unanswered"),
                    _("市民问过、还没有官方答复。")),
            Waiting(_("依据失效待核对"), knowledge.reviews_open(staff),
                    f"{reverse('console:basis_reviews')}?status=open",
                    _("引用的文件已废止、有新版本或将到期。"), "late"),
            Waiting(_("待审的入库建议"), proposals_to_decide(staff).count(),
                    f"{reverse('console:entry_proposals')}?status=open",
                    _("承办员把答复送来存为知识，由您审核。"), "soon"),
            Waiting(_("待确认的废止"), knowledge.proposals_open(staff),
                    f"{reverse('console:repeals')}?status=open",
                    _("别的文件写明废止您维护的文件，由您确认。"), "soon"),
            Waiting(_("待复核的知识"), entries.count(), f"{reverse('console:entries')}?due=1",
                    _("到了复核日期，或 30 天内失效。"), "soon"),
        ]  # fmt: skip
    if Permission.RETRY_OUTGOING in held:
        count = conversations.undelivered(staff)
        url = f"{reverse('console:outgoing')}?status=failed"
        piles.append(Waiting(_("没有送达的消息"), count, url, _("需要查看原因或重发。"), "late"))
    if Permission.EDIT_ACCOUNTS in held:
        accounts = accounts_for(staff).filter(platform="wechat", verified_callback_at=None)
        piles.append(
            Waiting(_("未接通的账号"), accounts.exclude(status="closed").count(),
                    f"{reverse('console:accounts')}?connected=no", _("回调地址还没有通过微信验证。"))
        )  # fmt: skip
        findings = open_findings(staff).order_by()
        troubled = findings.filter(level="problem").values("account").distinct().count()
        others = findings.values("account").distinct().count() - troubled
        url = f"{reverse('console:accounts')}?connected=found"
        piles += [
            Waiting(
                _("接入有问题的账号"), troubled, url, _("接入检查发现的问题还没有消除。"), "late"
            ),
            Waiting(_("接入需留意的账号"), others, url, _("接入检查有提醒，没有大问题。"), "soon"),
        ]
    if Permission.REVIEW_FILINGS in held:
        piles += _to_file(staff, held, now)
    if Permission.READ_SUPERVISION in held:
        piles += _supervised(staff, may_confirm=Permission.CONFIRM_CANDIDATES in held)
        piles += _to_inspect(staff)
    if Permission.RECTIFY_FINDINGS in held:
        piles += _to_decide(staff, now)
    if Permission.ANSWER_FINDINGS in held:
        piles += _to_rectify(staff, now)
    own = home_of(staff)
    context = {
        "accuracy": published_accuracy(own.path) if own else None,
        "piles": [pile for pile in piles if pile.count],
        "has_duties": bool(held),
        "is_alone": Permission.EDIT_STAFF in held
        and not staff_visible_to(staff).exclude(pk=staff.pk).exists(),
        "begins": Permission.EDIT_ACCOUNTS in held and not accounts_for(staff).exists(),
        "places": places_of(staff) if Permission.READ_SUPERVISION in held else [],
        "pressing": pressing,
        "notices": notices_of(staff)[:8],
    }
    return render(request, "console/home.html", context)


def _to_file(staff: Staff, held: frozenset[Permission], now: datetime) -> list[Waiting]:
    """What the filings of accounts wait for."""
    counts, url = filing_counts(staff, now=now), reverse("console:lifecycle")
    found = [
        Waiting(_("备案已超期的账号"), counts.overdue, f"{url}?pressing=late",
                _("已过当地规定的备案期限。"), "late"),
        Waiting(_("待审核的备案"), counts.to_review, f"{url}?pressing=review",
                _("单位已签字上报，请审核。"), "soon"),
    ]  # fmt: skip
    if Permission.EDIT_ACCOUNTS in held:
        words = _("开设、变更、关停、注销要向主管单位备案。")
        found.append(
            Waiting(_("要办的账号备案"), counts.with_the_unit, f"{url}?pressing=mine", words)
        )
    return found


def _supervised(staff: Staff, *, may_confirm: bool) -> list[Waiting]:
    """How the accounts of a person's area stand by the update clock."""
    counts = supervision.counts_for(staff)
    url = reverse("console:supervision")
    found = [
        Waiting(_("超期待确认的账号"), counts.accused, f"{url}?standing=accused",
                _("在完整查看过的时间里没有更新，须由人确认。"), "late"),
        Waiting(_("临近更新期限的账号"), counts.at_risk, f"{url}?standing=risk",
                _("还没有到期限，请提前安排更新。"), "soon"),
        Waiting(_("来源矛盾的账号"), counts.contradictory, f"{url}?standing=contradictory",
                _("不同来源说法不一，请人工核对。"), "soon"),
        Waiting(_("更新情况不明的账号"), counts.unknown, f"{url}?standing=unknown",
                _("没有可靠的来源查看过，不下结论。")),
    ]  # fmt: skip
    if may_confirm:
        count = supervision.open_candidates(staff).count()
        words = _("机器发现的问题，由您确认或认定不成立。")
        link = f"{reverse('console:candidates')}?status=open"
        found.append(Waiting(_("待确认的监管问题"), count, link, words, "soon"))
    return found


def _to_inspect(staff: Staff) -> list[Waiting]:
    """What campaigns wait for from a person: her checks, her second looks, her unit's statement."""
    unit = inspections.released_for(staff).filter(state="released")
    return [
        Waiting(_("待我检查的账号"), inspections.worklist_of(staff).count(),
                reverse("console:worklist"), _("检查任务分派给您的。")),
        Waiting(_("待我复核的账号"), inspections.second_looks_for(staff).count(),
                reverse("console:second_looks"), _("别人查过，请另看一遍。"), "soon"),
        Waiting(_("可以申辩的检查结果"), unit.count(), f"{reverse('console:unit_results')}?state=released",
                _("期限内可以申辩，没有异议也请告知。"), "soon"),
    ]  # fmt: skip


def _to_decide(staff: Staff, now: datetime) -> list[Waiting]:
    """What rectification waits for the supervising office."""
    rows = supervision.findings_for(staff, Permission.RECTIFY_FINDINGS)
    counts, url = supervision.finding_counts(rows, now=now), reverse("console:findings")
    return [
        Waiting(_("逾期没有反馈的问题"), counts.overdue, f"{url}?pressing=late",
                _("单位的整改期限已过。"), "late"),
        Waiting(_("待通知的问题"), counts.to_notify, f"{url}?state=open",
                _("已确认，还没有发整改通知单。"), "soon"),
        Waiting(_("待裁定的申辩"), counts.disputed, f"{url}?state=disputed",
                _("单位认为是误报或不应计为问题。"), "soon"),
        Waiting(_("待答复的延期申请"), counts.extensions, f"{url}?pressing=extension",
                _("答复之前原期限不变。"), "soon"),
        Waiting(_("待审核的整改反馈"), counts.to_review, f"{url}?state=answered",
                _("单位已反馈，请审核。")),
        Waiting(_("待复查的问题"), counts.to_recheck, f"{url}?state=reviewed",
                _("审核已通过，看过页面后销号。")),
    ]  # fmt: skip


def _to_rectify(staff: Staff, now: datetime) -> list[Waiting]:
    """What a unit was told to put right."""
    counts = supervision.finding_counts(supervision.to_rectify(staff), now=now)
    url = reverse("console:to_rectify")
    return [
        Waiting(_("整改已逾期的问题"), counts.overdue, f"{url}?pressing=late",
                _("请尽快整改并反馈。"), "late"),
        Waiting(_("待签收的整改通知"), counts.to_sign, f"{url}?state=notified",
                _("签收只表示收到，可以申辩。"), "soon"),
        Waiting(_("整改中的问题"), counts.to_answer, f"{url}?state=signed",
                _("整改后填写反馈单。"), "soon"),
    ]  # fmt: skip


@require_POST
@allowed(None)
def choose_agency(request: HttpRequest) -> HttpResponse:
    """Whose work I see, where I have roles in several agencies; remembered."""
    staff, back = staff_of(request), request.POST.get("next", "")
    number = request.POST.get("agency", "")
    chosen = next((each for each in agencies_of(staff) if str(each.pk) == number), None)
    if number and chosen is None:
        raise Http404
    choose(staff, chosen, actor=staff, now=timezone.now())
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "console:home")


@require_POST
@allowed(None)
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark my notices as read."""
    read_notices(staff_of(request), now=timezone.now())
    return redirect("console:home")
