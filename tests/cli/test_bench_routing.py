"""`minxin bench routing`: what it counts is right, and the file named by --test is judged alone."""

import argparse
import csv
from pathlib import Path

import numpy as np
import pytest

from minxin.cli.bench import routing
from tests.text.test_classifier import history


def written(path: Path, each: int, seed: int) -> Path:
    texts, labels = history(each, seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["row", "label", "segmented_text", "near_dup_group"])
        for at, (text, label) in enumerate(zip(texts, labels, strict=True)):
            rows.writerow([at, label, " ".join(text), at])
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "citizen_messages"
    place.mkdir()
    written(place / "labelled.csv", 40, 1)
    return place


def test_folds_and_file_give_all_keys(folder: Path, tmp_path: Path) -> None:
    test = written(tmp_path / "test.csv", 10, 9)
    for given, count in ((None, 120), (str(test), 30)):
        found = routing.run(argparse.Namespace(data=str(folder), test=given))
        assert found["messages"] == count
        assert {
            "macro_f1", "accuracy", "ece", "coverage_at_98", "messages_per_second", "model_mb",
            "train_seconds", "peer_macro_f1",
        } <= set(found)  # fmt: skip
        assert found["macro_f1"] > 0.85
        assert found["peer_macro_f1"] > 0.85


def test_what_the_text_is(folder: Path) -> None:
    assert routing.read(folder / "labelled.csv")[0].text == history(40, 1)[0][0]


def test_macro_f1_is_the_mean_over_classes() -> None:
    # a: 2 right of 3, nothing else said a: 4/5; b: 1 of 1, said twice: 2/3
    assert routing.macro_f1("aaab", "aabb") == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_calibration_error() -> None:
    sure, hit = np.array([0.9, 0.9, 0.6, 0.6]), np.array([1.0, 0.0, 1.0, 1.0])
    assert routing.calibration_error(sure, hit) == pytest.approx((0.8 + 0.8) / 4)
    assert routing.calibration_error(np.array([1.0]), np.array([1.0])) == 0


def test_coverage_at_a_precision() -> None:
    sure, hit = np.array([0.99, 0.9, 0.8, 0.7]), np.array([1.0, 1.0, 0.0, 1.0])
    assert routing.coverage(sure, hit, 0.98) == 0.5
    assert routing.coverage(sure, hit, 0.75) == 1
    assert routing.coverage(np.array([0.9, 0.9]), np.array([1.0, 0.0]), 0.98) == 0


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("label,text\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="segmented_text"):
        routing.read(tmp_path / "other.csv")
    with pytest.raises(SystemExit, match=r"missing\.csv"):
        routing.read(tmp_path / "missing.csv")
