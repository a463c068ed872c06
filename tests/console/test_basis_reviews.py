"""What cites a text that ends, through the console: counted, read, settled; repeals confirmed."""

from datetime import date, datetime, timedelta

from minxin.agencies.models import Staff
from minxin.knowledge.actions import repeal_document
from minxin.knowledge.models import BasisReview, Document, RepealProposal
from tests.console.conftest import SignIn, Work
from tests.knowledge.papers import paper
from tests.support.city import SETUP, City


def _ended(work: Work, now: datetime) -> Document:
    title = work.entry.source_title
    issuer = work.entry.issuing_agency
    document = paper(
        work.entry.agency, title, now=now, effective_on=date(2015, 1, 1), issuing_agency=issuer
    )
    repeal_document(document, now.date(), by="市政府令第9号", actor=SETUP, now=now)
    return document


def test_an_editor_finds_it_in_todays_work_and_settles_it_in_one_act(
    work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    _ended(work, now)
    review = BasisReview.objects.get()
    client = at_desk(editor)
    assert "依据失效待核对" in client.get("/console/").content.decode()
    page = client.get("/console/basis/?status=open").content.decode()
    assert work.entry.question in page
    address = f"/console/basis/{review.pk}/"
    one = client.get(address).content.decode()
    assert "不把这个答案当作现行规定" in one
    assert "市政府令第9号" in one
    refused = client.post(address, {"outcome": "right", "note": "仍按此办"})
    assert refused.status_code == 422
    assert "仍按此办" in refused.content.decode()
    assert "请写明现在依据哪份文件" in refused.content.decode()
    assert client.post(address, {"note": ""}).status_code == 422
    done = client.post(address, {"outcome": "right", "source_title": "新的办法"}, follow=True)
    assert "已记下核对结果" in done.content.decode()
    work.entry.refresh_from_db()
    review.refresh_from_db()
    assert (work.entry.source_title, review.status) == ("新的办法", "right")
    assert "依据失效待核对" not in client.get("/console/").content.decode()
    assert client.post(address, {"outcome": "withdrawn", "note": "x"}).status_code == 302
    work.entry.refresh_from_db()
    assert work.entry.status == "published"


def test_the_entry_says_that_its_source_ends(
    work: Work, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    _ended(work, now)
    page = at_desk(editor).get(f"/console/knowledge/{work.entry.pk}/").content.decode()
    assert "不再有效" in page
    assert "去核对" in page


def test_who_only_reads_settles_nothing(
    work: Work, city: City, at_desk: SignIn, now: datetime
) -> None:
    _ended(work, now)
    review = BasisReview.objects.get()
    client = at_desk(city.wang)
    assert "记下结果" not in client.get(f"/console/basis/{review.pk}/").content.decode()
    assert client.post(f"/console/basis/{review.pk}/", {"outcome": "changed"}).status_code == 404
    review.refresh_from_db()
    assert review.status == "open"


def test_a_repeal_is_confirmed_with_its_day(
    work: Work, city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    source = paper(city.police, "养犬条例", now=now, effective_on=now.date() + timedelta(days=5))
    target = paper(city.police, "犬只办法", now=now, effective_on=date(2015, 1, 1))
    found = RepealProposal.objects.create(
        document=source, target=target, owner=city.police, title=target.title,
        normal_title=target.normal_title, on=source.effective_on, said="《犬只办法》同时废止。",
        created_at=now,
    )  # fmt: skip
    client = at_desk(editor)
    assert "犬只办法" in client.get("/console/repeals/?status=open").content.decode()
    address = f"/console/repeals/{found.pk}/"
    assert "《犬只办法》同时废止。" in client.get(address).content.decode()
    data = {"act": "confirm", "confirm-on": "2026-12-01", "confirm-note": ""}
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "发布机关不同" in refused.content.decode()
    assert client.post(address, {**data, "confirm-note": "核对过"}).status_code == 302
    target.refresh_from_db()
    assert target.repealed_on == date(2026, 12, 1)


def test_a_reason_is_needed_to_decline(
    city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    source = paper(city.police, "养犬条例", now=now, effective_on=now.date())
    found = RepealProposal.objects.create(
        document=source, owner=city.police, title="别的", normal_title="别的", created_at=now
    )
    client = at_desk(editor)
    address = f"/console/repeals/{found.pk}/"
    assert client.post(address, {"act": "decline", "decline-note": ""}).status_code == 422
    assert client.post(address, {"act": "decline", "decline-note": "不是"}).status_code == 302
    found.refresh_from_db()
    assert found.status == "declined"
