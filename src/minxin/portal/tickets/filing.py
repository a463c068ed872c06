"""Filing: what happened, where, with pictures, and how to reach her if she likes."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minxin.citizens.actions import keep_contact
from minxin.citizens.queries import contact_of, profile_of
from minxin.citizens.rules import CONSENT_VERSION, good_name, good_phone
from minxin.core.crypto import keyed_hash
from minxin.core.errors import Refused
from minxin.portal import following, redirects, wrongdoing
from minxin.portal.base import Visit, citizens_only, page, public
from minxin.portal.reach import way_to
from minxin.portal.tickets import pictures
from minxin.portal.tickets.pictures import PicturesField
from minxin.portal.wechat import with_wechat
from minxin.supervision.probe_passes import is_good_pass
from minxin.tickets import actions, queries
from minxin.tickets.rules import LONGEST_TEXT, MOST_PICTURES, SHORTEST_TEXT
from minxin.tickets.rules.wrongdoing import is_wrongdoing


class FileForm(forms.Form):
    """What happened, where, and how to reach her if she likes."""

    text = forms.CharField(
        label=gettext_lazy("什么事"),
        min_length=SHORTEST_TEXT,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": gettext_lazy("什么事、什么时候、希望怎样解决")}
        ),
        error_messages={
            "required": gettext_lazy("请写明是什么事。"),
            "max_length": gettext_lazy(
                "内容太长，现在有 %(show_value)d 字，请控制在 %(limit_value)d 字以内。"
            ),
            "min_length": gettext_lazy("请把情况说得具体一些：什么事、在哪里、什么时候。"),
        },
    )
    place = forms.CharField(label=gettext_lazy("在哪里"), max_length=200, required=False)
    division = forms.ChoiceField(label=gettext_lazy("在哪个区县"), required=False)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    is_anonymous = forms.BooleanField(required=False)
    is_confidential = forms.BooleanField(required=False)
    may_publish = forms.BooleanField(required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "data-private": True}),
    )
    real_name = forms.CharField(
        label=gettext_lazy("怎么称呼"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-private": True}),
    )
    consent = forms.BooleanField(required=False)
    texts = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=32)
    pictures = PicturesField()

    def __init__(self, account: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser cuts what is pasted without a word; here it is all kept, and told to be too long.
        box = self.fields["text"].widget.attrs
        box["data-limit"] = box.pop("maxlength", LONGEST_TEXT)
        places = [(each.code, each.name) for each in queries.districts(account)]
        self.fields["division"].choices = [("", _("不确定")), *places]  # type: ignore[attr-defined]
        choices = [("", _("由工作人员判断"))]
        choices += [(each.code, each.name) for each in queries.categories()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        phone, name = given.get("phone"), given.get("real_name")
        if phone and good_phone(phone) is None:
            self.add_error("phone", _("电话号码不正确，请填写手机号，或带区号的座机号。"))
        if name and good_name(name) is None:
            self.add_error("real_name", _("姓名中有不能识别的字符，请核对。"))
        if (given.get("latitude") is None) != (given.get("longitude") is None):
            self.add_error("latitude", _("位置不正确，请重新获取，或只写明地点。"))
        if (phone or name) and not given.get("consent"):
            self.add_error(
                "consent", _("留下电话前，请先阅读并同意个人信息说明；不留电话也可以提交。")
            )
        return given


@citizens_only
def file(visit: Visit) -> HttpResponse:
    """File a ticket; what was typed is kept when something is missing."""
    request, now = visit.request, timezone.now()
    typed, problems = pictures.received(visit, now)
    form = FileForm(visit.account, typed, initial={"token": get_random_string(20)})
    for problem in problems:
        form.add_error("pictures", problem)
    near = following.near(visit, form.cleaned_data) if form.is_bound and form.is_valid() else []
    advised = (
        redirects.advice(visit, form.cleaned_data) if form.is_bound and form.is_valid() else []
    )
    if request.method == "POST" and form.is_valid() and not near and not advised:
        given = form.cleaned_data
        category = queries.categories().filter(code=given["category"]).first()
        try:
            if is_wrongdoing(given["text"]):
                return wrongdoing.reported(visit, given, _key(visit, given))
            if given["phone"] or given["real_name"]:
                kept = contact_of(visit.me)  # what she leaves blank stays as it was
                keep_contact(
                    visit.me, real_name=given["real_name"] or kept.real_name,
                    phone=given["phone"] or kept.phone,
                    consent_version=CONSENT_VERSION, agrees_to_texts=given["texts"],
                    actor=visit.me, now=now,
                )  # fmt: skip
            made = actions.file(
                text=given["text"], place=given["place"], category=category, citizen=visit.me,
                account=visit.account, source="portal",
                division=given["division"], coordinates=_coordinates(given),
                is_anonymous=given["is_anonymous"], is_confidential=given["is_confidential"],
                may_publish=given["may_publish"],
                pictures=given["pictures"], key=_key(visit, given), actor=visit.me, now=now,
            )  # fmt: skip
            messages.success(
                request, _("已提交。进展和答复会写在这一页。"), f"file:{visit.account.app_id}"
            )
            return redirect("portal:ticket", app_id=visit.account.app_id, number=made.number)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    status = 422 if form.errors else 200
    kept_phone = profile_of(visit.me).masked_phone
    return page(
        visit,
        "file",
        form=form,
        longest=LONGEST_TEXT,
        kept_phone=kept_phone,
        near=near,
        advised=advised,
        is_wrongdoing=bool(advised) and is_wrongdoing(form.cleaned_data["text"]),
        status=status,
        jssdk=settings.MINXIN_JSSDK_URL,
        **pictures.shown(visit, form["pictures"].value()),
        can_text=bool(settings.MINXIN_SMS_URL),
        way=way_to(visit, now),
    )


def _coordinates(given: dict[str, Any]) -> tuple[float, float] | None:
    at = given["latitude"], given["longitude"]
    return None if None in at else at


def _key(visit: Visit, given: dict[str, Any]) -> str:
    """The same words from the same page are one ticket, however often they are sent.

    Other words are another, even from a page she went back to. The key names nobody: it stays
    with the ticket when she leaves.
    """
    return "portal:" + keyed_hash(visit.me.key, given["token"], given["text"].strip())


@citizens_only
def propose(visit: Visit) -> HttpResponse:
    """The category her words speak of, for her to take or leave; nothing is kept."""
    text = visit.request.POST.get("text", "")[:LONGEST_TEXT]
    category = queries.guess(text)[0] if len(text.strip()) >= SHORTEST_TEXT else None
    if category is None:
        return JsonResponse({})
    return JsonResponse({"code": category.code, "name": category.name})


@public
def probe(visit: Visit) -> HttpResponse:
    """The form as a probe tries it, without a citizen: the same fields, page and checks, and nothing is
    filed. Who has no pass that this installation signed a minute ago is sent to the form itself."""
    request = visit.request
    if not is_good_pass(request.GET.get("pass", ""), visit.account.app_id or ""):
        return redirect("portal:file", app_id=visit.account.app_id)
    form = FileForm(visit.account, request.POST or None, initial={"token": get_random_string(20)})
    if request.method == "POST" and form.is_valid():
        return HttpResponse("accepted\n", "text/plain; charset=utf-8")
    status = 422 if form.is_bound else 200
    context = {"form": form, "longest": LONGEST_TEXT, "most_pictures": MOST_PICTURES}
    return page(visit, "file", status=status, **context)


urlpatterns = [
    path("tickets/new", with_wechat(file), name="file"),
    path("tickets/propose", require_POST(propose), name="propose"),
    path("tickets/probe", probe, name="probe"),
]
