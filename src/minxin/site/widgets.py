"""Django's form widgets without a template for each option of each list.

A list of forty agencies is forty templates, each with one more for its attributes; a page of a ticket has
several such lists. The four shapes below are most of what forms show; every other is rendered as Django does.
A test compares both, letter by letter.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


class QuickRenderer(DjangoTemplates):
    """`FORM_RENDERER`: the same HTML."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        quick = _QUICK.get(template_name)
        if quick is None or not _is_plain(context["widget"]):
            return mark_safe(super().render(template_name, context, request))  # noqa: S308
        return mark_safe(quick(context["widget"]).strip())  # noqa: S308  (every part of it is escaped)


def _is_plain(widget: Widget) -> bool:
    """Whether a list has only options of the usual shape."""
    return all(
        option["template_name"] == "django/forms/widgets/select_option.html"
        for _name, options, _index in widget.get("optgroups", ())
        for option in options
    )


def _attributes(given: Mapping[str, Any]) -> str:
    parts = []
    for name, value in given.items():
        if value is True:
            parts.append(f" {conditional_escape(name)}")
        elif value is not False:
            parts.append(f' {conditional_escape(name)}="{_text(value)}"')
    return "".join(parts)


def _text(value: Any) -> str:
    """As the filter `stringformat:'s'` writes it, escaped."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _input(widget: Widget) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_text(value)}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{said}{_attributes(widget["attrs"])}>\n'


def _textarea(widget: Widget) -> str:
    value = conditional_escape(widget["value"]) if widget["value"] else ""
    name = conditional_escape(widget["name"])
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{value}</textarea>\n'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        for option in options:
            attributes = _attributes(option["attrs"])
            label = conditional_escape(option["label"])
            parts.append(
                f'\n  <option value="{_text(option["value"])}"{attributes}>{label}</option>\n'
            )
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>\n"])


_QUICK: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/text.html": _input,
    "django/forms/widgets/number.html": _input,
    "django/forms/widgets/hidden.html": _input,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
