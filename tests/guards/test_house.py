"""House rules that import-linter cannot see."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.support.layers import ROOT, SOURCE, levels

LEVEL = levels()
ROOMS = [
    name
    for name in (
        "agencies",
        "accounts",
        "citizens",
        "conversations",
        "knowledge",
        "tickets",
        "supervision",
    )
    if (SOURCE / name).is_dir()
]


def python_files(*folders: Path) -> Iterator[Path]:
    for folder in folders or (SOURCE,):
        for path in sorted(folder.rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_layer_is_known() -> None:
    assert (
        LEVEL["core"] < LEVEL["agencies"] < LEVEL["citizens"] < LEVEL["tickets"] < LEVEL["gateway"]
    )


def test_foreign_keys_point_down() -> None:
    wrong = [
        f"{model.__name__}.{field.name}: {here} -> {there}"
        for model in apps.get_models()
        if (here := model._meta.app_label) in LEVEL
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if (there := field.related_model._meta.app_label) in LEVEL
        and here != there
        and LEVEL[there] >= LEVEL[here]
    ]
    assert not wrong, wrong


@pytest.mark.django_db
def test_migrations_match_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("room", ROOMS)
def test_migrations_are_linear(room: str) -> None:
    names = sorted(path.stem for path in (SOURCE / room / "migrations").glob("0*.py"))
    numbers = [int(name[:4]) for name in names]
    assert numbers == list(range(1, len(numbers) + 1)), names


def _reads_the_clock(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow", "localtime"}
        and not node.args
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"timezone", "datetime", "date", "time"}
    ]


def test_the_clock_is_read_in_doors_tasks_and_commands_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in python_files(*(SOURCE / room for room in [*ROOMS, "core", "text", "wechat"]))
        if path.stem != "tasks" and not {"tasks", "commands"} & set(path.parts)
        for line in _reads_the_clock(ast.parse(path.read_text()))
    ]
    assert not wrong, wrong


def test_there_are_no_signals_of_our_own() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"^\s*@receiver|django\.dispatch import", path.read_text(), re.MULTILINE)
        and path.name != "sign_in.py"  # listens to Django's own signed-in signals for the audit
    ]
    assert not wrong, wrong


def test_no_file_is_too_long() -> None:
    wrong = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := path.read_text().count("\n")) > 450
    }
    assert not wrong, wrong


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils.py", "helpers.py", "services.py", "manager.py", "handler.py"}
    wrong = [str(path.relative_to(ROOT)) for path in python_files() if path.name in empty]
    assert not wrong, wrong


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle=|\son[a-z]+=\"|hx-on|javascript:",
        re.IGNORECASE,
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0)!r}"
        for path in SOURCE.rglob("*.html")
        for match in inline.finditer(path.read_text())
    ]
    assert not wrong, wrong


def test_screens_do_not_say_the_ambiguous_word() -> None:
    """Officials take 政务微信 for Tencent's staff application."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix in {".html", ".po", ".js", ".csv", ".json", ".css"}
        and "政务微信" in path.read_text()
    ]
    assert not wrong, wrong


def test_nothing_committed_names_a_registry_or_this_machine() -> None:
    hosts = re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|/root/|/work/(main|shared|notes)"
    )
    wrong = []
    for path in tracked_files():
        try:
            found = hosts.search(path.read_text())
        except UnicodeDecodeError:
            continue
        if found and path != Path(__file__):
            wrong.append(f"{path.relative_to(ROOT)}: {found.group(0)}")
    assert not wrong, wrong


def test_no_test_reads_the_shared_data() -> None:
    name = "shared" + "/data"
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files(ROOT / "tests")
        if name in path.read_text()
    ]
    assert not wrong, wrong
