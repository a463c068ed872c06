"""The classifier: learns what is there, says how sure it is and why, says when it has too little."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from minxin.text.classifier import Classifier, TooLittleHistory, Unreadable, folds, learn, load
from minxin.text.classifier.features import counts, grams, letters
from minxin.text.classifier.training import _bits

WORDS = {
    "道路": ("路灯不亮", "路面坑洼", "人行道破损", "井盖松动", "红绿灯坏了"),
    "供水": ("自来水发黄", "水压太低", "停水三天", "水管漏水", "水费算错"),
    "学校": ("学区划分", "老师补课收费", "校服太贵", "入学报名", "食堂饭菜不好"),
}
AROUND = ("小区门口", "麻烦尽快处理", "已经一个星期", "谢谢", "东桥街道", "请问", "附近居民")


def history(each: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """So many messages of each class, drawn always the same."""
    draw = random.Random(seed)
    texts, labels = [], []
    for label, said in WORDS.items():
        for _ in range(each):
            parts = [draw.choice(said), *draw.sample(AROUND, 3), str(draw.randrange(100_000))]
            draw.shuffle(parts)
            texts.append("，".join(parts))
            labels.append(label)
    return texts, labels


@pytest.fixture(scope="module")
def model() -> Classifier:
    return learn(*history(60))


def test_it_knows_what_it_has_not_seen(model: Classifier) -> None:
    texts, labels = history(40, seed=2)
    said = [model.labels[at] for at in model.probabilities(texts).argmax(axis=1)]
    assert sum(a == b for a, b in zip(said, labels, strict=True)) > 110  # of 120


def test_the_words_that_decided_are_the_telling_ones(model: Classifier) -> None:
    first, second = model.top("东桥街道的自来水发黄，麻烦尽快处理", 2)
    assert first.label == "供水"
    assert "自来水" in "".join(first.words)
    assert "尽快" not in first.words
    assert first.probability > second.probability
    assert first.probability + second.probability <= 1 + 1e-9


def test_one_and_many_say_the_same(model: Classifier) -> None:
    texts, _labels = history(100, seed=3)  # more than one batch
    many = model.probabilities(texts)
    assert np.allclose(many.sum(axis=1), 1)
    for at in (0, 150, 299):
        assert model.top(texts[at], 1)[0].probability == pytest.approx(many[at].max())


@pytest.mark.parametrize("text", ["", "  ！？", "😀😀", "\ud800"])
def test_a_text_without_letters_has_no_answer(model: Classifier, text: str) -> None:
    assert model.top(text) == []
    assert model.probabilities([text, "停水三天"]).shape == (2, 3)


def test_it_is_less_sure_where_labels_were_drawn_by_lot() -> None:
    texts, _labels = history(60)
    draw = random.Random(5)
    noisy = learn(texts, [draw.choice("甲乙") for _ in texts])
    assert noisy.probabilities(history(40, seed=2)[0]).max(axis=1).mean() < 0.65


def test_two_labels_are_told_apart_the_right_way_round() -> None:
    texts, labels = history(40)
    pair = learn(texts[:80], labels[:80])
    assert pair.labels == ("供水", "道路")
    assert [pair.top(text, 1)[0].label for text in ("水管漏水停水三天", "路灯不亮")] == [
        "供水",
        "道路",
    ]


def test_too_little_history_is_said() -> None:
    texts, labels = history(30)
    with pytest.raises(TooLittleHistory) as refused:
        learn(texts[:40], labels[:40])
    assert refused.value.examples == {"道路": 30, "供水": 10}
    rest = learn([*texts, "公园长椅坏了"], [*labels, "公园"])
    assert rest.card.left_out == {"公园": 1}
    assert rest.card.examples == (30, 30, 30)


def test_the_same_text_again_is_no_further_example() -> None:
    texts, labels = history(30)
    with pytest.raises(TooLittleHistory):
        learn([*texts[:30], *["停水三天"] * 50], [*labels[:30], *["供水"] * 50])


def test_a_file_gives_the_same_model_back(model: Classifier, tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    model.save(place)
    again = load(place)
    texts, _labels = history(20, seed=4)
    assert again.card == model.card
    assert np.array_equal(again.probabilities(texts), model.probabilities(texts))
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]
    assert place.stat().st_size < 50_000_000


def test_what_is_no_model_is_refused(model: Classifier, tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    for content in (b"", b"PK\x03\x04 broken", json.dumps({"labels": []}).encode()):
        place.write_bytes(content)
        with pytest.raises(Unreadable):
            load(place)
    np.savez(place, card=np.array([{"labels": 1}], dtype=object))  # would need pickle
    with pytest.raises(Unreadable):
        load(place)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.npz")


def test_many_labels_keep_the_file_bounded() -> None:
    for labels in (2, 7, 15, 103, 390):
        assert (labels + 1) * 2 << _bits(labels) <= 50_000_000 or _bits(labels) == 16


def test_near_duplicates_share_a_fold_and_folds_are_even() -> None:
    draw = random.Random(3)
    groups = [draw.randrange(300) for _ in range(1000)]
    fold = folds(groups, 5)
    for group in set(groups):
        assert len({int(of) for of, each in zip(fold, groups, strict=True) if each == group}) == 1
    sizes = np.bincount(fold, minlength=5)
    assert sizes.max() - sizes.min() <= 10
    assert np.array_equal(fold, folds(groups, 5))


def test_grams_never_reach_from_one_text_into_the_next() -> None:
    alone = [grams([text], 20) for text in ("甲乙丙", "丁")]
    both = grams(["甲乙丙", "丁"], 20)
    assert len(both.number) == len(alone[0].number) + len(alone[1].number) == 7
    assert set(both.number[both.text == 1]) == set(alone[1].number)


def test_what_comes_first_counts_more() -> None:
    found = counts(grams([letters("水 灯")], 20), 20, head=40, boost=3)
    first, second = (int(grams([one], 20).number[0]) for one in "水灯")
    weight = dict(zip(found.number.tolist(), found.weight.tolist(), strict=True))
    assert weight[first] == 4
    assert 3.8 < weight[second] < 4
