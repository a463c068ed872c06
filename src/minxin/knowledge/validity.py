"""Finding what cites documents that end, in the worker: sources, words of answers, menus.

Entries whose source ends are found in the act itself; here is found what only time brings (an end day near), what is
cited in words, and what was written meanwhile. Working twice does no harm: one row per document and place.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone
from django_tasks import task

from minxin.accounts.models import Account, MenuReply
from minxin.core.breath import breathe
from minxin.knowledge.actions.validity import Cited, follow_documents, note_citing, of_entry
from minxin.knowledge.models import BasisReview, Document, Entry
from minxin.knowledge.queries.validity import Ending, ended_documents, ending_of
from minxin.knowledge.rules import AHEAD, title_key, titles_in
from minxin.text import bare, normal

CHUNK = 100
LATELY = timedelta(days=60)  # what ended longer ago was looked for then
Grade, Kind = BasisReview.Grade, BasisReview.Kind
Ends = tuple[Document, Ending]


@task()
def keep_basis_reviews() -> None:
    """The task queue's way in."""
    work()


def wake() -> None:
    """Let a worker look for what cites documents that end."""
    keep_basis_reviews.enqueue()


def work(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Put before its owner whatever cites a document that ends or will within 30 days; how many are new."""
    now = clock()
    today = timezone.localdate(now)
    near = [
        document
        for document in ended_documents().iterator(chunk_size=CHUNK)
        if (ending := ending_of(document)) is not None and _is_due(ending, today)
    ]
    again = Document.objects.filter(reviews__status=BasisReview.Status.OPEN).distinct()
    known = {each.pk for each in near}
    near += [each for each in again.select_related("superseded_by") if each.pk not in known]
    found = 0
    for at in range(0, len(near), CHUNK):
        found += follow_documents(near[at : at + CHUNK], now=now)
        breathe()
    lately = lately_ended(today)
    if lately:
        by_title = _by_title(lately, today)
        found += _note(_mentions_in_entries(by_title), now)
        found += _note(_menus(by_title, today), now)
    return found


def _is_due(ending: Ending, today: date) -> bool:
    """An end that somebody decided is told at once, the end of a term 30 days before."""
    return ending.cause != BasisReview.Cause.EXPIRED or ending.on <= today + AHEAD


def lately_ended(today: date) -> list[Ends]:
    """The documents that ended within two months, or will within 30 days or by a decision."""
    found = []
    for document in ended_documents():
        ending = ending_of(document)
        if ending is not None and ending.on >= today - LATELY and _is_due(ending, today):
            found.append((document, ending))
    return found


def _by_title(ends: Iterable[Ends], today: date) -> dict[str, Ends]:
    """Those by title of which no text of the same title stays in force: a mention of it means that one."""
    rows = Document.objects.filter(status=Document.Status.PUBLISHED).select_related("superseded_by")
    found = {title_key(document.title): (document, ending) for document, ending in ends}
    for each in rows.iterator(chunk_size=CHUNK):
        key = title_key(each.title)
        if key in found and each.pk != found[key][0].pk and each.span.holds(found[key][1].on):
            del found[key]
    return found


def _mentions_in_entries(by_title: dict[str, Ends]) -> Iterable[tuple[Ends, Cited]]:
    rows = Entry.objects.filter(status=Entry.Status.PUBLISHED, answer__contains="《")
    more = Entry.objects.filter(status=Entry.Status.PUBLISHED, source_title__contains="》")
    for entry in (rows | more).distinct().order_by("pk").iterator(chunk_size=500):
        for key in titles_in(f"{entry.source_title}\n{entry.answer}"):
            if key not in by_title or key == entry.normal_source:
                continue
            # A second source beside the first is a source, not a mention.
            is_source = key in titles_in(entry.source_title)
            yield by_title[key], of_entry(entry, Grade.SOURCE if is_source else Grade.MENTION)


def _menus(by_title: dict[str, Ends], today: date) -> Iterable[tuple[Ends, Cited]]:
    """Keys that say a text's name, that ask what an entry under review answers, and buttons that open its page."""
    asked: dict[str, list[Ends]] = defaultdict(list)
    waiting = BasisReview.objects.filter(
        status=BasisReview.Status.OPEN, grade=Grade.SOURCE, kind=Kind.ENTRY
    ).select_related("document__superseded_by", "entry")
    for row in waiting.prefetch_related("entry__variants"):
        ending = ending_of(row.document)
        if row.entry is None or ending is None:
            continue
        for way in (row.entry.question, *(each.text for each in row.entry.variants.all())):
            asked[bare(normal(way))].append((row.document, ending))
    for reply in MenuReply.objects.filter(does__in=["say", "ask"]).select_related("account"):
        ends = [by_title[key] for key in titles_in(reply.text) if key in by_title]
        if reply.does == MenuReply.Does.ASK:
            ends += asked.get(bare(normal(reply.text)), [])
        for end in ends:
            yield end, _of_menu(reply.account, reply.key, reply.text)
    links = {
        document.link: (document, ending) for document, ending in by_title.values() if document.link
    }
    for account in Account.objects.exclude(menu=[]) if links else ():
        for name, url in _buttons(account.menu):
            if url in links:
                yield links[url], _of_menu(account, name, name)


def _buttons(menu: object) -> Iterable[tuple[str, str]]:
    """(name, address) of all buttons of a menu, those below others included."""
    for button in menu if isinstance(menu, list) else ():
        yield str(button.get("name", "")), str(button.get("url", ""))
        yield from _buttons(button.get("sub_button"))


def _of_menu(account: Account, key: str, text: str) -> Cited:
    label = f"{account.name}：{text}"
    link = f"/console/accounts/{account.pk}/menu/"
    return Cited(Kind.MENU, f"menu:{account.pk}:{key}"[:160], label, link, account.agency_id)


def cited_article(number: int, agency_id: int, title: str) -> Cited:
    """A published item, as the room that keeps them knows it."""
    return Cited(
        Kind.ARTICLE, f"article:{number}", title, f"/console/lookback/items/{number}/", agency_id
    )


def cited_duty(number: int, agency_id: int, title: str) -> Cited:
    """A line of the responsibility list."""
    return Cited(Kind.SERVICE, f"service:{number}", title, "/console/responsibilities/", agency_id)


def _note(found: Iterable[tuple[Ends, Cited]], now: datetime) -> int:
    by_document: dict[int, tuple[Ends, list[Cited]]] = {}
    for ends, cited in found:
        by_document.setdefault(ends[0].pk, (ends, []))[1].append(cited)
    count = 0
    for (document, ending), all_of_it in by_document.values():
        for at in range(0, len(all_of_it), CHUNK):
            count += note_citing(document, all_of_it[at : at + CHUNK], ending, now=now)
            breathe()
    return count
