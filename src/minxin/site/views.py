"""The start page, the documents, and the pages shown when something went wrong."""

import logging
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from minxin.agencies.models import Staff
from minxin.knowledge.queries.graded import published_accuracy
from minxin.portal.base import trouble

log = logging.getLogger("minxin.site")
_CODES = {404: "not_found", 403: "right_missing", 500: "server_error"}
PACKAGED = Path(__file__).resolve().parent / "docs"
DOCS = PACKAGED if PACKAGED.is_dir() else Path(__file__).resolve().parents[3] / "docs"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where to look: phone, console, portal, documents and, in the demo, who may sign in."""
    staff = []
    if settings.MINXIN_EMBEDDED:
        # Those of the fictional city: their password does not grow old. Nobody else is named to strangers.
        people = (
            Staff.objects.filter(is_active=True, password_set_at=None)
            .exclude(password__startswith="!")  # noqa: S106  (nobody signs in with that one)
            .prefetch_related("memberships__agency")
        )
        staff = [
            {
                "username": person.username,
                "name": person.name,
                "duties": [
                    f"{each.agency.short_name or each.agency.name} · {each.get_role_display()}"
                    for each in person.memberships.all()
                ],
            }
            for person in people[:40]
        ]
    port = settings.MINXIN_SIMULATOR_PORT
    host = request.get_host().rsplit(":", 1)[0]
    return render(
        request,
        "site/start.html",
        {
            "phone": f"http://{host}:{port}/phone" if settings.MINXIN_EMBEDDED else "",
            "staff": staff,
            "accuracy": published_accuracy(),
            "awaits_city": bool(settings.MINXIN_READY_FILE),
        },
    )


@require_safe
def document(request: HttpRequest, page: str = "README") -> HttpResponse:
    """One Markdown page of docs/; nothing outside that folder."""
    path = (DOCS / f"{page.removesuffix('.md')}.md").resolve()
    if not path.is_relative_to(DOCS.resolve()) or not path.is_file():
        raise Http404(page)
    text = path.read_text(encoding="utf-8")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    title = text.lstrip("# ").split("\n", 1)[0].strip()
    return render(request, "site/document.html", {"body": body, "title": title})


def _error(request: HttpRequest, status: int, title: str, words: str, level: int) -> HttpResponse:
    reference = secrets.token_hex(4).upper()
    log.log(level, "answered %s to %s, reference %s", status, request.path, reference)
    if not hasattr(request, "user"):  # refused before signing in was looked at: a foreign host
        request.user = AnonymousUser()
    if request.path.startswith("/api/"):
        code = _CODES.get(status, "bad_request")
        return JsonResponse({"error": {"code": code, "message": f"{title}。"}}, status=status)
    if request.path.startswith("/m/"):
        return trouble(request, status=status, title=title, words=words, reference=reference)
    context = {
        "title": title,
        "words": words,
        "reference": reference,
        "is_console": request.path.startswith("/console/"),
    }
    return render(request, "site/error.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: missing and forbidden look the same."""
    words = _("这个页面不存在，或者您无权查看。您填写的内容没有受到影响。")
    return _error(request, 404, _("没有找到这个页面"), words, logging.INFO)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    words = _("您的账号没有做这件事的权限。需要时请联系本单位管理员。")
    return _error(request, 403, _("没有权限"), words, logging.WARNING)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    words = _("浏览器发来的内容不完整或格式不对。请返回上一页重试。")
    return _error(request, 400, _("请求有误"), words, logging.WARNING)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    words = _("系统出了问题，已经记录下来。已保存的数据没有丢失，请稍后再试。")
    return _error(request, 500, _("系统暂时无法处理"), words, logging.ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that came without its token: usually a page that was open too long."""
    words = _("页面停留时间过长或登录状态已变化，这次提交没有生效。请返回上一页，刷新后再提交。")
    return _error(request, 403, _("页面已过期"), words, logging.WARNING)
