"""Periodic documents in the console: drafted at one press, compared by version, discarded with a reason."""

from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse

from minxin.accounts.models import Account
from minxin.reports import actions, queries
from minxin.reports.models import Document
from minxin.tickets.actions import file
from tests.console.conftest import SignIn
from tests.supervision.inspections import Team, build_team
from tests.support.city import City


def offered(html: str, name: str) -> list[str]:
    """The values of a choice on a page."""
    choice = html.split(f'name="{name}"')[1].split("</select>")[0]
    return [each.split('"')[0] for each in choice.split('value="')[1:]]


def drafted(at_desk: SignIn, city: City, now: datetime) -> tuple[Client, Team, Document]:
    team = build_team(city, now)
    file(
        key="t1", account=city.account, citizen=city.xiaolin, text="路灯不亮", place="东桥路口",
        source="dialogue", actor=city.xiaolin, now=now,
    )  # fmt: skip
    desk = at_desk(team.lead)
    quarter = offered(desk.get(reverse("console:quarter_new")).content.decode(), "quarter")[0]
    answer = desk.post(
        reverse("console:quarter_new"), {"unit": city.root.pk, "quarter": quarter, "area": "全市"}
    )
    document = Document.objects.get()
    assert answer["Location"] == reverse("console:document", args=[document.pk])
    return desk, team, document


def test_a_quarterly_report_is_one_press_away_and_its_numbers_open_their_rows(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    desk, _team, document = drafted(at_desk, city, now)
    html = desk.get(reverse("console:document", args=[document.pk])).content.decode()
    rows = reverse("console:document_rows", args=[document.pk, "accounts.all"])
    assert f'<a class="doc-figure" href="{rows}">7</a>' in html
    shown = desk.get(rows).content.decode()
    assert "期末在用账号：7" in shown
    assert f'href="{reverse("console:document", args=[document.pk])}">返回文稿' in shown
    assert "table-hover" in shown
    listed = desk.get(reverse("console:documents") + "?kind=quarter").content.decode()
    assert document.title in listed
    assert (
        document.title not in desk.get(reverse("console:documents") + "?kind=year").content.decode()
    )


def test_rows_of_tickets_open_only_for_who_reads_tickets(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    desk, team, _document = drafted(at_desk, city, now)
    facts = queries.year_facts(
        city.police, now.year, agency_said="云溪市公安局", with_below=False, now=now
    )
    from minxin.reports.presets import common

    document = actions.draft_year(
        facts, common("year"), agency=city.police, actor=team.lead, now=now
    )
    rows = reverse("console:document_rows", args=[document.pk, f"a{city.account.pk}.filed"])
    assert desk.get(rows).status_code == 200
    page = reverse("console:document", args=[document.pk])
    assert rows in desk.get(page).content.decode()
    clerk = at_desk(city.operator)
    html = clerk.get(page)
    assert html.status_code == 200
    assert rows not in html.content.decode()
    assert clerk.get(rows).status_code == 404


def test_a_yearly_table_is_filled_in_by_the_unit_and_signed_by_the_office(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    team = build_team(city, now)
    clerk = at_desk(city.operator)
    answer = clerk.post(reverse("console:year_new"), {"unit": city.police.pk, "year": now.year})
    document = Document.objects.get()
    page = reverse("console:document", args=[document.pk])
    assert answer["Location"] == page
    html = clerk.get(page).content.decode()
    assert "云溪公安 · 其中：原创（条）" in html
    blank = next(
        each.id for each in queries.pieces_of(document)
        if each.of == "云溪公安" and each.label == "其中：原创（条）"
    )  # fmt: skip
    texts = queries.texts_of(document) | {blank: "53"}
    assert clerk.post(page, texts | {"act": "save", "revision": 1}).status_code == 302
    html = clerk.get(page).content.decode()
    assert "单位填报" in html
    assert "处数字" not in html
    assert 'value="sign"' not in html
    assert clerk.post(page, {"act": "sign", "revision": 2, "on": "2026-12-20"}).status_code == 404
    lead = at_desk(team.lead)
    assert lead.post(page, {"act": "sign", "revision": 2, "on": "2026-12-20"}).status_code == 302
    document.refresh_from_db()
    assert document.status == "signed"


def test_versions_are_read_side_by_side(at_desk: SignIn, city: City, now: datetime) -> None:
    desk, team, document = drafted(at_desk, city, now)
    key, text = next(
        (key, text) for key, text in queries.texts_of(document).items() if "完善台账" in text
    )
    actions.save_texts(
        document, {key: text.replace("完善台账", "理清台账")}, revision=1, actor=team.lead,
        now=now + timedelta(minutes=5),
    )  # fmt: skip
    page = desk.get(reverse("console:document_version", args=[document.pk, 2])).content.decode()
    assert "第 1 版到第 2 版的改动" in page
    assert "<del>完善</del><ins>理清</ins>" in page.replace("\n", "")
    first = reverse("console:document_version", args=[document.pk, 1])
    html = desk.get(first).content.decode()
    assert "这是同一版" in html
    assert "完善台账" in html
    assert "<ins>" in desk.get(first + "?against=2").content.decode()
    assert desk.get(first + "?against=9").status_code == 404
    assert desk.get(first + "?against=x").status_code == 200
    missing = reverse("console:document_version", args=[document.pk, 7])
    assert desk.get(missing).status_code == 404
    mine = reverse("console:document", args=[document.pk])
    assert first in desk.get(mine).content.decode()


def test_a_draft_is_discarded_with_a_reason_and_can_still_be_read(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    desk, _team, document = drafted(at_desk, city, now)
    page = reverse("console:document", args=[document.pk])
    refused = desk.post(page, {"act": "discard", "discard-reason": "错"})
    assert refused.status_code == 422
    assert "请写明作废的理由" in refused.content.decode()
    assert Document.objects.get().is_draft
    assert desk.post(page, {"act": "discard", "discard-reason": "季度选错"}).status_code == 302
    html = desk.get(page).content.decode()
    assert "季度选错" in html
    assert "留存备查" in html
    assert 'value="discard"' not in html
    assert "生成 DOCX" not in html
    assert desk.post(page, {"act": "discard", "discard-reason": "再来一次"}).status_code == 422


def test_what_cannot_be_drafted_says_why_and_keeps_the_form(
    at_desk: SignIn, city: City, now: datetime
) -> None:
    team = build_team(city, now)
    desk = at_desk(team.lead)
    oldest = offered(desk.get(reverse("console:quarter_new")).content.decode(), "quarter")[-1]
    answer = desk.post(
        reverse("console:quarter_new"), {"unit": city.root.pk, "quarter": oldest, "area": "全市"}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "起才有台账记录，这个季度没有数据" in html
    assert 'value="全市"' in html
    answer = desk.post(reverse("console:year_new"), {"unit": city.root.pk, "year": now.year})
    assert "这个单位在这一年没有账号" in answer.content.decode()
    assert not Document.objects.exists()
    assert Account.objects.count() == 7
