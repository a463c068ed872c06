"""Sheets in a folder: ours written whole, theirs read once, what cannot be read laid aside with the reason."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest

from minxin.agencies.actions import keep_division
from minxin.tickets.models import Handover, HandoverAct, HandoverDifference
from tests.support.city import SETUP, City, build_city
from tests.tickets.handing import District, district


@pytest.fixture
def there(db: None, now: datetime, settings: object, tmp_path: Path) -> District:
    settings.MINXIN_HOME = tmp_path  # type: ignore[attr-defined]
    city: City = build_city(now)
    keep_division(None, code="990100", name="云溪市", actor=SETUP, now=now)
    return district(city, now, way="folder", base_url="", secret="")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exchange" / "yunxi-12345"


def put(folder: Path, name: str, *rows: dict[str, str]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    (folder / "in" / name).write_text(text.getvalue(), encoding="gb18030")


def test_a_ticket_goes_out_as_a_row_and_comes_back_answered(there: District, folder: Path) -> None:
    ticket = there.filed(text="=东桥路口的路灯坏了三天")
    there.turn()
    (sheet,) = (folder / "out").glob("*.csv")
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["工单编号"], row["事项"]) == (ticket.number, "file")
    assert row["内容"].startswith("'=")  # no formula in their office
    assert HandoverAct.objects.get().status == "done"
    put(
        folder,
        "1.csv",
        {
            "工单编号": ticket.number,
            "外部编号": "SH-1",
            "办理状态": "已登记",
            "版次": "1",
            "反馈信息": "",
        },
    )
    put(
        folder,
        "2.csv",
        {
            "工单编号": ticket.number,
            "外部编号": "SH-1",
            "办理状态": "已答复",
            "版次": "2",
            "反馈信息": "路灯已经修好，感谢反映。",
        },
    )
    there.turn()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.answer) == ("answered", "路灯已经修好，感谢反映。")
    assert Handover.objects.get().their_number == "SH-1"
    assert list((folder / "in").iterdir()) == []
    assert {path.name for path in (folder / "done").iterdir()} == {"1.csv", "2.csv"}


def test_what_cannot_be_read_is_laid_aside_with_the_reason(there: District, folder: Path) -> None:
    ticket = there.filed()
    there.turn()
    put(folder, "1.csv", {"工单编号": ticket.number, "办理状态": "不知道", "版次": "1"})
    (folder / "in" / "2.xlsx").write_bytes(b"this is no book")
    (folder / "in" / "3.csv.part").write_text("half")
    there.turn()
    assert {path.name for path in (folder / "bad").iterdir()} == {
        "1.csv",
        "1.txt",
        "2.xlsx",
        "2.txt",
    }
    assert (folder / "in" / "3.csv.part").exists()
    ticket.refresh_from_db()
    assert ticket.status == "submitted"


def test_a_list_of_theirs_is_compared(there: District, folder: Path) -> None:
    there.filed()
    there.turn()
    assert there.courier().compare(there.platform) is None  # no list, no claim
    put(folder, "对账20261124.csv", {"工单编号": "XX-1", "外部编号": "SH-9", "办理状态": "已登记"})
    assert there.courier().compare(there.platform) == 1
    assert HandoverDifference.objects.get().kind == "missing_here"
