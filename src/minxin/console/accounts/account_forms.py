"""What people type about how an account is connected and what it says first."""

from django import forms
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Mode


class CredentialsForm(forms.Form):
    """Write-only: what is kept is never shown again; an empty field keeps it."""

    app_id = forms.CharField(label="AppID", max_length=32)
    secret = forms.CharField(
        label="AppSecret", required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("留空表示不改。保存后不再显示。"),
    )  # fmt: skip
    token = forms.CharField(label=gettext_lazy("令牌（Token）"), required=False,
                            widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    aes_key = forms.CharField(label="EncodingAESKey", required=False,
                              widget=forms.PasswordInput(attrs={"autocomplete": "off"}))  # fmt: skip
    mode = forms.ChoiceField(label=gettext_lazy("消息加解密方式"), choices=Mode)


class GreetingsForm(forms.Form):
    """The first words."""

    greeting = forms.CharField(label=gettext_lazy("新关注时"), required=False,
                               widget=forms.Textarea(attrs={"rows": 5}),
                               help_text=gettext_lazy("留空就用通用的问候。"))  # fmt: skip
    welcome_back = forms.CharField(label=gettext_lazy("再次关注时"), required=False,
                                   widget=forms.Textarea(attrs={"rows": 4}))  # fmt: skip
