"""`minxin bench replies`, on four replies: what it counts is right, and its measures are the known ones."""

import argparse
import csv
from pathlib import Path

import pytest

from minxin.cli.bench.replies import accuracy, auc, interval, kappa, read, run

HEAD = ["留言主题", "留言详情", "答复意见", "完整性指标", "可解释性指标"]
LAMP = ["东桥路口路灯坏了", "东桥路口的路灯坏了三天，什么时候修好？"]
GOOD = "您好！因电缆被挖断，东桥路口路灯熄灭，已于11月23日修复。"
EMPTY = "我局高度重视，正在研究。"
WATER = ["南湖小区自来水发黄", "南湖小区自来水发黄，是什么原因？"]
CLEAR = "南湖小区自来水发黄是由于管道检修，11月24日已恢复清澈。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "citizen_messages"
    place.mkdir()
    rows = [[*LAMP, GOOD, "1", "1"], [*LAMP, EMPTY, "0", "0"], [*WATER, CLEAR, "1", "1"]]
    for name, kept in (
        ("with_official_replies.csv", rows),
        ("reply_quality_100.csv", [*rows, [*WATER, "", "", ""], [*WATER, CLEAR, "", ""]]),
    ):
        with (place / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEAD, *kept])
    return place


def test_replies_are_counted_and_set_beside_the_marks(folder: Path) -> None:
    found = run(argparse.Namespace(data=str(folder), sample=None))
    assert found["replies"] == 3
    assert found["flagged"]["vague"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["flagged"]["any_block"] == 0
    assert found["marks"]["rows"] == 3  # an empty mark is no mark
    assert found["marks"]["complete"]["kappa"]["value"] == 1
    assert found["marks"]["explained"]["accuracy"]["value"] == 1
    assert found["subject"]["swapped_flagged"] > found["subject"]["own_flagged"]


def test_a_sample_is_printed_to_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(argparse.Namespace(data=str(folder), sample="vague"))
    said = capsys.readouterr().err
    assert "正在研究" in said
    assert "电缆" not in said


def test_a_sheet_that_is_not_there_or_another_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Cannot read"):
        read(tmp_path / "no.csv")
    other = tmp_path / "other.csv"
    other.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="not a sheet of messages"):
        read(other)


def test_the_measures_on_cases_known_by_hand() -> None:
    both = [(True, 1), (True, 1), (False, 0), (False, 1)]
    assert accuracy(both) == 0.75
    assert kappa(both) == pytest.approx(0.5)  # chance .5, seen .75
    assert kappa([(True, 1), (True, 1)]) == 0
    assert auc([(True, 3), (False, 1), (True, 2), (False, 2)]) == pytest.approx(0.875)
    assert auc([(True, 3)]) == 0.5
    bounds = interval(both, accuracy)
    assert bounds["low"] <= bounds["value"] <= bounds["high"]
