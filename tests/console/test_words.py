"""Boxes with a limit cut nothing: what is too long is refused in a sentence."""

import re

import pytest
from django import forms

from minxin.console.words import Words
from minxin.core.errors import Refused
from minxin.core.words import within
from tests.support.layers import ROOT

PLACES = ("console/templates", "portal/templates")


class ReasonForm(forms.Form):
    reason = Words(label="理由", limit=5)


def test_what_is_too_long_is_told_with_its_length_and_given_back() -> None:
    form = ReasonForm({"reason": "  一二三四五六  "})
    assert form.errors["reason"] == ["不超过 5 字，现在 6 字，请删减。写的内容都还在。"]
    assert "一二三四五六" in str(form["reason"])
    assert ReasonForm({"reason": " 一二三四五 "}).is_valid()


def test_the_browser_is_told_the_limit_and_not_to_cut() -> None:
    shown = str(ReasonForm()["reason"])
    assert 'data-limit="5"' in shown
    assert "maxlength" not in shown


def test_an_action_refuses_for_the_field() -> None:
    assert within(" 一二 ", 2, field="words") == "一二"
    with pytest.raises(Refused, match="不超过 2 字，现在 3 字") as refused:
        within("一二三", 2, field="words")
    assert refused.value.field == "words"


def test_no_box_of_the_inbox_the_tickets_or_the_portal_cuts() -> None:
    cutting = {
        path.name
        for place in PLACES
        for path in (ROOT / "src/minxin" / place).rglob("*.html")
        if re.search(r"<textarea[^>]*maxlength", path.read_text(encoding="utf-8"))
    }
    # Check tables and results of inspections, which are filled in by officers, line by line.
    assert cutting == {"inspection.html", "unit_result.html"}
