"""Not accepted at the desk and on her phone; the table of channels in an administrator's hands."""

from minxin.tickets.models import NonAcceptance, Redirect, Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import City


def test_proposed_and_not_accepted(city: City, work: Work, at_desk: SignIn) -> None:
    Ticket.objects.update(text="对处罚不服，想申请行政复议。")
    desk = at_desk(city.wang)
    address = f"/console/tickets/{work.ticket.number}/"
    page = desk.get(address).content.decode()
    assert "可能不属于这里" in page
    row = Redirect.objects.get(code="reconsideration")
    assert f'<option value="{row.pk}" selected>' in page
    sent = {"act": "not_accepted", "not_accepted-redirect": row.pk, "not_accepted-reason": ""}
    assert desk.post(address, sent).status_code == 422
    sent["not_accepted-reason"] = "属于行政复议范围"
    assert desk.post(address, sent).url == address
    assert Ticket.objects.get().status == "declined"
    page = desk.get(address).content.decode()
    assert "属于行政复议范围" in page
    assert 'value="not_accepted"' not in page
    assert work.ticket.number in desk.get("/console/tickets/?state=declined").content.decode()
    assert NonAcceptance.objects.get().decided_by == city.wang


def test_the_table_is_edited(city: City, at_desk: SignIn) -> None:
    desk = at_desk(city.administrator)
    assert "纪检监察举报" in desk.get("/console/redirects/").content.decode()
    row = Redirect.objects.get(code="consumer")
    address = f"/console/redirects/{row.pk}/"
    given = {
        "name": row.name, "phone": "123", "words": "假货", "told": "请拨打 12315。", "source": "本市",
        "region_code": "", "is_active": "on",
    }  # fmt: skip
    wrong = desk.post(address, {**given, "phone": "62345678"})
    assert wrong.status_code == 422
    assert "假货" in wrong.content.decode()
    assert desk.post(address, {**given, "phone": "12315"}).url == "/console/redirects/"
    row.refresh_from_db()
    assert (row.is_active, row.words) == (True, "假货")
    assert at_desk(city.wang).get("/console/redirects/").status_code == 404
