"""Boxes for words that have a limit: counted while somebody writes, refused in a sentence, never cut.

A browser cuts what is pasted at `maxlength` without a word, so no box has one: `data-limit` names the limit to
the counter (`frontend/limits.js`), the form refuses what is longer and gives all of it back.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

TOO_LONG = gettext_lazy(
    "不超过 %(limit_value)s 字，现在 %(show_value)s 字，请删减。写的内容都还在。"
)


class Words(forms.CharField):
    """Some lines of text of at most `limit` characters."""

    def __init__(self, *, limit: int, rows: int = 3, **kwargs: Any) -> None:
        messages = {"max_length": TOO_LONG, **(kwargs.pop("error_messages", None) or {})}
        widget = forms.Textarea(attrs={"rows": rows, "data-limit": limit})
        super().__init__(max_length=limit, widget=widget, error_messages=messages, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """As the field's own, but for `maxlength`."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs
