"""What every page of the console shares: who may see it, the navigation, forms that refuse in words."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.agencies.models import Staff
from minxin.agencies.queries import (
    acting_for,
    agencies_of,
    home_of,
    notices_of,
    password_is_too_old,
    permissions_of,
    sight_of,
)
from minxin.agencies.rules import Permission
from minxin.conversations import queries as conversations
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.knowledge import queries as knowledge
from minxin.knowledge.queries import conflicts, intents
from minxin.supervision import queries as supervision
from minxin.tickets import queries as tickets
from minxin.tickets.queries import routing
from minxin.tickets.rules.co_handling import CO_OPEN

IDLE = timedelta(minutes=30)
SEEN = "seen_at"
View = Callable[..., HttpResponse]


def allowed(permission: Permission | None) -> Callable[[View], View]:
    """Only signed-in staff with this permission somewhere; None: all signed-in staff.

    Missing and forbidden look the same: 404. What a room refuses as not found becomes 404 too.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            turned_away = turn_away(request)
            if turned_away is not None:
                return whole_page(request, turned_away)
            if permission is not None and permission not in permissions_of(staff_of(request)):
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return wrap


def turn_away(request: HttpRequest) -> HttpResponse | None:
    """Where to send somebody who may not go on yet: to sign in, to choose a password, to set up TOTP."""
    if not request.user.is_authenticated:
        return redirect_to_login(_page_of(request), settings.LOGIN_URL)
    moment = timezone.now()
    now = moment.timestamp()
    seen = float(request.session.get(SEEN, now))
    if now - seen > IDLE.total_seconds():
        logout(request)
        messages.info(request, _("您已有 30 分钟没有操作，为安全起见请重新登录。"))
        return redirect_to_login(_page_of(request), settings.LOGIN_URL)
    # What a page asks by itself is not a person's doing: it does not keep the session open.
    is_asked_by_the_page = request.headers.get("X-Live") == "1"
    if not is_asked_by_the_page and (now - seen > 60 or SEEN not in request.session):
        request.session[SEEN] = now
    staff = staff_of(request)
    if staff.must_change_password and request.path != reverse("account_change_password"):
        messages.info(request, _("这是别人为您设置的密码，请先改成自己的密码。"))
        return redirect("account_change_password")
    if password_is_too_old(staff, now=moment) and request.path != reverse(
        "account_change_password"
    ):
        words = _("您的密码已经用满 %(days)s 天，请先改成新密码。")
        messages.info(request, words % {"days": settings.MINXIN_PASSWORD_DAYS})
        return redirect("account_change_password")
    needs_totp = settings.MINXIN_REQUIRE_TOTP and not is_mfa_enabled(staff)
    if needs_totp and not request.path.startswith(reverse("mfa_index")):
        messages.info(request, _("请先设置动态口令，再使用工作台。"))
        return redirect("mfa_activate_totp")
    return None


def whole_page(request: HttpRequest, away: HttpResponse) -> HttpResponse:
    """The same way out for a fragment: the page goes there, not the pane.

    htmx follows a plain redirect by itself and would show the sign-in page as the answer to what was
    typed, which then counted as sent.
    """
    if request.headers.get("HX-Request") != "true":
        return away
    return HttpResponse(status=401, headers={"HX-Redirect": away["Location"]})


def _page_of(request: HttpRequest) -> str:
    """The page a person was on, to come back to: for what was sent, the one it was sent from."""
    from_page = request.headers.get("HX-Current-URL") or (
        request.headers.get("Referer") if request.method == "POST" else None
    )
    if from_page and url_has_allowed_host_and_scheme(
        from_page, {request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(from_page)
        if parts.path.startswith(reverse("console:home")):
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def staff_of(request: HttpRequest) -> Staff:
    """The person who is signed in."""
    assert isinstance(request.user, Staff)  # noqa: S101  (`allowed` has seen to it)
    return request.user


def sight(request: HttpRequest) -> Staff:
    """The same, as lists and counts see her: narrowed to the agency she chose to look at."""
    return sight_of(staff_of(request))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation."""

    name: Any
    url_name: str
    icon: str
    permission: Permission | None
    count: str = ""


NAVIGATION = (
    Entry(gettext_lazy("今日待办"), "console:home", "home", None),
    Entry(gettext_lazy("会话"), "console:inbox", "chat", Permission.READ_CONVERSATIONS, "waiting"),
    Entry(gettext_lazy("工单"), "console:tickets", "ticket", Permission.READ_TICKETS, "tickets"),
    Entry(gettext_lazy("公开答复"), "console:publications", "check", Permission.ASSIGN_TICKETS),
    Entry(
        gettext_lazy("待派单"),
        "console:dispatching",
        "send",
        Permission.ASSIGN_TICKETS,
        "to_dispatch",
    ),
    Entry(
        gettext_lazy("公职人员举报"), "console:wrongdoing", "check", Permission.HANDLE_WRONGDOING
    ),
    Entry(
        gettext_lazy("待审答复"),
        "console:replies_in_review",
        "check",
        Permission.REVIEW_REPLIES,
        "replies",
    ),
    Entry(
        gettext_lazy("恶意认定"),
        "console:malicious",
        "question",
        Permission.CONFIRM_MALICIOUS,
        "malicious",
    ),
    Entry(
        gettext_lazy("答复抽查"),
        "console:reply_inspections",
        "search",
        Permission.INSPECT_REPLIES,
        "judgements",
    ),
    Entry(
        gettext_lazy("待回访"),
        "console:call_backs",
        "bell",
        Permission.ANSWER_TICKETS,
        "call_backs",
    ),
    Entry(
        gettext_lazy("协办"), "console:co_tasks", "people", Permission.ANSWER_TICKETS, "co_tasks"
    ),
    Entry(gettext_lazy("职责清单"), "console:responsibilities", "list", Permission.READ_AGENCIES),
    Entry(gettext_lazy("知识"), "console:entries", "book", Permission.READ_KNOWLEDGE),
    Entry(
        gettext_lazy("未答问题"),
        "console:unanswered",
        "question",
        Permission.READ_KNOWLEDGE,
        "unanswered",
    ),
    Entry(
        gettext_lazy("同类问题"), "console:intents", "list", Permission.READ_KNOWLEDGE, "intents"
    ),
    Entry(
        gettext_lazy("依据核对"),
        "console:basis_reviews",
        "check",
        Permission.READ_KNOWLEDGE,
        "basis_reviews",
    ),
    Entry(
        gettext_lazy("说法不一"),
        "console:conflicts",
        "check",
        Permission.READ_KNOWLEDGE,
        "conflicts",
    ),
    Entry(gettext_lazy("账号"), "console:accounts", "account", Permission.READ_ACCOUNTS),
    Entry(
        gettext_lazy("监管"),
        "console:supervision",
        "gauge",
        Permission.READ_SUPERVISION,
        "candidates",
    ),
    Entry(gettext_lazy("责任事项"), "console:duties", "clock", Permission.READ_SUPERVISION),
    Entry(gettext_lazy("回头看"), "console:lookback", "search", Permission.CONFIRM_CANDIDATES),
    Entry(gettext_lazy("减负"), "console:burden", "feather", Permission.READ_SUPERVISION),
    Entry(
        gettext_lazy("整改"), "console:findings", "check", Permission.RECTIFY_FINDINGS, "findings"
    ),
    Entry(
        gettext_lazy("待整改"),
        "console:to_rectify",
        "check",
        Permission.ANSWER_FINDINGS,
        "to_rectify",
    ),
    Entry(gettext_lazy("报表"), "console:documents", "book", Permission.READ_REPORTS),
    Entry(
        gettext_lazy("外发消息"),
        "console:outgoing",
        "send",
        Permission.READ_OUTGOING,
        "undelivered",
    ),
    Entry(gettext_lazy("机构"), "console:agencies", "tree", Permission.READ_AGENCIES),
    Entry(gettext_lazy("人员"), "console:staff", "people", Permission.READ_STAFF),
    Entry(gettext_lazy("接口密钥"), "console:api_keys", "key", Permission.EDIT_STAFF),
    Entry(gettext_lazy("工作日历"), "console:calendar", "calendar", Permission.EDIT_AGENCIES),
    Entry(gettext_lazy("办理时限"), "console:presets", "clock", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("派单规则"), "console:routing_rules", "list", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("引导渠道"), "console:redirects", "send", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("紧急求助"), "console:safety", "bell", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("受理方式"), "console:handover", "send", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("工单推送"), "console:webhooks", "send", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("自有模型"), "console:own_model", "gauge", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("模型记录"), "console:model_calls", "list", Permission.READ_MODEL),
    Entry(gettext_lazy("提醒频次"), "console:pace", "bell", Permission.EDIT_SETTINGS),
    Entry(gettext_lazy("审计"), "console:audit", "audit", Permission.READ_AUDIT),
)


def counts_of(staff: Staff, held: frozenset[Permission]) -> dict[str, int]:
    """What waits for a person, by the name its line of the navigation has; what she may not see has
    no number."""
    counts = {"notices": notices_of(staff).filter(read_at=None).count()}
    if Permission.READ_CONVERSATIONS in held:
        counts["waiting"] = conversations.waiting(staff)
    if Permission.ANSWER_TICKETS in held:
        counts["co_tasks"] = tickets.co_tasks_visible_to(staff).filter(status__in=CO_OPEN).count()
        counts["tickets"] = tickets.waiting_counts(staff, now=timezone.now())["today"]
        counts["call_backs"] = tickets.call_backs_due(staff, now=timezone.now()).count()
    if Permission.INSPECT_REPLIES in held:
        counts["judgements"] = tickets.replies_to_judge(staff)
    if Permission.ASSIGN_TICKETS in held:
        counts["to_dispatch"] = routing.to_dispatch(staff).count()
    if Permission.REVIEW_REPLIES in held:
        counts["replies"] = tickets.replies_to_review(staff).count()
    if Permission.CONFIRM_MALICIOUS in held:
        counts["malicious"] = tickets.malicious_to_decide(staff).count()
    if Permission.EDIT_KNOWLEDGE in held:
        counts["unanswered"] = knowledge.open_questions(staff)
        counts["basis_reviews"] = knowledge.reviews_open(staff)
        counts["conflicts"] = conflicts.conflicts_open(staff)
        counts["intents"] = intents.due_now(staff, timezone.localdate())
    if Permission.READ_OUTGOING in held:
        counts["undelivered"] = conversations.undelivered(staff)
    if Permission.CONFIRM_CANDIDATES in held:
        counts["candidates"] = supervision.open_candidates(staff).count()
    if Permission.RECTIFY_FINDINGS in held:
        counts["findings"] = supervision.waiting_for_the_office(staff)
    if Permission.ANSWER_FINDINGS in held:
        counts["to_rectify"] = supervision.waiting_for_the_unit(staff)
    return counts


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: navigation with what waits, for signed-in staff on console pages. Worked out once
    an answer: a part of a page that is rendered by itself runs all context processors again."""
    kept: dict[str, Any] | None = getattr(request, "_shell", None)
    if kept is None:
        kept = _shell(request)
        request._shell = kept  # type: ignore[attr-defined]
    return kept


def _shell(request: HttpRequest) -> dict[str, Any]:
    if not request.path.startswith("/console/") or not request.user.is_authenticated:
        return {}
    if request.headers.get("X-Live") == "1":
        return {}  # a part of a page that is open: the frame around it is there already
    staff = staff_of(request)
    if staff.must_change_password or password_is_too_old(staff, now=timezone.now()):
        return {"home_agency": home_of(staff)}  # nothing else opens before she has chosen one
    held = permissions_of(staff)
    counts = counts_of(sight(request), held)
    mine = agencies_of(staff)
    entries = []
    for each in NAVIGATION:
        if each.permission is not None and each.permission not in held:
            continue
        url = reverse(each.url_name)
        is_here = request.path == url or (url != "/console/" and request.path.startswith(url))
        entries.append(
            {
                "name": each.name,
                "url": url,
                "icon": each.icon,
                "count_name": each.count,
                "count": counts.get(each.count, 0),
                "is_here": is_here,
            }
        )
    return {
        "navigation": entries,
        "home_agency": home_of(staff),
        "my_agencies": mine if len(mine) > 1 else [],
        "acting_for": acting_for(staff),
        "unread_notices": counts["notices"],
        "held": {permission.name for permission in held},
    }


def act(
    request: HttpRequest, form: forms.Form, action: Callable[[], object], done: str = ""
) -> bool:
    """Run a room's action for a valid form; a refusal lands beside its field. True when it was done, by
    this press or by one just before it."""
    if not form.is_valid():
        return False
    try:
        action()
    except AlreadyDone as repeated:
        messages.success(request, repeated.message)
        return True
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    if done:
        messages.success(request, done)
    return True


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    back: str,
    submit: str = "",
    note: str = "",
    template: str = "console/form.html",
    **context: Any,
) -> HttpResponse:
    """One column, label above, help under, errors beside and summed up on top."""
    status = 422 if form.is_bound and form.errors else 200
    context |= {"form": form, "title": title, "back": back, "note": note}
    context["submit"] = submit or _("保存")
    return render(request, template, context, status=status)


def kept_file(file: Any, name: str) -> HttpResponse:
    """A file that was kept, to be saved under a name, never shown as a page of ours; 404 when it is not
    there."""
    if not file:
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return cast(HttpResponse, FileResponse(content, as_attachment=True, filename=name))


def shown_file(file: Any, content_type: str) -> HttpResponse:
    """A file that we wrote ourselves, shown inside a page and stored nowhere on the way; 404 when it is
    not there."""
    if not file:
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = cast(HttpResponse, FileResponse(content, content_type=content_type))
    answer["Cache-Control"] = "private, no-store"
    return answer


def page_not_found_when_missing(found: Any) -> Any:
    """The thing itself; 404 for None."""
    if found is None:
        raise Http404
    return found
