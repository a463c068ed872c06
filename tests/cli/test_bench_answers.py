"""`minxin bench answers`: what it counts is right, on a set of a few documents."""

import argparse
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.cli.bench import answers

_WORDS = st.text(alphabet="甲乙丙", max_size=8)


def _slow(one: str, other: str) -> int:
    rows = [0] * (len(other) + 1)
    for sign in one:
        before = 0
        for at, each in enumerate(other, 1):
            kept = rows[at]
            rows[at] = before + 1 if sign == each else max(rows[at], rows[at - 1])
            before = kept
    return rows[-1]


@given(_WORDS, _WORDS)
def test_the_longest_common_subsequence(one: str, other: str) -> None:
    assert answers.common(one, other) == _slow(one, other)


def test_what_is_held_counts_whole_clauses() -> None:
    assert answers.held_share("应当在六十日内发放", "六十日内发放") == 1.0
    assert answers.held_share("应当在六十日内发放", "六十日内，免收费用") == 0.5
    assert answers.held_share("", "六十日") == 0.0
    assert answers.overlap("四十元", "四十元") == 1.0
    assert answers.overlap("四十元", "四天") == pytest.approx(0.4)


def test_the_threshold_keeps_the_wrong_ones_few() -> None:
    def judged(confidence: float, *, is_right: bool) -> answers.Judged:
        held = float(is_right)
        return answers.Judged(False, held, held, held, held, confidence, 1.0)

    sure = [judged(0.9 - at / 1000, is_right=True) for at in range(30)]
    unsure = [judged(0.4 - at / 1000, is_right=False) for at in range(30)]
    threshold = answers.threshold_of(sure + unsure)
    kept = [each for each in sure + unsure if each.confidence >= threshold]
    assert len(kept) >= len(sure)
    assert sum(each.is_wrong for each in kept) <= answers.AIMED * len(kept)
    assert answers.threshold_of(unsure) == 1.0


def test_a_whole_run_prints_every_figure(tmp_path: Path) -> None:
    documents, questions = [], []
    for at in range(10):
        thing = "甲乙丙丁戊己庚辛壬癸"[at] + "类许可证"
        text = f"关于{thing}的规定。{thing}由市局办理。补领{thing}收取工本费{at + 11}元。其他事项另行通知。"
        documents.append({"docid": str(at), "text": text})
        questions.append(
            {"docid": str(at), "question": f"补领{thing}收多少钱", "answer": f"收取工本费{at + 11}元"}
        )  # fmt: skip
    for name, rows in (("documents", documents), ("questions", questions)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    given = argparse.Namespace(data=str(tmp_path), test=None, weights=False)
    found = answers.run(given)
    assert found["questions"] == 10
    assert found["held"] == 1.0
    assert 0 < found["f1"] <= 1
    assert found["p50_ms"] <= found["p99_ms"]
    given.test = str(tmp_path / "questions.jsonl")
    assert answers.run(given)["questions"] == 10
