"""Writes of the agency tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from minxin.agencies import audit, queries
from minxin.agencies.actions.checking import validate
from minxin.agencies.models import Agency
from minxin.agencies.rules import LONGEST_PATH, Permission, path_below
from minxin.core.actors import Actor
from minxin.core.errors import Refused

_PATH = frozenset({"path"})
MOST_AT_ONCE = 500


@transaction.atomic
def add_agency(
    *,
    code: str,
    name: str,
    parent: Agency | None,
    short_name: str = "",
    region_code: str = "",
    duty: str = "",
    phone: str = "",
    actor: Actor,
    now: datetime,
) -> Agency:
    """Put a new agency into the tree; without a parent it becomes a root.

    Codes are unique everywhere, names among siblings. `phone` is the number the agency publishes.
    Without a region it has its parent's.
    """
    _ensure_may_edit(actor, parent)
    code = code.strip().lower()
    agency = Agency(
        code=code,
        name=_good_name(name, parent),
        short_name=short_name.strip(),
        parent=parent,
        path=f"?{code}",
        region_code=region_code.strip() or (parent.region_code if parent else ""),
        duty=duty.strip(),
        phone=phone.strip(),
    )
    if Agency.objects.filter(code=code).exists():
        raise Refused(_("这个编码已被其他机构使用，请换一个。"), field="code")
    validate(agency, exclude=_PATH)
    agency.save(force_insert=True)
    agency.path = path_below(parent.path if parent else "", agency.pk)
    if len(agency.path) > LONGEST_PATH:
        raise Refused(_("机构层级太深。"), field="parent")
    agency.save(update_fields=["path"])
    after = {"code": code, "name": agency.name, "parent": str(parent or "")}
    audit.record(actor, "agency.added", agency, after=after, now=now)
    return agency


@dataclass(frozen=True, slots=True)
class AddedAgencies:
    """What became of a list of names: new ones, and those that the parent had already."""

    added: tuple[Agency, ...]
    there: tuple[str, ...]


@transaction.atomic
def add_agencies(
    lines: Sequence[tuple[str, str]], *, parent: Agency, actor: Actor, now: datetime
) -> AddedAgencies:
    """Put many new agencies below one: (name, region code or empty) each, in their order. A name the
    parent has already, or that comes twice, is left as it is. Codes are the parent's with a number.

    All of them or none. Raises `Refused`, naming the line, for a name or a region that is none.
    """
    _ensure_may_edit(actor, parent)
    if len(lines) > MOST_AT_ONCE:
        raise Refused(
            _("一次最多新增 %(n)s 个机构，请分几次办。") % {"n": MOST_AT_ONCE}, field="lines"
        )
    known = set(Agency.objects.filter(parent=parent).values_list("name", flat=True))
    codes = set(
        Agency.objects.filter(code__startswith=f"{parent.code}-").values_list("code", flat=True)
    )
    added, there, number = [], [], 0
    for at, (said, region) in enumerate(lines, start=1):
        name = " ".join(said.split())
        if name in known:
            there.append(name)
            continue
        number = next(n for n in count(number + 1) if f"{parent.code}-{n}" not in codes)
        try:
            added.append(
                add_agency(
                    code=f"{parent.code}-{number}", name=name, parent=parent, region_code=region,
                    actor=actor, now=now,
                )
            )  # fmt: skip
        except Refused as refusal:
            words = _("第 %(at)s 个（%(name)s）：%(why)s")
            raise Refused(
                words % {"at": at, "name": name or "—", "why": refusal.message}, field="lines"
            ) from refusal
        known.add(name)
    return AddedAgencies(tuple(added), tuple(there))


@transaction.atomic
def rename_agency(agency: Agency, name: str, *, actor: Actor, now: datetime) -> None:
    """Give an agency its new official name."""
    _ensure_may_edit(actor, agency)
    before = agency.name
    agency.name = _good_name(name, agency.parent, besides=agency)
    validate(agency, exclude=_PATH)
    agency.save(update_fields=["name"])
    audit.record(actor, "agency.renamed", agency, before=before, after=agency.name, now=now)


@transaction.atomic
def change_agency(
    agency: Agency,
    *,
    name: str,
    short_name: str = "",
    region_code: str = "",
    duty: str = "",
    phone: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Change what is written of an agency: names, region, duty, published telephone. Its place
    stays. The audit names what changed; nothing is written when nothing did."""
    _ensure_may_edit(actor, agency)
    wanted = {
        "name": _good_name(name, agency.parent, besides=agency),
        "short_name": short_name.strip(),
        "region_code": region_code.strip(),
        "duty": duty.strip(),
        "phone": phone.strip(),
    }
    before = {key: getattr(agency, key) for key in wanted if getattr(agency, key) != wanted[key]}
    if not before:
        return
    for key in before:
        setattr(agency, key, wanted[key])
    validate(agency, exclude=_PATH)
    agency.save(update_fields=list(before))
    after = {key: wanted[key] for key in before}
    audit.record(
        actor,
        "agency.changed",
        agency,
        before=_with_public_phone(before),
        after=_with_public_phone(after),
        now=now,
    )


@transaction.atomic
def move_agency(agency: Agency, parent: Agency | None, *, actor: Actor, now: datetime) -> None:
    """Hang an agency, with everything below it, under another one.

    Who moves it must keep the agency itself, where it was and where it goes. The paths of the
    whole branch change with it, in one statement. Earlier audit entries stay where they were made.
    """
    moved = Agency.objects.select_for_update(of=("self",)).select_related("parent")
    moved_agency = moved.get(pk=agency.pk)
    _ensure_may_edit(actor, moved_agency)
    _ensure_may_edit(actor, moved_agency.parent)
    if parent is not None:
        parent = Agency.objects.select_for_update().get(pk=parent.pk)
        if parent.path.startswith(moved_agency.path):
            raise Refused(_("不能把机构移到它自己或它的下级之下。"), field="parent")
    _ensure_may_edit(actor, parent)
    _good_name(moved_agency.name, parent, besides=moved_agency)
    old, new = moved_agency.path, path_below(parent.path if parent else "", agency.pk)
    branch = queries.subtree_of(moved_agency)
    longest = max(len(path) for path in branch.values_list("path", flat=True))
    if longest - len(old) + len(new) > LONGEST_PATH:
        raise Refused(_("机构层级太深。"), field="parent")
    before = str(moved_agency.parent or "")
    Agency.objects.filter(pk=agency.pk).update(parent=parent)
    branch.update(path=Concat(Value(new), Substr("path", len(old) + 1), output_field=CharField()))
    agency.refresh_from_db()
    audit.record(
        actor,
        "agency.moved",
        agency,
        before={"parent": before, "path": old},
        after={"parent": str(parent or ""), "path": new},
        now=now,
    )


@transaction.atomic
def retire_agency(agency: Agency, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take an agency out of use. Its rows stay; the roles in it no longer open anything."""
    _ensure_may_edit(actor, agency)
    if agency.children.filter(is_active=True).exists():
        raise Refused(_("请先停用或移走它的下级机构。"))
    agency.is_active = False
    agency.save(update_fields=["is_active"])
    audit.record(
        actor,
        "agency.retired",
        agency,
        before={"is_active": True},
        after={"is_active": False},
        reason=reason,
        now=now,
    )


@transaction.atomic
def restore_agency(agency: Agency, *, actor: Actor, now: datetime) -> None:
    """Take an agency into use again; who keeps the one above does it."""
    _ensure_may_edit(actor, agency.parent)
    agency.is_active = True
    agency.save(update_fields=["is_active"])
    audit.record(
        actor,
        "agency.restored",
        agency,
        before={"is_active": False},
        after={"is_active": True},
        now=now,
    )


def _ensure_may_edit(actor: Actor, agency: Agency | None) -> None:
    """Roots belong to who keeps a whole tree."""
    if agency is None:
        queries.ensure_may_everywhere(actor, Permission.EDIT_AGENCIES)
    else:
        queries.ensure_may(actor, Permission.EDIT_AGENCIES, agency)


def _good_name(name: str, parent: Agency | None, *, besides: Agency | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("请填写机构名称。"), field="name")
    siblings = Agency.objects.filter(parent=parent, name=name)
    if besides is not None:
        siblings = siblings.exclude(pk=besides.pk)
    if siblings.exists():
        raise Refused(_("同一上级之下已有同名机构。"), field="name")
    return name


def _with_public_phone(values: dict[str, str]) -> dict[str, str]:
    """An agency's published number is no personal data: it has a key the audit does not hide."""
    return {"public_phone" if key == "phone" else key: value for key, value in values.items()}
