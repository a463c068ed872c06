"""试一问: what a citizen of an account would hear on a day, and why."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.knowledge.index.explaining import Explained
from minxin.knowledge.index.shared import fresh_index
from minxin.knowledge.rules import MARGIN, QUESTION_LIMIT, SURE

VERDICTS = {
    "same": gettext_lazy("会直接回答：与一种问法说的是同一件事。"),
    "certain": gettext_lazy("会直接回答：非常接近。"),
    "sure": gettext_lazy("会直接回答：足够接近，而且明显好于第二名。"),
    "held": gettext_lazy("不给答案：最接近的一条依据已失效、还没有核对，会告诉市民正在核对。"),
    "choices": gettext_lazy("会先反问一句：有几种情况，答案不同。"),
    "nothing": gettext_lazy("不回答：没有一条知识与这句话有相同的词。"),
    "weak": gettext_lazy("不回答：最接近的一条也不够像。可以把这句话补成它的一种问法。"),
    "raised": gettext_lazy("不直接回答：够像，但没有到本单位设定的把握，只作为相近问题给出。"),
    "barred": gettext_lazy("不回答：最像的一条这一天或这个地方不能给，其余的只能算凑合。"),
    "close": gettext_lazy(
        "不回答：两条差不多像，分不出是哪一条。可以给其中一条补充问法或适用对象。"
    ),
}
STANDINGS = {
    "given": gettext_lazy("可以给"),
    "held": gettext_lazy("依据失效，待核对"),
    "dated": gettext_lazy("这一天不在有效期"),
    "elsewhere": gettext_lazy("别的区划"),
}


class TryForm(forms.Form):
    """A question, of which account, on which day."""

    q = forms.CharField(
        label=gettext_lazy("问题"), max_length=QUESTION_LIMIT,
        error_messages={"required": gettext_lazy("请写一句市民会问的话。")},
        widget=forms.TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    account = forms.ModelChoiceField(
        label=gettext_lazy("在哪个账号问"), queryset=Account.objects.none(), empty_label=None,
        error_messages={"required": gettext_lazy("请选择账号。")},
    )  # fmt: skip
    on = forms.DateField(
        label=gettext_lazy("哪一天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("请选择日期。")},
    )  # fmt: skip
    region = forms.CharField(
        label=gettext_lazy("区划"), max_length=12, required=False,
        help_text=gettext_lazy("区划代码；不填就按账号所在的区划。"),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Account.objects.visible_to(staff, Permission.READ_KNOWLEDGE)
        accounts = rows.select_related("agency").order_by("name", "pk")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["account"].initial = accounts.first()

    def explained(self) -> Explained:
        """What the index says, now."""
        given = self.cleaned_data
        account: Account = given["account"]
        region = given["region"] or account.region_code or account.agency.region_code
        return fresh_index().explain(
            given["q"], on=given["on"], region=region, agency_id=account.agency_id
        )


@require_http_methods(["GET", "POST"])
@allowed(Permission.READ_KNOWLEDGE)
def try_a_question(request: HttpRequest) -> HttpResponse:
    """A question and what comes of it. It is sent, not put into the address, where it would be logged."""
    start = {"on": timezone.localdate(), "q": request.GET.get("q", "")[:QUESTION_LIMIT]}
    sent = request.POST if request.method == "POST" else None
    form = TryForm(sent, initial=start, staff=staff_of(request))
    told = form.explained() if request.method == "POST" and form.is_valid() else None
    context = {
        "title": _("试一问"),
        "form": form,
        "told": told,
        "verdict": VERDICTS[told.verdict] if told else "",
        "parts": [(each, STANDINGS[each.standing]) for each in told.parts] if told else [],
        "sure": told.sure if told else SURE,
        "margin": MARGIN,
        "back": reverse("console:entries"),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "console/entry_try.html", context, status=status)


urlpatterns = [path("knowledge/try/", try_a_question, name="entry_try")]
