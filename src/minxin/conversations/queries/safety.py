"""What is listened for, and what is told then."""

from django.db.models import Count, Max

from minxin.conversations.models import Hotline, SafetyRule
from minxin.conversations.rules.safety import HotlineRow, SafetyRow, lines_of


def safety_version() -> str:
    """A text that changes with any of the rows."""
    parts = [
        model.objects.aggregate(count=Count("pk"), last=Max("changed_at"))
        for model in (SafetyRule, Hotline)
    ]
    return "|".join(f"{part['count']}:{part['last']}" for part in parts)


def safety_rows() -> tuple[list[SafetyRow], list[HotlineRow]]:
    """All rows of all regions, as `rules.safety.holding` chooses among them."""
    rules = [
        SafetyRow(
            row.code, row.region_code, row.name, lines_of(row.phrases), lines_of(row.exceptions),
            row.words, codes_of(row.hotlines), row.is_active,
        )
        for row in SafetyRule.objects.all()
    ]  # fmt: skip
    hotlines = [
        HotlineRow(row.code, row.region_code, row.name, row.number, row.is_active)
        for row in Hotline.objects.all()
    ]
    return rules, hotlines


def codes_of(text: str) -> tuple[str, ...]:
    """Codes with commas between."""
    return tuple(code for each in text.replace("，", ",").split(",") if (code := each.strip()))
