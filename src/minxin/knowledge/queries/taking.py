"""Reads of files on their way into the documents."""

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

from minxin.agencies.models import Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound
from minxin.knowledge.models import DocumentImport, ImportedFile

Part = ImportedFile.Status


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: its files by what became of them, and the pages of the one in hand."""

    total: int = 0
    taken: int = 0
    known: int = 0
    unreadable: int = 0
    passages: int = 0
    current: ImportedFile | None = None

    @property
    def done(self) -> int:
        """How many files have been dealt with."""
        return self.taken + self.known + self.unreadable


def document_imports_visible_to(staff: Staff) -> QuerySet[DocumentImport]:
    """The imports of the agencies this person may edit for."""
    found: QuerySet[DocumentImport] = DocumentImport.objects.visible_to(
        staff, Permission.EDIT_KNOWLEDGE
    )
    return found.select_related("started_by", "agency")


def document_import_for(staff: Staff, number: int) -> DocumentImport:
    """One import; `NotFound` for who may not know of it."""
    found = document_imports_visible_to(staff).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def imported_files_of(job: DocumentImport) -> QuerySet[ImportedFile]:
    """What came of an import: archives and lists only while they wait or when they told something."""
    return (
        ImportedFile.objects.filter(job=job)
        .exclude(status=Part.UNPACKED, remarks=[])
        .select_related("document", "source")
        .order_by("pk")
    )


def imported_file_for(staff: Staff, number: int) -> ImportedFile:
    """One file of an import this person may see."""
    found = ImportedFile.objects.filter(
        pk=number, job__in=document_imports_visible_to(staff).values("pk")
    ).first()
    if found is None:
        raise NotFound
    return found


def progress_of(job: DocumentImport) -> Progress:
    """How far an import is."""
    rows = ImportedFile.objects.filter(job=job).exclude(status=Part.UNPACKED)
    numbers = dict(rows.values_list("status").annotate(Count("pk")).order_by())
    passages = rows.filter(status=Part.TAKEN).aggregate(sum=Sum("passages"))["sum"]
    current = next_file(job) if job.status == DocumentImport.Status.RUNNING else None
    return Progress(
        total=sum(numbers.values()),
        taken=numbers.get(Part.TAKEN, 0),
        known=numbers.get(Part.KNOWN, 0),
        unreadable=numbers.get(Part.UNREADABLE, 0),
        passages=passages or 0,
        current=current,
    )


def next_file(job: DocumentImport) -> ImportedFile | None:
    """The file to be read next: archives and lists first, then in their order."""
    archives = Case(
        *(When(name__iendswith=each, then=Value(0)) for each in (".zip", ".xlsx", ".csv")),
        default=Value(1),
        output_field=IntegerField(),
    )
    waiting = ImportedFile.objects.filter(job=job, status=Part.WAITING)
    return waiting.select_related("source").order_by(archives, "pk").first()
