"""Writing entries: what is refused, who may, and what the audit keeps."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from minxin.agencies.models import AuditEntry, Staff
from minxin.agencies.rules import Permission
from minxin.core.errors import NotFound, Refused
from minxin.knowledge import queries
from minxin.knowledge.actions import (
    answer_unanswered,
    create_entry,
    dismiss_unanswered,
    record_unanswered,
    retire_entry,
    update_entry,
)
from minxin.knowledge.models import Entry, IndexChange, UnansweredQuestion, Variant
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.support.city import City


def everything() -> tuple[list[object], ...]:
    """All that knowledge keeps, to see that nothing changed."""
    return tuple(
        list(model.objects.order_by("pk").values())
        for model in (Entry, Variant, IndexChange, UnansweredQuestion, AuditEntry)
    )


def test_an_editor_writes_an_entry(city: City, editors: Editors, now: datetime) -> None:
    kept = create_entry(
        draft("怎样申领居住证？", variants=("居住证", " 居住证 ", "", "居" * 300, "居" * 250)),
        agency=city.police,
        actor=editors.li,
        now=now,
    )
    assert kept.code == "police-00001"
    assert sorted(len(way.text) for way in kept.variants.all()) == [3, 200]
    told = AuditEntry.objects.get(verb="entry.created")
    assert told.subject_id == str(kept.pk)
    assert told.actor_name == "李敏"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question": "  "}, "question"),
        ({"answer": ""}, "answer"),
        ({"source_title": ""}, "source_title"),
        ({"issuing_agency": " "}, "issuing_agency"),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, "valid_until"),
        ({"question": "问" * 201}, "question"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"status": "approved"}, "status"),
    ],
)
def test_an_entry_not_fit_for_citizens_is_refused(
    city: City, editors: Editors, now: datetime, wrong: dict[str, object], field: str
) -> None:
    before = everything()
    with pytest.raises(Refused) as refusal, transaction.atomic():
        create_entry(
            replace(draft("怎样申领居住证？"), **wrong),  # type: ignore[arg-type]
            agency=city.police,
            actor=editors.li,
            now=now,
        )
    assert refusal.value.field == field
    assert everything() == before


def test_the_database_keeps_no_published_entry_without_its_source(
    city: City, editors: Editors, now: datetime
) -> None:
    kept = create_entry(draft("怎样申领居住证？"), agency=city.police, actor=editors.li, now=now)
    for field in ("source_title", "issuing_agency"):
        with (
            pytest.raises(IntegrityError, match="published_entry_names_its_source"),
            transaction.atomic(),
        ):
            Entry.objects.filter(pk=kept.pk).update(**{field: ""})


def test_a_taken_code_is_refused_and_never_given_again(
    city: City, editors: Editors, now: datetime
) -> None:
    first = replace(draft("怎样申领居住证？"), code="police-00002")
    create_entry(first, agency=city.police, actor=editors.li, now=now)
    second = create_entry(draft("怎样申请护照？"), agency=city.police, actor=editors.li, now=now)
    assert second.code not in {"police-00002", ""}
    with pytest.raises(Refused), transaction.atomic():
        create_entry(first, agency=city.police, actor=editors.li, now=now)


def test_an_update_is_audited_with_what_changed(
    city: City, editors: Editors, now: datetime
) -> None:
    kept = create_entry(
        draft("怎样申领居住证？", "甲"), agency=city.police, actor=editors.li, now=now
    )
    update_entry(kept, draft("怎样申领居住证？", "乙"), actor=editors.li, now=now)
    told = AuditEntry.objects.get(verb="entry.updated")
    assert (told.before, told.after) == ({"answer": "甲"}, {"answer": "乙"})


def test_an_outsider_sees_nothing_and_changes_nothing(
    city: City, editors: Editors, now: datetime
) -> None:
    kept = create_entry(draft("怎样申领居住证？"), agency=city.police, actor=editors.li, now=now)
    record_unanswered([(city.police.pk, "居住证能邮寄吗")], now=now)
    asked = UnansweredQuestion.objects.get()
    before = everything()
    for staff in (editors.gao, city.outsider):
        assert not queries.entries_visible_to(staff).exists()
        assert not queries.unanswered_visible_to(staff).exists()
        with pytest.raises(NotFound):
            queries.entry_for(staff, Permission.READ_KNOWLEDGE, kept.pk)
        for write in _writes(city, kept, asked, staff, now):
            with pytest.raises(NotFound), transaction.atomic():
                write()
    assert everything() == before


def test_who_may_only_read_changes_nothing(city: City, editors: Editors, now: datetime) -> None:
    kept = create_entry(draft("怎样申领居住证？"), agency=city.police, actor=editors.li, now=now)
    record_unanswered([(city.police.pk, "居住证能邮寄吗")], now=now)
    asked = UnansweredQuestion.objects.get()
    before = everything()
    assert queries.entry_for(city.wang, Permission.READ_KNOWLEDGE, kept.pk) == kept
    for write in _writes(city, kept, asked, city.wang, now):
        with pytest.raises(NotFound), transaction.atomic():
            write()
    assert everything() == before


def _writes(city, kept, asked, staff: Staff, now):  # type: ignore[no-untyped-def]
    written = draft("改过的问题？")
    own = city.water  # the outsider's own agency must not be a way in
    return [
        lambda: create_entry(written, agency=city.police, actor=staff, now=now),
        lambda: update_entry(kept, written, actor=staff, now=now),
        lambda: update_entry(kept, written, agency=own, actor=staff, now=now),
        lambda: retire_entry(kept, reason="废止", actor=staff, now=now),
        lambda: answer_unanswered(asked, written, agency=city.police, actor=staff, now=now),
        lambda: answer_unanswered(asked, written, agency=own, actor=staff, now=now),
        lambda: dismiss_unanswered(asked, actor=staff, now=now),
    ]


def test_entries_to_review_are_found(city: City, editors: Editors, now: datetime) -> None:
    def kept(question: str, **dates: date) -> Entry:
        return create_entry(
            replace(draft(question), **dates),  # type: ignore[arg-type]
            agency=city.police,
            actor=editors.li,
            now=now,
        )

    due = kept("一？", review_on=now.date())
    ends = kept("二？", valid_until=date(2026, 12, 20))
    kept("三？", review_on=date(2027, 1, 1), valid_until=date(2027, 12, 31))
    kept("四？", valid_until=date(2026, 11, 1))  # over: nothing left to save
    found = queries.to_review(queries.entries_visible_to(editors.li), now.date())
    assert set(found) == {due, ends}
    assert queries.due_reviews(now.date()) == [(city.police, 2)]


def test_the_portal_offers_what_holds_here_today(
    city: City, editors: Editors, now: datetime
) -> None:
    def kept(question: str, **more: object) -> Entry:
        return create_entry(
            replace(draft(question), **more),  # type: ignore[arg-type]
            agency=city.police,
            actor=editors.li,
            now=now,
        )

    everywhere, province = kept("一？"), kept("二？", region_code="990000")
    kept("三？", region_code="990200")
    kept("四？", valid_until=date(2026, 1, 1))
    kept("五？", status="draft")
    offered = queries.frequent_questions(now.date(), "990100")
    assert offered == [everywhere, province]
    expired = Entry.objects.get(question="四？")
    assert queries.public_answer(expired.pk, now.date())[1] is False
    assert queries.public_answer(Entry.objects.get(question="五？").pk, now.date()) == (None, False)
