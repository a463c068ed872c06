"""The tree of matters: loaded from the national taxonomy, added to by a city."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from minxin.agencies import audit
from minxin.agencies.queries import ensure_may_everywhere
from minxin.agencies.rules import Permission
from minxin.core.actors import Actor
from minxin.core.errors import Refused
from minxin.tickets.models import Category, Matter
from minxin.tickets.rules.responsibilities import SEPARATOR

LONGEST = 60  # characters of one name
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a sheet of matters."""

    added: int
    known: int


def named(name: str) -> str:
    """A name as it is kept; the separator of paths is none of it."""
    return " ".join(name.split()).replace(SEPARATOR, "、")


def matter_at(names: Sequence[str], *, origin: str, known: dict[str, Matter]) -> tuple[Matter, int]:
    """The matter at a path, made with all that lacks above it; how many were made. `known` by path."""
    parent: Matter | None = None
    made = 0
    for level, name in enumerate(names, start=1):
        path = f"{parent.path}{SEPARATOR}{name}" if parent else name
        found = known.get(path)
        if found is None:
            found = Matter.objects.create(
                parent=parent, name=name, path=path, level=level, origin=origin
            )
            known[path] = found
            made += 1
        parent = found
    assert parent is not None  # noqa: S101  (callers give one name at least)
    return parent, made


@transaction.atomic
def load_taxonomy(rows: Iterable[Sequence[str]], *, actor: Actor, now: datetime) -> Loaded:
    """Take in the national taxonomy: each row names one, two or three levels from the top.

    The whole or nothing: raises `Refused` naming the first wrong row. Loading again adds what is new and
    changes nothing else.
    """
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    known = {matter.path: matter for matter in Matter.objects.all()}
    added = seen = 0
    for number, row in enumerate(rows, start=2):
        if number > MOST_ROWS:
            raise Refused(_("分类表最多 5000 行。"), field="file")
        names = [named(cell) for cell in row]
        while names and not names[-1]:
            names.pop()
        if not names:
            continue
        if len(names) > 3 or not all(names) or any(len(name) > LONGEST for name in names):
            words = _(
                "第 %(row)s 行有误：一级、二级、三级从左到右填写，中间不空，每级不超过 60 字。"
            )
            raise Refused(words % {"row": number}, field="file")
        _matter, made = matter_at(names, origin=Matter.Origin.NATIONAL, known=known)
        added, seen = added + made, seen + 1
    if not seen:
        raise Refused(_("表格里没有事项。"), field="file")
    audit.record(actor, "matters.loaded", "", now=now, after={"added": added, "rows": seen})
    return Loaded(added, len(known) - added)


@transaction.atomic
def keep_matter(
    matter: Matter | None,
    *,
    name: str,
    parent: Matter | None,
    keywords: str,
    code: str,
    is_active: bool,
    categories: Iterable[Category] | None = None,
    actor: Actor,
    now: datetime,
) -> Matter:
    """Add a matter of one's own, or change one; what is national keeps its name and place in the tree.

    `categories`: those whose tickets are of this matter; None leaves them.
    """
    ensure_may_everywhere(actor, Permission.EDIT_SETTINGS)
    before = None
    if matter is None:
        name = named(name)
        if not name:
            raise Refused(_("请填写事项名称。"), field="name")
        level = parent.level + 1 if parent else 1
        if level > Matter.DEEPEST:
            raise Refused(_("事项最多四级。"), field="parent")
        path = f"{parent.path}{SEPARATOR}{name}" if parent else name
        if Matter.objects.filter(path=path).exists():
            raise Refused(_("这个位置已有同名事项。"), field="name")
        matter = Matter(name=name, parent=parent, path=path, level=level)
    else:
        before = {"keywords": matter.keywords, "code": matter.code, "is_active": matter.is_active}
    matter.keywords, matter.code, matter.is_active = keywords.strip(), code.strip(), is_active
    matter.save()
    if categories is not None:
        mine = [each.pk for each in categories]
        Category.objects.filter(matter=matter).exclude(pk__in=mine).update(matter=None)
        Category.objects.filter(pk__in=mine).update(matter=matter)
    audit.record(
        actor, "matter.kept", matter, now=now, before=before,
        after={"keywords": matter.keywords, "code": matter.code, "is_active": is_active},
    )  # fmt: skip
    return matter
