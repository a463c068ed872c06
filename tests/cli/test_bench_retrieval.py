"""`minxin bench retrieval`, on a set of four documents: what it counts is right."""

import json
from pathlib import Path

import pytest

from minxin.cli.bench import data_folder
from minxin.cli.bench.retrieval import hay, measure, read

DOCUMENTS = {
    "a": "关于居住证管理的通知。公民离开常住户口所在地，可以申领居住证。申领时应当提交本人身份证。",
    "b": "关于公积金提取的通知。职工购买自住住房，可以提取公积金。提取时应当提交购房合同。",
    "c": "关于垃圾分类的通知。剩菜剩饭属于厨余垃圾，应当投入绿色桶中，不得与有害垃圾混投。",
    "d": "关于道路施工的通知。因管道改造，东桥路封闭三天，过往车辆请绕行南环路，敬请谅解。",
}
QUESTIONS = {"申领居住证要提交什么": "a", "买房怎样提取公积金": "b", "哪条路封闭": "d"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "policy_qa"
    place.mkdir()
    documents = [{"docid": name, "text": text} for name, text in DOCUMENTS.items()]
    questions = [{"docid": name, "question": text} for text, name in QUESTIONS.items()]
    for name, rows in (("documents", documents), ("questions", questions)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (place / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return place


def test_what_is_found_counts(folder: Path) -> None:
    documents, questions = read(folder / "documents.jsonl"), read(folder / "questions.jsonl")
    found = measure(folder, documents, questions, 40)
    assert [found[f"recall_at_{rank}"] for rank in (1, 5, 10)] == [1, 1, 1]
    assert found["mrr"] == 1
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_what_is_not_found_counts_too(folder: Path) -> None:
    documents, questions = read(folder / "documents.jsonl"), read(folder / "questions.jsonl")
    questions += [{"docid": "c", "question": "申领居住证"}, {"docid": "x", "question": "公积金"}]
    found = measure(folder, documents, questions, len(documents))
    assert found["recall_at_1"] == found["recall_at_10"] == 0.6
    assert found["mrr"] == 0.6


def test_the_hay_has_its_size_and_is_always_the_same(folder: Path) -> None:
    documents = read(folder / "documents.jsonl")
    once, again = list(hay(folder, documents, 30)), list(hay(folder, documents, 30))
    assert len(once) == 30
    assert once == again
    laws = folder.parent / "laws"
    laws.mkdir()
    law = "第一条为了维护公共秩序，制定本法。" * 20
    (laws / "laws.jsonl").write_text(json.dumps({"text": law}), encoding="utf-8")
    passages = list(hay(folder, documents, 3))
    assert passages[:2] == [law[:200], law[200:]]
    assert set(passages[2].split("。")) == {"第一条为了维护公共秩序，制定本法"}


def test_the_folder_or_its_parent_may_be_named(folder: Path, tmp_path: Path) -> None:
    assert data_folder(str(folder), "policy_qa") == folder
    assert data_folder(str(tmp_path), "policy_qa") == folder


def test_without_data_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINXIN_BENCH_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit, match="MINXIN_BENCH_DATA"):
        data_folder(None, "policy_qa")
    (tmp_path / "broken.jsonl").write_text("{]", encoding="utf-8")
    for name in ("missing.jsonl", "broken.jsonl"):
        with pytest.raises(SystemExit, match=name):
            read(tmp_path / name)
