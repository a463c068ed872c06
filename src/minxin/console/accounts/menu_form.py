"""The menu as a form: three buttons with up to five below each, the limits of WeChat told in words."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.models import Account, MenuReply
from minxin.accounts.queries import MenuAnswer

BUTTONS, BELOW = 3, 5
# 自定义菜单创建接口: names of 16 bytes, below them 60; addresses of 1024. 被动回复: 2048 bytes.
LONGEST_NAME, LONGEST_NAME_BELOW, LONGEST_URL, LONGEST_TEXT = 16, 60, 1024, 2048
MENU, PAGE, KEPT = "menu", "view", "kept"
_WITH_TEXT = {MenuReply.Does.SAY, MenuReply.Does.ASK, PAGE}
_DOES = [*MenuReply.Does.choices, (PAGE, gettext_lazy("打开网页"))]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the menu with its fields; `number` counts from 1."""

    number: int
    name: BoundField
    does: BoundField
    text: BoundField
    kept: BoundField
    below: "tuple[Slot, ...]" = ()
    is_used: bool = False

    @property
    def fields(self) -> tuple[BoundField, ...]:
        return (self.name, self.does, self.text)


def version_of(account: Account) -> str:
    """Changes when somebody else changes the menu."""
    replies = sorted(account.menu_replies.values_list("key", "does", "text"))
    words = json.dumps([account.menu, replies], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


class MenuForm(forms.Form):
    """Every place of the menu. `kept` carries what stands there already: its key, or a button of a kind
    that is not made here (scanning, mini programs) and stays as it is."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(account))
        super().__init__(*args, **kwargs)
        for place in _places():
            self._add_fields(place)

    def _add_fields(self, place: str) -> None:
        is_top = "_" not in place
        longest = LONGEST_NAME if is_top else LONGEST_NAME_BELOW
        # 2-1 for the first below the second: the summary of errors says which is meant.
        where = "-".join(str(int(each) + 1) for each in place.split("_"))
        choices = [("", "—"), *_DOES]
        if is_top:
            choices.insert(1, (MENU, gettext_lazy("展开二级菜单")))
        if self.initial.get(f"does_{place}") == KEPT or self.data.get(f"does_{place}") == KEPT:
            choices.append((KEPT, gettext_lazy("保持原来的设置")))
        self.fields[f"name_{place}"] = forms.CharField(
            label=format_lazy("{} {}", where, gettext_lazy("名称")),
            required=False,
            widget=forms.TextInput(attrs={"data-bytes": longest, "autocomplete": "off"}),
        )
        self.fields[f"does_{place}"] = forms.ChoiceField(
            label=format_lazy("{} {}", where, gettext_lazy("点击后")),
            required=False,
            choices=choices,
            widget=forms.Select(attrs={"data-does": place}),
        )
        self.fields[f"text_{place}"] = forms.CharField(
            label=format_lazy("{} {}", where, gettext_lazy("内容")),
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "data-text": place}),
        )
        self.fields[f"kept_{place}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def begin_again_from(self, version: str) -> None:
        """What is typed stays; saved once more, it replaces what stands there now."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": version}

    # For the template ----------------------------------------------------------------------------

    def slots(self) -> Iterator[Slot]:
        """The three buttons, each with its five places below."""
        for top in range(BUTTONS):
            below = tuple(self._slot(f"{top}_{number}", number) for number in range(BELOW))
            yield self._slot(str(top), top, below)

    def _slot(self, place: str, number: int, below: tuple[Slot, ...] = ()) -> Slot:
        bound = {part: self[f"{part}_{place}"] for part in ("name", "does", "text", "kept")}
        is_used = any(bound[part].value() for part in ("name", "does", "text"))
        return Slot(number + 1, **bound, below=below, is_used=is_used)

    def hidden(self) -> BoundField:
        return self["seen"]

    # What was typed, as the room takes it --------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        self.menu: list[dict[str, Any]] = []
        self.replies: dict[str, MenuAnswer] = {}
        for top in range(BUTTONS):
            below = [
                button
                for number in range(BELOW)
                if (button := self._button(given, f"{top}_{number}")) is not None
            ]
            button = self._button(given, str(top), below)
            if button is not None:
                self.menu.append(button)
        return given

    def _button(
        self, given: Mapping[str, Any], place: str, below: Sequence[dict[str, Any]] = ()
    ) -> dict[str, Any] | None:
        name = str(given.get(f"name_{place}", "")).strip()
        does = str(given.get(f"does_{place}", ""))
        text = str(given.get(f"text_{place}", "")).strip()
        if not (name or does or text or below):
            return None
        self._check_name(place, name)
        if below and does != MENU:
            self.add_error(
                f"does_{place}", _("下面填了二级菜单，这里请选“展开二级菜单”，或清空二级菜单。")
            )
        match does:
            case "":
                if not below:
                    self.add_error(f"does_{place}", _("请选择点击后做什么。"))
                return {"name": name}
            case "menu":
                if not below:
                    self.add_error(f"does_{place}", _("请至少填一个二级菜单。"))
                return {"name": name, "sub_button": list(below)}
            case "view":
                self._check_url(place, text)
                return {"type": "view", "name": name, "url": text}
            case "kept":
                return {**_loads(given.get(f"kept_{place}")), "name": name}
        self._check_text(place, does, text)
        key = self._key(given, place, does)
        self.replies[key] = MenuAnswer(does, text if does in _WITH_TEXT else "")
        return {"type": "click", "name": name, "key": key}

    def _check_name(self, place: str, name: str) -> None:
        longest = LONGEST_NAME_BELOW if "_" in place else LONGEST_NAME
        if not name:
            self.add_error(f"name_{place}", _("请填写名称。"))
        elif (size := len(name.encode())) > longest:
            self.add_error(
                f"name_{place}",
                _("太长：微信限 %(most)s 个汉字，现在多了 %(over)s 个字节（一个汉字 3 个字节）。")
                % {"most": longest // 3, "over": size - longest},
            )

    def _check_url(self, place: str, url: str) -> None:
        if not re.fullmatch(r"https?://\S+", url):
            self.add_error(f"text_{place}", _("网址应以 http:// 或 https:// 开头。"))
        elif len(url.encode()) > LONGEST_URL:
            self.add_error(f"text_{place}", _("网址太长，微信限 1024 个字节。"))

    def _check_text(self, place: str, does: str, text: str) -> None:
        if does in _WITH_TEXT and not text:
            self.add_error(f"text_{place}", _("请填写内容。"))
        elif len(text.encode()) > LONGEST_TEXT:
            self.add_error(f"text_{place}", _("内容太长，微信限 680 个汉字左右。"))

    def _key(self, given: Mapping[str, Any], place: str, does: str) -> str:
        """The key the button had, so that a menu citizens still see goes on working; else a new one."""
        kept = str(_loads(given.get(f"kept_{place}")).get("key", ""))[:120]
        key, number = kept or does, 1
        while key in self.replies:
            number += 1
            key = f"{kept or does}-{number}"
        return key


def _places() -> Iterator[str]:
    for top in range(BUTTONS):
        yield str(top)
        yield from (f"{top}_{number}" for number in range(BELOW))


def _loads(words: Any) -> dict[str, str]:
    """What the hidden field carries: a flat button; anything else counts as nothing."""
    try:
        found = json.loads(words or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): str(value) for key, value in found.items() if key != "sub_button"}


def _initial(account: Account) -> dict[str, str]:
    replies = {reply.key: reply for reply in account.menu_replies.all()}
    start = {"seen": version_of(account)}

    def fill(place: str, button: Mapping[str, Any]) -> None:
        start[f"name_{place}"] = str(button.get("name", ""))
        start[f"kept_{place}"] = json.dumps(
            {key: value for key, value in button.items() if key != "sub_button"},
            ensure_ascii=False,
        )
        reply = replies.get(str(button.get("key", "")))
        if button.get("sub_button"):
            start[f"does_{place}"] = MENU
        elif button.get("type") == "view":
            start[f"does_{place}"], start[f"text_{place}"] = PAGE, str(button.get("url", ""))
        elif button.get("type") == "click" and reply is not None:
            start[f"does_{place}"], start[f"text_{place}"] = reply.does, reply.text
        else:
            start[f"does_{place}"] = KEPT

    for top, button in enumerate(account.menu[:BUTTONS]):
        fill(str(top), button)
        for number, item in enumerate((button.get("sub_button") or [])[:BELOW]):
            fill(f"{top}_{number}", item)
    return start
