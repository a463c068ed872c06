"""Earlier versions of a document: what differs between two, and how one read as a whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.reports.editor import label_of, paper_on_screen
from minxin.reports import queries
from minxin.reports.rules.comparing import differences


@require_safe
@allowed(Permission.READ_REPORTS)
def version(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """One version beside another (`?against=`; the one before it where none is named), then its text."""
    staff = staff_of(request)
    document = queries.document_for(staff, number)
    shown = queries.version_for(document, version)
    wanted = request.GET.get("against", "")
    other = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else max(version - 1, 1)
    against = queries.version_for(document, other)
    earlier, later = sorted((against, shown), key=lambda each: each.number)
    found = differences(queries.pieces_of(document), earlier.texts, later.texts)
    context = {
        "document": document, "shown": shown, "earlier": earlier, "later": later,
        "differences": [(label_of(each.piece), each.parts) for each in found],
        "versions": queries.versions_of(document), "against": against,
        "paper": paper_on_screen(document, shown.texts, staff),
        "back": reverse("console:document", args=[number]),
    }  # fmt: skip
    return render(request, "console/document_version.html", context)


urlpatterns = [
    path("reports/<int:number>/versions/<int:version>/", version, name="document_version"),
]
