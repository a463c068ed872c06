"""One document: fields beside the preview, what of the numbers does not agree, signing, files."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, kept_file, staff_of
from minxin.core.errors import AlreadyDone, Refused
from minxin.reports import actions, queries, tasks
from minxin.reports.layout import as_html
from minxin.reports.models import Document
from minxin.reports.rules.drafts import Piece, doubts_of

KINDS = {
    "title": gettext_lazy("标题"),
    "number": gettext_lazy("发文字号"),
    "to": gettext_lazy("主送机关"),
    "heading": gettext_lazy("小标题"),
    "text": gettext_lazy("正文"),
    "sign": gettext_lazy("署名"),
}


def label_of(piece: Piece) -> Any:
    """What a box is called: of a line of a table, whose it is and what."""
    if piece.of:
        return f"{piece.of} · {piece.label}"
    return piece.label or KINDS[piece.kind]


class TextsForm(forms.Form):
    """A box for every piece of the text."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, document: Document, data: Any = None) -> None:
        super().__init__(data)
        texts = queries.texts_of(document)
        self.fields["revision"].initial = document.revision
        self.pieces = queries.pieces_of(document)
        for piece in self.pieces:
            text = texts.get(piece.id, "")
            rows = min(12, sum(len(line) // 21 + 1 for line in text.split("\n")))
            self.fields[piece.id] = forms.CharField(
                label=label_of(piece), initial=text, required=False,
                widget=forms.Textarea(attrs={"rows": rows}),
            )  # fmt: skip

    def texts(self) -> dict[str, str]:
        """What stands in the boxes: sent, or as it was saved."""
        if not self.is_bound:
            return {each.id: str(self.fields[each.id].initial) for each in self.pieces}
        return {each.id: self.data.get(each.id, "") for each in self.pieces}


class SignForm(forms.Form):
    """The day of the document, and that numbers in doubt were looked at."""

    on = forms.DateField(
        label=gettext_lazy("成文日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    stands_for_doubts = forms.BooleanField(
        label=gettext_lazy("不一致的数字已逐一核对，确认无误"), required=False
    )

    def __init__(self, *args: Any, in_doubt: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not in_doubt:
            del self.fields["stands_for_doubts"]


class DiscardForm(forms.Form):
    """Why a draft is laid aside."""

    reason = forms.CharField(
        label=gettext_lazy("作废的理由"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


def paper_on_screen(document: Document, texts: Mapping[str, str], staff: Staff) -> SafeString:
    """The document with these texts; numbers open their rows where this person may see them."""
    keys = queries.linkable(staff, document)

    def link(key: str) -> str:
        return reverse("console:document_rows", args=[document.pk, key]) if key in keys else ""

    # `as_html` escapes every text itself.
    return mark_safe(as_html(queries.paper_of(document, texts), link=link))  # noqa: S308


def _preview(document: Document, texts: dict[str, str], staff: Staff) -> dict[str, Any]:
    doubts = doubts_of(queries.pieces_of(document), texts) if document.is_draft else ()
    return {"preview": paper_on_screen(document, texts, staff), "doubts": doubts}


def _state(document: Document) -> dict[str, Any]:
    return {"document": document, "rendering": queries.latest_rendering(document)}


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_REPORTS)
def document(request: HttpRequest, number: int) -> HttpResponse:
    """Read it; while it is a draft edit, sign or discard it."""
    staff, now = staff_of(request), timezone.now()
    found = queries.document_for(staff, number)
    wanted = request.POST.get("act", "")
    form = TextsForm(found, request.POST if wanted == "save" else None)
    signing = SignForm(
        request.POST if wanted == "sign" else None,
        initial={"on": timezone.localdate(now), "revision": found.revision},
        in_doubt=bool(doubts_of(queries.pieces_of(found), queries.texts_of(found))),
    )
    discarding = DiscardForm(request.POST if wanted == "discard" else None, prefix="discard")
    if request.method == "POST":
        if wanted == "save":
            queries.document_for(staff, number, Permission.WRITE_REPORTS)
            done = act(
                request, form,
                lambda: actions.save_texts(
                    found, form.texts(), revision=form.cleaned_data["revision"], actor=staff,
                    now=now,
                ),
                _("已保存。"),
            )  # fmt: skip
        elif wanted == "sign":
            queries.document_for(staff, number, Permission.SIGN_REPORTS)
            done = act(
                request, signing,
                lambda: actions.sign(
                    found, on=signing.cleaned_data["on"],
                    revision=signing.cleaned_data["revision"],
                    stands_for_doubts=signing.cleaned_data.get("stands_for_doubts", False),
                    actor=staff, now=now,
                ),
                _("已签发，文稿不能再改。"),
            )  # fmt: skip
        elif wanted == "discard":
            queries.document_for(staff, number, Permission.WRITE_REPORTS)
            done = act(
                request, discarding,
                lambda: actions.discard(
                    found, reason=discarding.cleaned_data["reason"], actor=staff, now=now
                ),
                _("已作废。文稿和各版内容留存备查。"),
            )  # fmt: skip
        else:
            raise Http404
        if done:
            return redirect("console:document", number=number)
    context = {
        **_state(found), **_preview(found, form.texts(), staff), "form": form,
        "sign_form": signing, "discard_form": discarding,
        "may_edit": found.is_draft and may(staff, Permission.WRITE_REPORTS, found.agency),
        "may_sign": found.is_draft and may(staff, Permission.SIGN_REPORTS, found.agency),
        "versions": queries.versions_of(found)[:20], "back": reverse("console:documents"),
    }  # fmt: skip
    status = 422 if form.errors or signing.errors or discarding.errors else 200
    return render(request, "console/document.html", context, status=status)


@require_POST
@allowed(Permission.READ_REPORTS)
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """What the boxes would print, and what of it does not agree; nothing is written."""
    staff = staff_of(request)
    found = queries.document_for(staff, number)
    form = TextsForm(found, request.POST)
    context = {"document": found, **_preview(found, form.texts(), staff)}
    return render(request, "console/parts/document_preview.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_REPORTS)
def files(request: HttpRequest, number: int) -> HttpResponse:
    """How far the files are; ask for them, or stop."""
    staff, now = staff_of(request), timezone.now()
    found = queries.document_for(staff, number)
    if request.method == "GET":
        return render(request, "console/parts/document_files.html", _state(found))
    try:
        match request.POST.get("act"):
            case "make":
                tasks.wake(actions.request_files(found, actor=staff, now=now))
            case "stop":
                newest = queries.latest_rendering(found)
                if newest is not None:
                    actions.stop_rendering(newest, actor=staff, now=now)
            case _:
                raise Http404
    except AlreadyDone as repeated:
        messages.info(request, repeated.message)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("console:document", number=number)


@require_safe
@allowed(Permission.READ_REPORTS)
def download(request: HttpRequest, number: int) -> HttpResponse:
    """A file that was made, to be saved."""
    found = queries.file_for(staff_of(request), number)
    return kept_file(found.file, found.file_name)


urlpatterns = [
    path("reports/<int:number>/", document, name="document"),
    path("reports/<int:number>/preview/", preview, name="document_preview"),
    path("reports/<int:number>/files/", files, name="document_files"),
    path("reports/files/<int:number>/", download, name="document_file"),
]
