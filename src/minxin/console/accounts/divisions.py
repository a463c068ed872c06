"""Choosing a division by typing its name or code, and filtering by one with all below it."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minxin.accounts.queries.divisions import divisions_in_use, known_divisions
from minxin.agencies.rules import Permission
from minxin.console.base import allowed, sight
from minxin.core.divisions import stem

NUMBER = "division-choices"


class DivisionInput(forms.TextInput):
    """A text field that offers divisions while one types; it works without script too."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Where the offers come from."""
        asked = {
            "list": NUMBER,
            "autocomplete": "off",
            "hx-get": reverse("console:division_choices"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{NUMBER}",
            "hx-swap": "innerHTML",
            "hx-params": name,
        }
        return super().get_context(name, value, {**(attrs or {}), **asked})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field and the list of its offers."""
        field = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}"></datalist>', field, NUMBER)


class DivisionFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """A division and all below it, of those in use in what this person sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("choices", ())
        super().__init__(*args, **kwargs)

    @property
    def field(self) -> Any:
        """Its choices are hers."""
        request = getattr(self.parent, "request", None)
        if request is not None:
            self.extra["choices"] = divisions_in_use(sight(request))
        return super().field

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows of the division and of those below it."""
        return queryset.filter(region_code__startswith=stem(value)) if value else queryset


@require_safe
@allowed(Permission.EDIT_ACCOUNTS)
def choices(request: HttpRequest) -> HttpResponse:
    """Divisions whose name or code goes with what was typed so far, as options."""
    typed = str(request.GET.get("region_code", ""))[:120]
    found = known_divisions().search(typed)
    options = format_html_join("", '<option value="{}（{}）"></option>', (
        (each.full_name, each.code) for each in found
    ))  # fmt: skip
    return HttpResponse(options or format_html('<option value="">{}</option>', _("没有这样的区划")))


urlpatterns = [path("accounts/divisions/", choices, name="division_choices")]
