"""The places of a supervisor's own tree, by name: what a person picks instead of typing a code."""

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from minxin.accounts.models import Account
from minxin.accounts.queries.divisions import known_divisions
from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.divisions import ancestors
from minxin.supervision.queries.populations import place_names


def places_for(
    staff: Staff, permission: Permission, *, with_above: bool = False
) -> list[tuple[str, str]]:
    """(code, name) of the places of the accounts over which a person has the permission, in the order of
    codes: an account's own place or its host's. `with_above`: also of the divisions above them. Where
    two bear one name, the code stands with it.
    """
    seen = Account.objects.visible_to(staff, permission)
    own = Coalesce(
        NullIf(F("region_code"), Value("")), NullIf(F("agency__region_code"), Value("")), Value("")
    )
    codes = set(seen.annotate(place=own).values_list("place", flat=True).distinct().order_by())
    codes.discard("")
    everything = known_divisions()
    if with_above:
        codes |= {each for code in codes for each in ancestors(code) if everything.name(each)}
    called = place_names(codes)
    names = {code: everything.name(code) or called.get(code, code) for code in sorted(codes)}
    many = list(names.values())
    return [
        (code, f"{name}（{code}）" if many.count(name) > 1 and name != code else name)
        for code, name in names.items()
    ]


def place_name(code: str) -> str:
    """What one place is called; the code itself where nobody names it."""
    return known_divisions().name(code) or place_names([code]).get(code, code)
