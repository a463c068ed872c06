"""Widgets are rendered letter by letter as Django's templates render them."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from minxin.site.widgets import QuickRenderer

CHOICES = [("", "请选择"), ("a<", "一 & 二"), (3, "三"), ("一组", [("x", "<甲>"), ("y", "乙")])]
ATTRS = {"id": "id_a", "required": True, "disabled": False, "data-x": '"<', "rows": 7}
WIDGETS: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(), None),
    (forms.TextInput(), '"<云>&'),
    (forms.NumberInput(), 12345),
    (forms.NumberInput(), 0.5),
    (forms.HiddenInput(), "x"),
    (forms.Textarea(), None),
    (forms.Textarea(), "一\n<二>"),
    (forms.Select(choices=CHOICES), "y"),
    (forms.Select(choices=CHOICES), 3),
    (forms.Select(choices=[]), None),
    (forms.SelectMultiple(choices=CHOICES), ["x", "a<"]),
    (forms.RadioSelect(choices=CHOICES), "x"),
    (forms.CheckboxInput(), True),
    (forms.DateInput(attrs={"type": "date"}), "2026-11-28"),
    (forms.NullBooleanSelect(), True),
]


@pytest.mark.parametrize(("widget", "value"), WIDGETS)
def test_a_widget_is_as_djangos(widget: forms.Widget, value: Any) -> None:
    usual, quick = DjangoTemplates(), QuickRenderer()
    said = widget.render("field", value, ATTRS, renderer=quick)
    assert said == widget.render("field", value, ATTRS, renderer=usual)
    assert hasattr(said, "__html__")


def test_an_option_of_a_shape_of_its_own_is_left_to_django() -> None:
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/radio_option.html"

    usual, quick = DjangoTemplates(), QuickRenderer()
    widget = Own(choices=CHOICES[:3])
    said = widget.render("field", "3", {}, renderer=quick)
    assert said == widget.render("field", "3", {}, renderer=usual)
    assert 'type="' in said
