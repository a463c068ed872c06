"""Which divisions an account may have, and which one a text names."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from minxin.accounts.importing.columns import folded
from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.agencies.queries import divisions
from minxin.agencies.rules import Permission
from minxin.core.divisions import Divisions, ancestors
from minxin.core.errors import Refused


def known_divisions() -> Divisions:
    """Every division an account may have: national, local, and codes that agencies or accounts have."""
    used = Account.objects.exclude(region_code="").values_list("region_code", flat=True)
    return divisions(used.distinct().order_by())


def known_regions() -> Mapping[str, str]:
    """Code of every division by whatever means this one only: code, name, full name."""
    return {folded(word): code for word, code in known_divisions().by_words().items()}


def division_named(text: str, *, known: str = "") -> str:
    """The code of the division that a text names, by code, name, full name or label; what is `known`
    stays. Raises `Refused` for none or several."""
    text = text.strip()
    if text in ("", known):
        return text
    everything = known_divisions()
    found = everything.find(text)
    if not found:
        raise Refused(_("没有这个区划，请写区划代码或全称。"), field="region_code")
    if len(found) > 1:
        names = "、".join(everything.label(code) for code in found[:4])
        words = _("有 %(count)s 个区划叫这个名字，请写全：%(names)s。")
        raise Refused(words % {"count": len(found), "names": names}, field="region_code")
    return found[0]


def divisions_in_use(staff: Staff) -> list[tuple[str, str]]:
    """(code, label) of the divisions of the accounts that a person may see, and of those above them, in
    the order of their codes."""
    seen = Account.objects.visible_to(staff, Permission.READ_ACCOUNTS).exclude(region_code="")
    codes = set(seen.values_list("region_code", flat=True).distinct().order_by())
    everything = known_divisions()
    above = {each for code in codes for each in ancestors(code) if everything.name(each)}
    return [(code, everything.label(code)) for code in sorted(codes | above)]
