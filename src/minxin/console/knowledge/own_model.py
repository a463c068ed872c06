"""The city's own model: where it is, what it may cost, a try before it is kept, and what it was asked."""

from dataclasses import fields, replace
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minxin.agencies.models import Staff
from minxin.agencies.queries import may_everywhere, permissions_of
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, staff_of
from minxin.console.lists import ListPage, Search, Table, agency_filter, choices_of, listed
from minxin.core.errors import Refused
from minxin.knowledge.actions.own_model import ModelDraft, drafted, keep_model, note_try
from minxin.knowledge.models import ModelCall
from minxin.knowledge.own_model.rewording import agency_at_the_top, called
from minxin.knowledge.queries.own_model import calls_visible_to, day_of, own_model
from minxin.knowledge.rules.own_model import in_sentences, is_worth_it

EDIT = Permission.EDIT_SETTINGS
LONGEST_TRY = 10  # seconds: a page waits no longer, whatever is set
SAMPLE = (
    "补办犬只登记证收费四十元，首次办理免费。\n自受理之日起10个工作日内办结，但法定节假日除外。"
)
ASKED = "狗证丢了，补办要多少钱？"
NAMES = [each.name for each in fields(ModelDraft) if each.name not in {"secret", "drops_secret"}]

FAULTS: dict[str, Any] = {
    "address": gettext_lazy("地址现在指向不允许的网段，或域名查不到。"),
    "connect": gettext_lazy("连不上，或连接中断。请检查地址、端口和防火墙。"),
    "late": gettext_lazy("超过最长等待时间，没有答完。"),
    "key": gettext_lazy("对方不认密钥。"),
    "missing": gettext_lazy(
        "对方没有这个接口或这个模型，请核对地址（通常以 /v1 结尾）和模型名称。"
    ),
    "busy": gettext_lazy("对方正忙。"),
    "status": gettext_lazy("对方没有正常应答。"),
    "large": gettext_lazy("对方的应答太大，没有读完。"),
    "stream": gettext_lazy("对方按流式应答，这里要的是一次给全。请检查模型服务的设置。"),
    "envelope": gettext_lazy("对方的应答不是这种接口的格式。"),
    "shape": gettext_lazy("输出里有换行、标签或看不见的字符。"),
    "uncited": gettext_lazy("有句子没有写依据的原文编号。"),
    "unknown_source": gettext_lazy("写了没有给过的原文编号。"),
    "too_long": gettext_lazy("输出太长。"),
    "number": gettext_lazy("数字、日期、金额、电话与原文不一致，或安在了别的事情上。"),
    "link": gettext_lazy("有原文没有的网址、邮箱或字母。"),
    "title": gettext_lazy("有原文没有的文件名。"),
    "word": gettext_lazy("有原文没有的词。"),
    "negation": gettext_lazy("“不、未、无、免”等与原文不一致。"),
    "mode": gettext_lazy("原文没有说“应当”或“可以”。"),
    "limit": gettext_lazy("丢了“除外”“仅”等限定。"),
    "left_out": gettext_lazy("漏了原文的内容。"),
}


class ModelForm(forms.Form):
    """Where it is, what it may cost, what is said beside its words. The key is write-only."""

    is_on = forms.BooleanField(
        label=gettext_lazy("启用"), required=False,
        help_text=gettext_lazy("不勾选就不调用模型，市民看到的都是文件原文和知识条目。"),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("接口地址"), required=False, max_length=300,
        help_text=gettext_lazy(
            "兼容OpenAI的接口，例如 http://10.20.3.4:8000/v1。只能在设置 MINXIN_MODEL_NETWORKS 写明的内网网段里。"
        ),
    )  # fmt: skip
    model = forms.CharField(label=gettext_lazy("模型名称"), required=False, max_length=120)
    secret = forms.CharField(
        label=gettext_lazy("密钥"), required=False, max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("加密保存，保存后不再显示；留空表示不改。换了地址要重新填写。"),
    )  # fmt: skip
    drops_secret = forms.BooleanField(label=gettext_lazy("不用密钥"), required=False)
    for_entries = forms.BooleanField(
        label=gettext_lazy("知识条目的答复也改写"), required=False,
        help_text=gettext_lazy("不勾选就只改写引用的文件原文；知识条目由编辑写好，一般不需要改写。"),
    )  # fmt: skip
    requests_a_day = forms.IntegerField(
        label=gettext_lazy("每天最多请求（次）"), min_value=1, max_value=1_000_000
    )
    tokens_a_day = forms.IntegerField(
        label=gettext_lazy("每天最多词元（tokens）"), min_value=1_000, max_value=10_000_000_000
    )
    requests_a_minute = forms.IntegerField(
        label=gettext_lazy("每分钟最多请求（次）"), min_value=1, max_value=10_000
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("最长等待（秒）"), min_value=1, max_value=60,
        help_text=gettext_lazy("到时没有答完，就发文件原文。"),
    )  # fmt: skip
    label = forms.CharField(
        label=gettext_lazy("标识文字"), max_length=120,
        help_text=gettext_lazy(
            "放在改写内容的最前面，要写明是人工智能生成（《人工智能生成合成内容标识办法》）。"
        ),
    )  # fmt: skip
    filing_number = forms.CharField(
        label=gettext_lazy("模型备案号"), required=False, max_length=80,
        help_text=gettext_lazy("填了就显示在标识后面。"),
    )  # fmt: skip
    kept_days = forms.IntegerField(
        label=gettext_lazy("记录保存（天）"), min_value=1, max_value=3_650,
        help_text=gettext_lazy("每次调用的问题（个人信息已遮盖）、原文、输出和核对结果保存多久。"),
    )  # fmt: skip
    question = forms.CharField(
        label=gettext_lazy("试一试：问题"), required=False, max_length=300, initial=ASKED
    )
    passage = forms.CharField(
        label=gettext_lazy("试一试：原文"), required=False, max_length=600, initial=SAMPLE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("只在试的时候用，不保存为知识。试的结果记在模型记录里。"),
    )  # fmt: skip

    @property
    def draft(self) -> ModelDraft:
        """What was written, as the room takes it."""
        given = self.cleaned_data
        return ModelDraft(
            **{name: given[name] for name in NAMES},
            secret=given["secret"],
            drops_secret=given["drops_secret"],
        )


def _try(form: ModelForm, staff: Staff) -> ModelCall:
    """One request by the settings as they were written; raises `Refused`."""
    settings = drafted(replace(form.draft, is_on=True))
    bundle = in_sentences(form.cleaned_data["passage"] or SAMPLE)
    if bundle is None or not is_worth_it(bundle, is_whole=True):
        raise Refused(_("原文要有一到几句话，不超过600字节。"), field="passage")
    top = agency_at_the_top()
    if top is None:
        raise Http404
    settings = replace(settings, seconds=min(settings.seconds, LONGEST_TRY))
    call, _done = called(
        form.cleaned_data["question"] or ASKED, bundle, title="", settings=settings
    )
    call.agency, call.is_try = top, True
    note_try(call, actor=staff, now=timezone.now())
    return call


@require_http_methods(["GET", "POST"])
@allowed(EDIT)
def own_model_page(request: HttpRequest) -> HttpResponse:
    """The settings, today's use, and a try."""
    staff, now = staff_of(request), timezone.now()
    if not may_everywhere(staff, EDIT):
        raise Http404
    row = own_model()
    form = ModelForm(request.POST or None, initial={name: getattr(row, name) for name in NAMES})
    tried: ModelCall | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "try":
                tried = _try(form, staff)
            else:
                keep_model(form.draft, actor=staff, now=now)
                messages.success(request, _("已保存，几秒之后生效。"))
                return redirect("console:own_model")
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {
        "form": form,
        "row": row,
        "today": day_of(timezone.localdate(now)),
        "is_resting": row.rest_until is not None and now < row.rest_until,
        "tried": tried,
        "fault": FAULTS.get(tried.fault, "") if tried else "",
        "may_read": Permission.READ_MODEL in permissions_of(staff),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/own_model.html", context, status=status)


class CallFilter(Search):
    """What came of it, for whom, by which model."""

    searched = ("question", "title", "output", "said")
    verdict = django_filters.ChoiceFilter(
        label=gettext_lazy("结果"), choices=choices_of(ModelCall.Verdict)
    )
    agency = agency_filter(gettext_lazy("单位"), Permission.READ_MODEL)

    class Meta:
        model = ModelCall
        fields = ("verdict", "agency")


def _url(record: Any) -> str:
    return reverse("console:model_call", args=[record.pk])


class CallTable(Table):
    """Requests, the newest first."""

    at = tables.DateTimeColumn(verbose_name=gettext_lazy("时间"), format="Y-m-d H:i:s")
    question = tables.Column(verbose_name=gettext_lazy("问题"), linkify=_url)
    verdict = tables.Column(verbose_name=gettext_lazy("结果"))
    fault = tables.Column(verbose_name=gettext_lazy("原因"))
    agency = tables.Column(verbose_name=gettext_lazy("单位"), accessor="agency__name")
    model = tables.Column(verbose_name=gettext_lazy("模型"))
    tokens = tables.Column(verbose_name=gettext_lazy("词元"))
    took_ms = tables.Column(verbose_name=gettext_lazy("用时（毫秒）"))
    is_try = tables.BooleanColumn(
        verbose_name=gettext_lazy("来自"), yesno=(gettext_lazy("试用"), gettext_lazy("市民"))
    )

    row_url = staticmethod(lambda record: _url(record))

    def render_fault(self, value: str) -> str:
        return str(FAULTS.get(value, value))

    class Meta(Table.Meta):
        order_by = "-at"


class CallsPage(ListPage):
    """What the model was asked and what came of it."""

    permission = Permission.READ_MODEL
    title = gettext_lazy("模型记录")
    empty = gettext_lazy("还没有调用过模型。")
    empty_hint = gettext_lazy("启用自有模型以后，每次调用的输入、输出和核对结果都在这里。")
    table_class = CallTable
    filterset_class = CallFilter

    def rows(self, staff: Staff) -> QuerySet[ModelCall]:
        return calls_visible_to(staff)


@require_safe
@allowed(Permission.READ_MODEL)
def one_call(request: HttpRequest, number: int) -> HttpResponse:
    """One request: what was given, what came back, what code found."""
    call = calls_visible_to(staff_of(request)).filter(pk=number).first()
    if call is None:
        raise Http404
    context = {
        "call": call,
        "fault": FAULTS.get(call.fault, ""),
        "back": reverse("console:model_calls"),
    }
    return render(request, "console/model_call.html", context)


urlpatterns = [
    path("model/", own_model_page, name="own_model"),
    listed("model/calls/", CallsPage, "model_calls"),
    path("model/calls/<int:number>/", one_call, name="model_call"),
]
