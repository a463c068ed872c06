"""Search in all that was said in the conversations a person may read."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minxin.agencies.models import Agency
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.citizens.queries import profile_of
from minxin.console.base import allowed, sight, staff_of
from minxin.conversations import queries
from minxin.conversations.models import Message
from minxin.core.errors import NotFound
from minxin.core.ids import normal_ticket_number
from minxin.text import mask, snippet, too_short
from minxin.tickets.queries import ticket_for

PAGE = 20
MOST_PAGES = 500


class SearchForm(forms.Form):
    """Words, and where to look for them."""

    q = forms.CharField(
        label=gettext_lazy("要找的字"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("至少两个字，空格隔开的词都要出现；也可以填工单编号。"),
    )
    since = forms.DateField(
        label=gettext_lazy("从"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("到"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        required=False,
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("全部单位"),
    )
    tag = forms.CharField(label=gettext_lazy("标签"), required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if short := too_short(given.get("q", "")):
            words = _("“%(words)s”太短，请至少输入两个字。") % {"words": "、".join(short)}
            self.add_error("q", words)
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("结束日期早于开始日期。"))
        return given


@require_safe
@allowed(Permission.READ_CONVERSATIONS)
def search(request: HttpRequest) -> HttpResponse:
    """What was said, found by its words; a ticket's number leads to its citizen's conversation."""
    staff, seen = staff_of(request), sight(request)
    form = SearchForm(request.GET if "q" in request.GET else None)
    field = form.fields["agency"]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (as declared above)
    field.queryset = agencies_for(seen, Permission.READ_CONVERSATIONS)
    context: dict[str, Any] = {"form": form, "tag_names": queries.tag_names(seen)}
    status = 200
    if form.is_bound and form.is_valid() and form.cleaned_data["q"].strip():
        given = form.cleaned_data
        if (key := _conversation_of(request, given["q"])) is not None:
            return redirect("console:conversation", key=key)
        page = request.GET.get("page", "1")
        number = min(max(int(page), 1), MOST_PAGES) if page.isdecimal() and len(page) < 6 else 1
        wanted = queries.Wanted(
            given["q"],
            _start(given["since"]),
            _start(given["until"] + timedelta(days=1) if given["until"] else None),
            given["agency"],
            given["tag"],
        )
        found = queries.search(seen, wanted, limit=PAGE, offset=(number - 1) * PAGE)
        kept = {name: request.GET.get(name, "") for name in form.fields}
        context |= {
            "has_looked": True,
            "count": found.count,
            "lines": [_line(message, given["q"]) for message in found.messages],
            "earlier": _page(kept, number + 1) if number * PAGE < found.count else "",
            "later": _page(kept, number - 1) if number > 1 else "",
            "first": (number - 1) * PAGE + 1,
            "last": min(number * PAGE, found.count),
        }
    elif form.is_bound and not form.is_valid():
        status = 422
    context["staff"] = staff
    return render(request, "console/inbox_search.html", context, status=status)


def _line(message: Message, words: str) -> dict[str, Any]:
    said = queries.words_of(message)
    return {
        "message": message,
        "name": profile_of(message.citizen).shown_name,
        "pieces": snippet(mask(said), words),
        "url": f"{reverse('console:conversation', args=[message.citizen_id])}?at={message.pk}",
    }


def _conversation_of(request: HttpRequest, words: str) -> str | None:
    """The key of the citizen whose ticket has this number, where this person may read both."""
    number = normal_ticket_number(words.strip())
    if not number:
        return None
    staff = staff_of(request)
    try:
        ticket = ticket_for(staff, number)
        if ticket.citizen_id is None or ticket.is_anonymous or ticket.is_confidential:
            return None
        return str(queries.dialogue_for(staff, Permission.READ_CONVERSATIONS, ticket.citizen_id).pk)
    except NotFound:
        return None


def _start(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def _page(kept: dict[str, str], number: int) -> str:
    return urlencode({**{name: value for name, value in kept.items() if value}, "page": number})


urlpatterns = [path("conversations/search/", search, name="conversation_search")]
