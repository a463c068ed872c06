"""A document with a few passages, as rows."""

import hashlib
from datetime import datetime
from typing import Any

from minxin.agencies.models import Agency
from minxin.knowledge.models import Document, Passage
from minxin.knowledge.rules import comparable, comparable_number


def paper(agency: Agency, title: str, *, now: datetime, **fields: Any) -> Document:
    """A published document: its title, a chapter, one article of two paragraphs with an item."""
    number = Document.objects.count()
    values: dict[str, Any] = {
        "issuing_agency": "云溪市人民政府",
        "status": Document.Status.PUBLISHED,
        "sha256": hashlib.sha256(f"{title}{number}".encode()).hexdigest(),
        **fields,
    }
    document = Document.objects.create(
        agency=agency,
        title=title,
        normal_title=comparable(title),
        normal_number=comparable_number(str(fields.get("document_number", ""))),
        created_at=now,
        updated_at=now,
        **values,
    )
    rows: list[dict[str, Any]] = [
        {"kind": "title", "text": title},
        {"kind": "chapter", "text": "第一章 总则"},
        {"kind": "article", "article": "第一条", "clause": 1, "text": "申请补办需要下列材料："},
        {"kind": "item", "article": "第一条", "clause": 1, "item": "（一）", "lead": 2,
         "text": "（一）户口簿；"},
        {"kind": "paragraph", "article": "第一条", "clause": 2, "text": "补办收费四十元。"},
    ]  # fmt: skip
    Passage.objects.bulk_create(
        Passage(document=document, position=at, path="第一章 总则", **row)
        for at, row in enumerate(rows)
    )
    return document
