"""What colleagues do in a conversation beside answering: who is writing, notes, tags, their list."""

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of
from minxin.agencies.rules import Permission
from minxin.console.base import act, allowed, form_page, staff_of
from minxin.console.conversations.pane import act_on, number_in
from minxin.console.lists import ListPage, Search, Table, listed, yes_or_no
from minxin.conversations import actions, queries
from minxin.conversations.models import Tag
from minxin.conversations.rules import shade_of


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def writing(request: HttpRequest, key: str) -> HttpResponse:
    """The page says that there are words in the box, or none any more; what they are stays there."""
    staff, now = staff_of(request), timezone.now()
    dialogue = queries.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
    has_words = request.POST.get("words") == "1"
    actions.note_writing(dialogue, has_words=has_words, actor=staff, now=now)
    return HttpResponse(status=204)


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def note(request: HttpRequest, key: str) -> HttpResponse:
    """Tell colleagues something."""
    staff, now = staff_of(request), timezone.now()
    token = request.POST.get("token", "")[:32] or get_random_string(16)
    words, name = request.POST.get("note", ""), f"note:{staff.pk}:{token}"
    return act_on(
        request,
        key,
        lambda dialogue: actions.add_note(dialogue, words, key=name, actor=staff, now=now),
        box="note",
    )


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def tag(request: HttpRequest, key: str) -> HttpResponse:
    """Put a tag on, or take one off."""
    staff, now = staff_of(request), timezone.now()
    off = number_in(request.POST.get("off", ""))
    if off is not None:
        return act_on(
            request,
            key,
            lambda dialogue: actions.take_tag(dialogue, off, actor=staff, now=now),
            box="tag",
        )
    words = request.POST.get("tag", "")
    return act_on(
        request,
        key,
        lambda dialogue: actions.put_tag(dialogue, words, actor=staff, now=now),
        box="tag",
    )


class TagFilter(Search):
    """Filters of the tags."""

    searched = ("name", "agency__name")
    is_active = yes_or_no(gettext_lazy("在用"), gettext_lazy("在用"), gettext_lazy("停用"))

    class Meta:
        model = Tag
        fields = ("is_active",)


class TagTable(Table):
    """The words of each agency, and how often they stand."""

    name = tables.Column(verbose_name=gettext_lazy("标签"))
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    uses = tables.Column(verbose_name=gettext_lazy("会话数"))
    is_active = tables.BooleanColumn(
        verbose_name=gettext_lazy("状态"), yesno=(gettext_lazy("在用"), gettext_lazy("停用"))
    )

    row_url = staticmethod(lambda row: reverse("console:dialogue_tag", args=[row.pk]))

    def render_name(self, value: str) -> str:
        return format_html('<span class="tag tag-{}">{}</span>', shade_of(value), value)

    class Meta(Table.Meta):
        order_by = "name"


class TagsPage(ListPage):
    """The tags of conversations."""

    permission = Permission.READ_CONVERSATIONS
    title = gettext_lazy("会话标签")
    empty = gettext_lazy("还没有标签。")
    empty_hint = gettext_lazy("在会话右侧写一个词就是新标签；上级单位的标签下级也能用。")
    table_class = TagTable
    filterset_class = TagFilter
    back = (gettext_lazy("会话"), "console:inbox")
    buttons = (
        (
            gettext_lazy("新增标签"),
            "console:dialogue_tag_new",
            Permission.ANSWER_CONVERSATIONS,
        ),
    )

    def rows(self, staff: Staff) -> QuerySet[Tag]:
        return queries.tags_visible_to(staff)


class TagForm(forms.Form):
    """A word."""

    name = forms.CharField(label=gettext_lazy("标签"), max_length=actions.LONGEST_TAG)


class NewTagForm(TagForm):
    """A word and whose it is."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Agency.objects.none(),
        help_text=gettext_lazy("本单位和下级单位的会话都能用。"),
    )


class OldTagForm(TagForm):
    """A word and whether it is in use."""

    is_active = forms.BooleanField(
        label=gettext_lazy("在用"),
        required=False,
        help_text=gettext_lazy("停用后不能再加到会话上，已经加上的仍然保留。"),
    )


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_CONVERSATIONS)
def new_tag(request: HttpRequest) -> HttpResponse:
    """A new word in an agency's list."""
    staff, now = staff_of(request), timezone.now()
    form = NewTagForm(request.POST or None, initial={"agency": home_of(staff)})
    field = form.fields["agency"]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (as declared above)
    field.queryset = agencies_for(staff, Permission.ANSWER_CONVERSATIONS)
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.add_tag(**form.cleaned_data, actor=staff, now=now),
        _("标签已新增。"),
    ):
        return redirect("console:dialogue_tags")
    return form_page(request, form, title=_("新增标签"), back=reverse("console:dialogue_tags"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.ANSWER_CONVERSATIONS)
def one_tag(request: HttpRequest, number: int) -> HttpResponse:
    """Rename a tag, or take it out of use."""
    staff, now = staff_of(request), timezone.now()
    row = queries.tag_for(staff, number)
    title = row.name
    form = OldTagForm(request.POST or None, initial={"name": row.name, "is_active": row.is_active})
    if request.method == "POST" and act(
        request,
        form,
        lambda: actions.change_tag(row, **form.cleaned_data, actor=staff, now=now),
        _("标签已保存。"),
    ):
        return redirect("console:dialogue_tags")
    return form_page(request, form, title=title, back=reverse("console:dialogue_tags"))


urlpatterns = [
    path("inbox/<str:key>/writing/", writing, name="conversation_writing"),
    path("inbox/<str:key>/note/", note, name="conversation_note"),
    path("inbox/<str:key>/tag/", tag, name="conversation_tag"),
    listed("conversations/tags/", TagsPage, "dialogue_tags"),
    path("conversations/tags/new/", new_tag, name="dialogue_tag_new"),
    path("conversations/tags/<int:number>/", one_tag, name="dialogue_tag"),
]
