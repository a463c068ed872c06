"""A handful of entries for tests."""

from datetime import date, datetime

from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.knowledge.actions import EntryDraft, create_entry
from minxin.knowledge.models import Entry


def entry(
    agency: Agency,
    question: str,
    answer: str = "",
    *,
    now: datetime,
    variants: tuple[str, ...] = (),
    valid_from: date | None = date(2026, 1, 1),
    valid_until: date | None = None,
    region_code: str = "",
    status: str = "published",
    audience: str = "",
    next_steps: str = "",
    topic: str = "",
    source_title: str = "云溪市办事指南",
    document_number: str = "云政发〔2026〕1号",
) -> Entry:
    """One entry, published unless said otherwise."""
    draft = EntryDraft(
        question=question,
        answer=answer or f"{question}：请到政务服务中心办理。",
        variants=variants,
        source_title=source_title,
        document_number=document_number,
        topic=topic,
        issuing_agency=agency.name,
        valid_from=valid_from,
        valid_until=valid_until,
        region_code=region_code,
        status=status,
        audience=audience,
        next_steps=next_steps,
    )
    return create_entry(draft, agency=agency, actor=System("test"), now=now)
