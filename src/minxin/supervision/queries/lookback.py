"""Looking back: what a scan looks for, and rows for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.supervision.models import (
    Exemption,
    Hit,
    ItemVersion,
    PublishedItem,
    Scan,
    Term,
    WordList,
)
from minxin.supervision.queries.decided import follow_decisions
from minxin.supervision.rules.looking import Met, Search, Sought, excerpt, whole
from minxin.supervision.rules.packs import Severity

_M = TypeVar("_M", bound=Model)
READ = Permission.READ_SUPERVISION


def items_naming(phrase: str, most: int = 200) -> list[PublishedItem]:
    """The newest published items whose title or text has a phrase: what cites a text by its name."""
    rows = PublishedItem.objects.filter(Q(title__contains=phrase) | Q(text__contains=phrase))
    return list(rows.select_related("account").order_by("-published_at", "-id")[:most])


def search_of(word_list: WordList) -> Search:
    """What a list looks for, compiled."""
    return Search(
        (
            Sought(
                f"term-{term.pk}", term.wrong, term.suggestion, Severity(term.severity),
                term.valid_from,
            )
            for term in word_list.terms.filter(is_active=True).order_by("pk")
        ),
        for_private=word_list.kind == WordList.Kind.PRIVACY,
    )  # fmt: skip


def texts_after(
    items: QuerySet[PublishedItem], cursor: int, top: int, most: int
) -> list[tuple[int, int, str]]:
    """The next items by number: (number, version, title and text)."""
    rows = items.filter(pk__gt=cursor, pk__lte=top).values_list("pk", "version", "title", "text")
    return [(number, version, whole(title, text)) for number, version, title, text in rows[:most]]


def hits_of(scan: Scan, found: Sequence[tuple[int, int, str, Met]], *, now: datetime) -> list[Hit]:
    """Rows of what was met, without what is out of its time or was dismissed for good."""
    if not found:
        return []
    about = {
        number: (published_at, path)
        for number, published_at, path in PublishedItem.objects.filter(
            pk__in={each[0] for each in found}
        ).values_list("pk", "published_at", "account__agency__path")
    }
    exempt: dict[str, list[str]] = {}
    words = {met.words for *_rest, met in found if met.sought}
    for each, path in Exemption.objects.filter(words__in=words).values_list(
        "words", "agency__path"
    ):
        exempt.setdefault(each, []).append(path)
    counted = [
        (_hit(scan, number, version, text, met, now), text)
        for number, version, text, met in found
        if number in about and _counts(met, *about[number], exempt)
    ]
    follow_decisions(counted)
    return [hit for hit, _text in counted]


def _counts(
    met: Met, published_at: datetime, path: str, exempt: Mapping[str, Sequence[str]]
) -> bool:
    if met.sought is None:
        return True
    if met.sought.since and timezone.localtime(published_at).date() < met.sought.since:
        return False
    return not any(path.startswith(each) for each in exempt.get(met.words, ()))


def _hit(scan: Scan, number: int, version: int, text: str, met: Met, now: datetime) -> Hit:
    return Hit(
        item_id=number, scan=scan, key=met.key, words=met.words[:80], version=version,
        term_id=int(met.key.removeprefix("term-")) if met.sought else None,
        suggestion=met.sought.instead if met.sought else "",
        severity=(met.sought.severity if met.sought else Severity.MAJOR).value,
        offset=met.start, length=met.end - met.start,
        excerpt=excerpt(text, met.start, met.end)[:200], found_at=now,
    )  # fmt: skip


# Rows for people -----------------------------------------------------------------------------


def scans_for(staff: Staff) -> QuerySet[Scan]:
    """The scans of the lists this person sees, with how many hits wait."""
    rows: QuerySet[Scan] = Scan.objects.visible_to(staff, READ)
    return rows.select_related("word_list__agency", "started_by").annotate(
        waiting=Count("hits", filter=Q(hits__status=Hit.Status.OPEN))
    )


def scan_for(staff: Staff, number: int, permission: Permission = READ) -> Scan:
    """One of them; raises `NotFound`."""
    rows = Scan.objects.visible_to(staff, permission).select_related("word_list__agency")
    return _one(Scan, rows, number)


def word_lists_for(staff: Staff) -> QuerySet[WordList]:
    """The lists of this person's agencies, with how many expressions are in use."""
    rows: QuerySet[WordList] = WordList.objects.visible_to(staff, READ)
    return rows.select_related("agency", "changed_by").annotate(
        in_use=Count("terms", filter=Q(terms__is_active=True))
    )


def word_list_for(staff: Staff, number: int, permission: Permission = READ) -> WordList:
    """One of them; raises `NotFound`."""
    rows = WordList.objects.visible_to(staff, permission).select_related("agency")
    return _one(WordList, rows, number)


def terms_of(word_list: WordList) -> QuerySet[Term]:
    """A list's expressions in use."""
    return word_list.terms.filter(is_active=True)


def term_for(staff: Staff, number: int) -> Term:
    """An expression whose list this person may change; raises `NotFound`."""
    rows = Term.objects.visible_to(staff, Permission.CONFIRM_CANDIDATES)
    return _one(Term, rows.select_related("word_list__agency"), number)


def hits_for(staff: Staff, permission: Permission = READ) -> QuerySet[Hit]:
    """What was found in the items of accounts this person sees."""
    rows: QuerySet[Hit] = Hit.objects.visible_to(staff, permission)
    return rows.select_related(
        "item__account__agency", "scan__word_list", "term", "decided_by", "finding"
    ).defer("item__text")


def hit_for(staff: Staff, number: int, permission: Permission = READ) -> Hit:
    """One of them, with the text; raises `NotFound`."""
    rows = Hit.objects.visible_to(staff, permission).select_related(
        "item__account__agency", "scan__word_list", "term", "decided_by", "finding"
    )
    return _one(Hit, rows, number)


def waiting_of(staff: Staff, scan: Scan) -> int:
    """How many hits of a scan wait for somebody, of those this person sees."""
    rows = Hit.objects.visible_to(staff, READ).filter(scan=scan, status=Hit.Status.OPEN)
    count: int = rows.count()
    return count


def next_hit(staff: Staff, hit: Hit) -> Hit | None:
    """The next one of the same scan that waits, else the first."""
    rows = Hit.objects.visible_to(staff, READ).filter(scan=hit.scan_id, status=Hit.Status.OPEN)
    others = rows.exclude(pk=hit.pk).order_by("pk")
    found: Hit | None = others.filter(pk__gt=hit.pk).first() or others.first()
    return found


def items_for(staff: Staff) -> QuerySet[PublishedItem]:
    """What is kept of the accounts this person sees."""
    rows: QuerySet[PublishedItem] = PublishedItem.objects.visible_to(staff, READ)
    return rows.select_related("account__agency").defer("text")


def item_for(staff: Staff, number: int) -> PublishedItem:
    """One of them, with the text; raises `NotFound`."""
    rows = PublishedItem.objects.visible_to(staff, READ).select_related("account__agency")
    return _one(PublishedItem, rows, number)


def versions_of(item: PublishedItem) -> list[ItemVersion]:
    """Its earlier texts, the newest first."""
    return list(item.versions.defer("text").order_by("-version"))


def exemptions_for(staff: Staff) -> QuerySet[Exemption]:
    """What is not told again, in this person's agencies."""
    rows: QuerySet[Exemption] = Exemption.objects.visible_to(staff, READ)
    return rows.select_related("agency", "made_by")


def exemption_for(staff: Staff, number: int) -> Exemption:
    """One that this person may lift; raises `NotFound`."""
    rows = Exemption.objects.visible_to(staff, Permission.CONFIRM_CANDIDATES)
    return _one(Exemption, rows.select_related("agency"), number)


def lists_with_news() -> Iterator[tuple[WordList, datetime]]:
    """Lists in use under which something was kept since their last whole scan, with that time."""
    for each in WordList.objects.filter(is_active=True).select_related("agency"):
        last = each.scans.filter(status=Scan.Status.DONE).order_by("-created_at").first()
        is_busy = each.scans.filter(status__in=["waiting", "running"]).exists()
        if last is None or is_busy:
            continue
        items = PublishedItem.objects.filter(account__agency__path__startswith=each.agency.path)
        if items.filter(kept_at__gt=last.created_at).exists():
            yield each, last.created_at


def _one(model: type[_M], rows: Any, number: int) -> _M:
    found: _M | None = rows.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found
