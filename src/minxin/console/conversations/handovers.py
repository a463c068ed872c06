"""Another agency goes on with a conversation, and the list of those."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minxin.agencies.models import Staff
from minxin.agencies.queries import agencies_for
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, sight, staff_of
from minxin.console.conversations.pane import act_on
from minxin.console.lists import ListPage, Search, Table, choices_of, listed
from minxin.conversations import actions, queries
from minxin.conversations.models import Dialogue, Handover
from minxin.core.errors import NotFound, Refused
from minxin.text import mask


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """Ask another agency to go on."""
    staff, now = staff_of(request), timezone.now()
    token = request.POST.get("token", "")[:32] or get_random_string(16)

    def action(dialogue: Dialogue) -> None:
        able = {str(one.pk): one for one in queries.takers(dialogue)}
        to = able.get(request.POST.get("to", ""))
        if to is None:
            raise Refused(_("请选择有人答复会话的其他单位。"), field="to")
        actions.hand_over(
            dialogue,
            to,
            request.POST.get("question", ""),
            key=f"handover:{staff.pk}:{token}",
            actor=staff,
            now=now,
        )

    return act_on(request, key, action, box="question")


@require_POST
@allowed(Permission.ANSWER_CONVERSATIONS)
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """Take it back, or return it; who returned it may not see it any more."""
    staff, now = staff_of(request), timezone.now()
    reason = request.POST.get("reason", "")
    try:
        return act_on(
            request,
            key,
            lambda dialogue: actions.take_back(dialogue, reason, actor=staff, now=now),
            box="reason",
        )
    except NotFound:
        try:
            queries.dialogue_for(staff, Permission.ANSWER_CONVERSATIONS, key)
        except NotFound:
            if not queries.handovers_visible_to(staff).filter(dialogue=key).exists():
                raise
        address = reverse("console:handovers")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)


# For how long handovers are summed up above their list.
COUNTED = timedelta(days=30)


class HandoverFilter(Search):
    """Filters of the handovers."""

    searched = ("from_agency__name", "to_agency__name", "question")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=choices_of(Handover.Status)
    )

    class Meta:
        model = Handover
        fields = ("status",)


class HandoverTable(Table):
    """Who gave what to whom, and what came of it."""

    asked_at = tables.DateTimeColumn(verbose_name=gettext_lazy("转交时间"), format="Y-m-d H:i")
    from_agency = tables.Column(verbose_name=gettext_lazy("转出单位"), accessor="from_agency__name")
    to_agency = tables.Column(verbose_name=gettext_lazy("接收单位"), accessor="to_agency__name")
    question = tables.Column(verbose_name=gettext_lazy("要对方答复的问题"), orderable=False)
    status = tables.Column(verbose_name=gettext_lazy("状态"), accessor="get_status_display")
    reason = tables.Column(verbose_name=gettext_lazy("退回原因"), orderable=False)

    row_url = staticmethod(lambda row: reverse("console:conversation", args=[row.dialogue_id]))

    def render_question(self, value: str) -> str:
        return mask(value)[:60]

    def render_reason(self, value: str) -> str:
        return mask(value)

    class Meta(Table.Meta):
        order_by = "-asked_at"


class HandoversPage(ListPage):
    """Conversations that my agencies gave or got."""

    permission = Permission.READ_CONVERSATIONS
    title = gettext_lazy("会话转交")
    empty = gettext_lazy("还没有转交过会话。")
    empty_hint = gettext_lazy("在会话右侧“转给其他单位”。转出和接收的单位都能在这里看到。")
    table_class = HandoverTable
    filterset_class = HandoverFilter
    template_name = "console/handovers.html"
    back = (gettext_lazy("会话"), "console:inbox")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        mine = agencies_for(sight(self.request), Permission.READ_CONVERSATIONS)
        given, got = queries.handover_counts(
            list(mine.values_list("pk", flat=True)), since=now - COUNTED, until=now
        )
        counts = {"given": given, "got": got, "counted_days": COUNTED.days}
        return super().get_context_data(**kwargs) | counts

    def rows(self, staff: Staff) -> QuerySet[Handover]:
        return queries.handovers_visible_to(staff)


urlpatterns = [
    path("inbox/<str:key>/hand-over/", hand_over, name="conversation_hand_over"),
    path("inbox/<str:key>/take-back/", take_back, name="conversation_take_back"),
    listed("conversations/handovers/", HandoversPage, "handovers"),
]
