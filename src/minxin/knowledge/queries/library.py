"""What citizens leaf through: questions and documents that hold today, by topic and by words."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from minxin.agencies.rules import ancestor_paths
from minxin.knowledge.models import BasisReview, Document, Entry, Passage
from minxin.knowledge.queries.documents import HEADINGS
from minxin.knowledge.rules import around, comparable
from minxin.knowledge.rules.inheritance import INSTEAD

_MENTIONS = 20
_CITING = 50


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with how many questions and documents of it hold; `name` is empty for all without one."""

    name: str
    questions: int
    documents: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage in which the words stand, and whose it is."""

    document_id: int
    position: int
    title: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Relatives:
    """What stands around a document: questions answered from it, readings of it, its former versions."""

    questions: list[Entry]
    interpretations: list[Document]
    former: list[Document]


def entries_in_force(on: date, region: str) -> QuerySet[Entry]:
    """Published entries that hold on a day in a region and the areas around it, and whose source has not ended
    without their owner having looked at them."""
    held = BasisReview.objects.filter(
        entry=OuterRef("pk"),
        status=BasisReview.Status.OPEN,
        grade=BasisReview.Grade.SOURCE,
        ends_on__lte=on,
    )
    found = Entry.objects.filter(status=Entry.Status.PUBLISHED, region_code__in=around(region))
    found = found.exclude(Exists(held))
    found = found.filter(Q(valid_from=None) | Q(valid_from__lte=on))
    return found.filter(Q(valid_until=None) | Q(valid_until__gte=on))


def entries_here(on: date, region: str, path: str) -> QuerySet[Entry]:
    """Those of them that an account of the agency at `path` tells: not what a nearer unit says otherwise, nor a lower
    unit's words that do not hold here; what a unit adds stands with what it adds to. An empty path: all of them."""
    found = entries_in_force(on, region)
    if not path:
        return found
    inside = ~Q(region_code="") & ~Q(region_code=F("overrides__region_code"))
    holds = inside | Q(agency__path__in=ancestor_paths(path))
    instead = Entry.objects.filter(holds, overrides=OuterRef("pk"), narrowing=INSTEAD)
    instead = instead.filter(pk__in=found.values("pk"))
    found = found.exclude(Q(is_binding=False) & Exists(instead))
    is_own = Q(overrides=None) | Q(narrowing=INSTEAD, overrides__is_binding=False) & holds
    return found.filter(is_own)


def documents_in_force(on: date, region: str) -> QuerySet[Document]:
    """Published documents that hold on a day in a region and the areas around it: `Span.of` in SQL."""
    found = Document.objects.filter(
        status=Document.Status.PUBLISHED, region_code__in=around(region)
    ).annotate(
        begins=Coalesce("effective_on", "issued_on"),
        newer_from=Coalesce("superseded_by__effective_on", "superseded_by__issued_on"),
    )
    found = found.filter(Q(begins=None) | Q(begins__lte=on))
    found = found.filter(Q(repealed_on=None) | Q(repealed_on__gt=on))
    return found.filter(Q(newer_from=None) | Q(newer_from__gt=on))


def topics(on: date, region: str, path: str = "") -> list[Topic]:
    """Every topic that has something that holds, the fullest first; what has none at the end."""
    questions = _counted(entries_here(on, region, path))
    documents = _counted(documents_in_force(on, region))
    found = [
        Topic(name, questions.get(name, 0), documents.get(name, 0))
        for name in {*questions, *documents}
    ]
    return sorted(
        found, key=lambda each: (not each.name, -each.questions, -each.documents, each.name)
    )


def _counted(rows: QuerySet[Entry] | QuerySet[Document]) -> dict[str, int]:
    counted = rows.order_by().values_list("topic").annotate(number=Count("pk"))
    return {str(topic): int(number) for topic, number in counted}


def public_questions(
    on: date, region: str, *, topic: str | None = None, words: str = "", path: str = ""
) -> QuerySet[Entry]:
    """Questions of a topic (None: of all) in which every word stands, in their order of writing."""
    found = entries_here(on, region, path)
    if topic is not None:
        found = found.filter(topic=topic)
    for word in words.split():
        found = found.filter(
            Q(question__icontains=word)
            | Q(pk__in=Entry.objects.filter(variants__text__icontains=word).values("pk"))
        )
    return found.order_by("pk")


def public_documents(
    on: date, region: str, *, topic: str | None = None, words: str = ""
) -> QuerySet[Document]:
    """Documents of a topic (None: of all) whose title, number or issuer holds every word, the latest first."""
    found = documents_in_force(on, region)
    if topic is not None:
        found = found.filter(topic=topic)
    for word in words.split():
        found = found.filter(
            Q(title__icontains=word)
            | Q(document_number__icontains=word)
            | Q(issuing_agency__icontains=word)
        )
    return found.order_by(Coalesce("effective_on", "issued_on").desc(), "-pk")


def mentions(on: date, region: str, words: str, topic: str | None = None) -> list[Mention]:
    """The first passages of documents that hold in which every word stands."""
    wanted = words.split()
    if not wanted:
        return []
    documents = public_documents(on, region, topic=topic)
    found = Passage.objects.exclude(kind__in=HEADINGS).filter(document__in=documents.values("pk"))
    for word in wanted:
        found = found.filter(text__icontains=word)
    rows = found.select_related("document").order_by("document_id", "position")[:_MENTIONS]
    return [
        Mention(each.document_id, each.position, each.document.title, each.article or each.path, each.text)
        for each in rows
    ]  # fmt: skip


def relatives(document_id: int, on: date, region: str) -> Relatives:
    """What belongs to a published document: by its number or its title, both as they were written."""
    document = Document.objects.get(pk=document_id)
    cited = Q(source_title__in=_titles(document.title))
    if document.document_number:
        cited |= Q(document_number=document.document_number)
    questions = list(entries_in_force(on, region).filter(cited).order_by("pk")[:_CITING])
    interpretations = documents_in_force(on, region).filter(
        kind=Document.Kind.INTERPRETATION, normal_title__contains=comparable(document.title)
    )
    former = document.former_versions.exclude(status=Document.Status.DRAFT)
    return Relatives(
        questions,
        list(interpretations.exclude(pk=document.pk).order_by("-issued_on", "-pk")[:_CITING]),
        list(former.order_by("-effective_on", "-issued_on", "-pk")[:_CITING]),
    )


def _titles(title: str) -> list[str]:
    """A title with and without the marks that editors put around it."""
    bare = title.removeprefix("《").removesuffix("》")
    return [bare, f"《{bare}》"]
