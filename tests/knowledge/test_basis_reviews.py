"""A text that ends: what cites it goes to its owner once, and is not given as current until settled."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.accounts.models import MenuReply
from minxin.agencies.models import AuditEntry, StaffNotice
from minxin.core.errors import AlreadyDone, NotFound, Refused
from minxin.gateway.wording import ENDED, held_words
from minxin.knowledge import actions, queries, validity
from minxin.knowledge.actions import NewSource
from minxin.knowledge.index import LiveIndex
from minxin.knowledge.models import BasisReview, Document, Entry
from minxin.knowledge.rules import Lookup, Source, cites, due_of, overlap, same_issuers, title_key
from tests.knowledge.conftest import Editors
from tests.knowledge.drafts import draft
from tests.knowledge.papers import paper
from tests.support.city import SETUP, City

OLD, NEW = "云溪市犬只管理办法", "云溪市养犬管理条例"
QUESTION = "养狗要到哪里登记"
DAY = timedelta(days=1)


def entry(city: City, now: datetime, **fields: object) -> Entry:
    asked = draft(QUESTION, "到派出所登记。", ("狗证在哪里办",))
    values = {"source_title": OLD, "document_number": "云政发〔2015〕9号", **fields}
    return actions.create_entry(
        replace(asked, **values),
        agency=city.police,
        actor=SETUP,
        now=now,  # type: ignore[arg-type]
    )


def ask(on: date, question: str = QUESTION) -> Lookup:
    index = LiveIndex()
    index.build()
    return index.lookup(question, on=on)


def reviews() -> list[BasisReview]:
    return list(BasisReview.objects.order_by("id"))


def old_paper(city: City, now: datetime) -> Document:
    """The text that ends, under a number of its own."""
    return paper(
        city.police,
        OLD,
        now=now,
        document_number="云政发〔2015〕9号",
        effective_on=date(2015, 1, 1),
    )


def test_a_repeal_reaches_its_entry_once_and_holds_the_answer_back_from_that_day(
    city: City, editors: Editors, now: datetime
) -> None:
    known = entry(city, now)
    document = paper(
        city.police, OLD, now=now, document_number="云政发[2015]9号", effective_on=date(2015, 1, 1)
    )
    ends = now.date() + 20 * DAY
    actions.repeal_document(document, ends, by="市政府令第9号", actor=editors.li, now=now)
    [review] = reviews()
    assert (review.entry, review.agency, review.grade, review.cause) == (
        known, city.police, "source", "repealed",
    )  # fmt: skip
    assert (review.ends_on, review.due_on) == (ends, ends)
    assert StaffNotice.objects.filter(staff=editors.li, kind="review.basis").count() == 1
    assert validity.work(clock=lambda: now) == 0
    assert validity.work(clock=lambda: now) == 0
    assert len(reviews()) == 1
    before = ask(ends - DAY)
    assert before.answer is not None
    assert before.answer.entry_id == known.pk
    for asked in (QUESTION, "狗证在哪里办", "请问养狗去哪里登记呀"):
        after = ask(ends, asked)
        assert after.answer is None
        assert after.held is not None
        assert after.held.entry_id == known.pk
    answer, is_current = queries.public_answer(known.pk, ends)
    assert answer is not None
    assert not is_current
    assert queries.frequent_questions(ends, "") == []
    assert queries.frequent_questions(ends - DAY, "") == [known]


def test_a_newer_version_does_so_and_still_right_moves_the_answer_to_it(
    city: City, editors: Editors, now: datetime
) -> None:
    entry(city, now, document_number="")
    today = now.date()
    paper(city.police, OLD, now=now, effective_on=date(2015, 1, 1))
    newer = paper(
        city.police,
        OLD,
        now=now,
        effective_on=today,
        status="draft",
        document_number="云政发〔2026〕3号",
    )
    actions.publish_document(newer, actor=editors.li, now=now)
    [review] = reviews()
    assert (review.cause, review.ends_on) == ("replaced", today)
    assert ask(today).answer is None
    actions.settle_review(review, "right", actor=editors.li, now=now)
    found = ask(today).answer
    assert found is not None
    assert found.document_number == "云政发〔2026〕3号"
    assert validity.work(clock=lambda: now + DAY) == 0
    assert [each.status for each in reviews()] == ["right"]
    with pytest.raises(AlreadyDone):
        actions.settle_review(review, "right", actor=editors.li, now=now)


def test_right_needs_a_source_that_holds_and_bad_input_changes_nothing(
    city: City, editors: Editors, now: datetime
) -> None:
    known = entry(city, now)
    document = old_paper(city, now)
    actions.repeal_document(document, now.date(), by="决定", actor=editors.li, now=now)
    [review] = reviews()
    for outcome, source, note in (
        ("right", None, ""),
        ("right", NewSource(OLD), ""),
        ("changed", None, ""),
        ("withdrawn", None, " "),
        ("not_cited", None, ""),
        ("nonsense", None, ""),
        ("right", NewSource("长" * 201), ""),
        ("changed", None, "长" * 301),
    ):
        with pytest.raises(Refused):
            actions.settle_review(
                review, outcome, source=source, note=note, actor=editors.li, now=now
            )
    with pytest.raises(NotFound):
        actions.settle_review(review, "not_cited", note="不是", actor=editors.gao, now=now)
    known.refresh_from_db()
    assert [each.status for each in reviews()] == ["open"]
    assert known.source_title == OLD
    actions.settle_review(review, "right", source=NewSource(NEW), actor=editors.li, now=now)
    assert ask(now.date()).answer is not None
    assert AuditEntry.objects.filter(verb="basis_review.settled").count() == 1


def test_withdrawn_takes_it_out_of_use_and_not_cited_gives_it_again(
    city: City, editors: Editors, now: datetime
) -> None:
    document = paper(city.police, OLD, now=now, effective_on=date(2015, 1, 1))
    one, two = (
        entry(city, now, document_number=""),
        entry(city, now, document_number="", question="遛狗要拴绳吗"),
    )
    actions.repeal_document(document, now.date(), by="决定", actor=editors.li, now=now)
    first, second = reviews()
    actions.settle_review(first, "withdrawn", note="不再办理", actor=editors.li, now=now)
    actions.settle_review(second, "not_cited", note="指省里的办法", actor=editors.li, now=now)
    one.refresh_from_db()
    assert one.status == "retired"
    found = ask(now.date(), two.question).answer
    assert found is not None
    assert found.entry_id == two.pk
    assert validity.work(clock=lambda: now) == 0


def test_changing_the_entry_settles_it_and_naming_the_old_text_again_opens_it(
    city: City, editors: Editors, now: datetime
) -> None:
    known = entry(city, now)
    document = old_paper(city, now)
    actions.repeal_document(document, now.date(), by="决定", actor=editors.li, now=now)
    good = replace(draft(QUESTION), source_title=NEW, document_number="云政发〔2026〕3号")
    actions.update_entry(known, good, actor=editors.li, now=now)
    assert [each.status for each in reviews()] == ["changed"]
    assert ask(now.date()).answer is not None
    bad = replace(good, source_title=OLD, document_number="云政发〔2015〕9号")
    actions.update_entry(known, bad, actor=editors.li, now=now)
    assert [each.status for each in reviews()] == ["open"]
    assert ask(now.date()).answer is None


def test_an_entry_written_from_a_text_that_has_ended_waits_at_once(
    city: City, editors: Editors, now: datetime
) -> None:
    paper(
        city.police, OLD, now=now, effective_on=date(2015, 1, 1), repealed_on=date(2020, 1, 1),
        repealed_by="决定", document_number="云政发〔2015〕9号",
    )  # fmt: skip
    entry(city, now)
    assert [each.status for each in reviews()] == ["open"]
    assert ask(now.date()).answer is None


def test_where_the_present_version_has_the_same_title_a_new_entry_means_that_one(
    city: City, now: datetime
) -> None:
    newer = paper(city.police, OLD, now=now, effective_on=date(2024, 1, 1))
    paper(city.police, OLD, now=now, effective_on=date(2015, 1, 1), superseded_by=newer)
    entry(city, now, document_number="")
    assert reviews() == []
    assert validity.work(clock=lambda: now) == 0
    assert ask(now.date()).answer is not None


def test_a_repeal_that_is_lifted_lets_the_answer_be_given_again(
    city: City, editors: Editors, now: datetime
) -> None:
    entry(city, now)
    document = old_paper(city, now)
    actions.repeal_document(document, now.date(), by="决定", actor=editors.li, now=now)
    with pytest.raises(Refused):
        actions.lift_repeal(document, reason=" ", actor=editors.li, now=now)
    with pytest.raises(NotFound):
        actions.lift_repeal(document, reason="误登", actor=editors.gao, now=now)
    actions.lift_repeal(document, reason="误登", actor=editors.li, now=now)
    assert [each.status for each in reviews()] == ["void"]
    assert ask(now.date()).answer is not None
    actions.repeal_document(document, now.date(), by="决定", actor=editors.li, now=now)
    assert [each.status for each in reviews()] == ["open"]


def test_the_end_of_a_term_is_told_thirty_days_before(city: City, now: datetime) -> None:
    ends = now.date() + 31 * DAY
    known = entry(city, now, document_number="")
    paper(city.police, OLD, now=now, effective_on=date(2015, 1, 1), repealed_on=ends)
    Entry.objects.filter(pk=known.pk).update(updated_at=now)
    assert validity.work(clock=lambda: now) == 0
    assert validity.work(clock=lambda: now + DAY) == 1
    assert reviews()[0].cause == "expired"


def test_words_and_menu_keys_that_name_it_are_found_at_night_and_are_not_held_back(
    city: City, editors: Editors, now: datetime
) -> None:
    other = entry(city, now, source_title="办事指南", document_number="", question="犬证多少钱")
    Entry.objects.filter(pk=other.pk).update(answer=f"按《{OLD}》第九条，四十元。")
    known = entry(city, now)
    MenuReply.objects.create(account=city.account, key="DOGS", does="say", text=f"见《{OLD}》。")
    MenuReply.objects.create(account=city.account, key="ASK", does="ask", text=QUESTION + "？")
    document = old_paper(city, now)
    actions.repeal_document(document, now.date(), by="决定", actor=editors.li, now=now)
    validity.work(clock=lambda: now)
    found = {(each.kind, each.place.split(":")[-1], each.grade) for each in reviews()}
    assert found == {
        ("entry", str(known.pk), "source"),
        ("entry", str(other.pk), "mention"),
        ("menu", "DOGS", "mention"),
        ("menu", "ASK", "mention"),
    }
    assert ask(now.date(), "犬证多少钱").answer is not None
    assert validity.work(clock=lambda: now) == 0


# Rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "number", "issuer", "region", "grade"),
    [
        ("《云溪市犬只管理办法》第九条", "", "云溪市人民政府", "", "source"),
        (OLD, "云政发[2015]9號", "别的机关", "", "source"),
        ("完全不同的名称", "云政发（2015）第9号", "云溪市人民政府", "", "source"),
        (OLD, "云政发〔2016〕9号", "云溪市人民政府", "", ""),
        (OLD, "第9号", "云溪市人民政府", "", "source"),
        (OLD, "", "云溪市公安局", "990100", "likely"),
        (OLD, "", "别省人民政府", "330000", ""),
        ("另一份办法", "", "云溪市人民政府", "", ""),
        ("", "", "", "", ""),
    ],
)
def test_what_counts_as_the_source(
    title: str, number: str, issuer: str, region: str, grade: str
) -> None:
    document = Source.of(OLD, "云政发〔2015〕9号", "云溪市人民政府", "990100")
    assert cites(Source.of(title, number, issuer, region), document) == grade


def test_names_of_issuers_are_compared_as_sets() -> None:
    assert same_issuers("市财政局、市教育局", "市教育局 市财政局")
    assert same_issuers("人力资源和社会保障部", "人力资源社会保障部")
    assert not same_issuers("", "")
    assert not same_issuers("甲省人民政府", "乙省人民政府")
    assert title_key("中华人民共和国户口登记条例") == title_key("《户口登记条例》第六条")


@given(
    st.sampled_from(["", "990000", "990100", "990102", "330000"]),
    st.sampled_from(["", "990000", "990100", "990102", "330000"]),
)
def test_places_overlap_both_ways(one: str, other: str) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one)
    assert overlap("", other)


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(-400, 400))
def test_nobody_is_due_in_the_past(today: date, offset: int) -> None:
    ends, later = today + offset * DAY, today + 7 * DAY
    due = due_of(ends, today, later)
    assert due > today
    assert due in (ends, later)


def test_a_text_taken_out_of_use_reaches_its_owners_as_a_repeal_does(
    city: City, editors: Editors, now: datetime
) -> None:
    known = entry(city, now)
    document = old_paper(city, now)
    with pytest.raises(Refused):
        actions.retire_document(document, reason=" ", actor=editors.li, now=now)
    assert reviews() == []
    reason = "文本有误，等市政府重新印发"
    actions.retire_document(document, reason=reason, actor=editors.li, now=now)
    [review] = reviews()
    assert (review.entry, review.agency, review.grade, review.cause, review.ends_on) == (
        known, city.police, "source", "retired", now.date(),
    )  # fmt: skip
    assert StaffNotice.objects.filter(staff=editors.li, kind="review.basis").count() == 1
    found = ask(now.date())
    assert found.answer is None
    assert found.held is not None
    assert "停用" in held_words(found.held)
    assert "来源：" not in held_words(found.held)
    assert validity.work(clock=lambda: now + DAY) == 0
    document.refresh_from_db()
    assert document.retired_why == reason
    actions.publish_document(document, actor=editors.li, now=now + DAY)  # it was right after all
    assert [each.status for each in reviews()] == ["void"]
    assert ask(now.date() + DAY).answer is not None
    assert (document.retired_on, document.retired_why) == (None, "")


def test_the_same_text_kept_once_more_goes_on_so_nothing_is_asked(
    city: City, editors: Editors, now: datetime
) -> None:
    entry(city, now)
    scan, better = old_paper(city, now), old_paper(city, now)
    actions.retire_document(scan, reason="换成了文字版", actor=editors.li, now=now)
    assert reviews() == []
    assert validity.work(clock=lambda: now + DAY) == 0
    assert ask(now.date()).answer is not None
    actions.retire_document(better, reason="也有误", actor=editors.li, now=now)
    assert {each.document_id for each in reviews()} == {better.pk}
    assert ask(now.date()).answer is None
    # A copy of the right text comes in: what waits because of the others is let be.
    third = paper(
        city.police, OLD, now=now, status="draft",
        document_number="云政发〔2015〕9号", effective_on=date(2015, 1, 1),
    )  # fmt: skip
    actions.publish_document(third, actor=editors.li, now=now)
    assert {each.status for each in reviews()} == {"void"}
    assert ask(now.date()).answer is not None


def test_a_repeal_before_it_was_taken_out_of_use_stays_the_cause(
    city: City, editors: Editors, now: datetime
) -> None:
    entry(city, now)
    document = old_paper(city, now)
    actions.repeal_document(
        document, now.date() - 5 * DAY, by="市政府令第9号", actor=editors.li, now=now
    )
    actions.retire_document(document, reason="清理", actor=editors.li, now=now)
    assert [(each.cause, each.ends_on) for each in reviews()] == [
        ("repealed", now.date() - 5 * DAY)
    ]


def test_words_that_name_a_text_out_of_use_are_found_at_night(
    city: City, editors: Editors, now: datetime
) -> None:
    said = f"按照《{OLD}》，到派出所登记。"
    asked = replace(draft("狗要登记吗", said), source_title="养犬须知", document_number="")
    actions.create_entry(asked, agency=city.police, actor=SETUP, now=now)
    actions.retire_document(old_paper(city, now), reason="有误", actor=editors.li, now=now)
    assert validity.work(clock=lambda: now) == 1
    assert [(each.grade, each.cause) for each in reviews()] == [("mention", "retired")]


def test_every_cause_that_holds_an_answer_back_has_its_sentence() -> None:
    assert set(ENDED) == {each.value for each in BasisReview.Cause} - {"partly"}
