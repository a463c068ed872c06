"""Documentation is tested: what exists is documented, what is documented exists."""

import importlib.util
import os
import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.layers import ROOT, SOURCE

REFERENCE = ROOT / "docs" / "reference"


def test_every_setting_is_documented() -> None:
    code = "".join(path.read_text() for path in SOURCE.rglob("*.py"))
    used = set(re.findall(r'env\.\w+\(\s*"(MINXIN_[A-Z_]+)"', code)) | {"MINXIN_BENCH_DATA"}
    documented = set(re.findall(r"`(MINXIN_[A-Z_]+)`", (REFERENCE / "settings.md").read_text()))
    assert used - documented == set()
    assert documented - used - {"MINXIN_WEB_ONLY"} == set()


def test_every_responder_is_documented() -> None:
    from minxin.gateway.responders import RESPONDERS

    page = (REFERENCE / "responders.md").read_text()
    names = [responder.__name__ for responder in RESPONDERS]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert re.findall(r"^\| \d+ \| `(\w+)`", page, re.MULTILINE) == names


def test_every_schedule_entry_is_documented() -> None:
    from minxin.clock.schedule import SCHEDULE

    page = (REFERENCE / "schedule.md").read_text()
    assert [entry.name for entry in SCHEDULE if f"`{entry.name}`" not in page] == []


def test_the_page_of_capabilities_is_fresh() -> None:
    """What stands in the matrix and in the table of budgets stands in the document, and nothing else."""
    spec = importlib.util.spec_from_file_location("docs", ROOT / "tools" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert (REFERENCE / "capabilities.md").read_text() == generator.capabilities()


def test_every_check_of_a_connection_is_documented() -> None:
    from minxin.accounts.checks import CHECKS

    page = (ROOT / "docs" / "how-to" / "connect-an-account.md").read_text()
    assert re.findall(r"^\| [^|]+ \| `(\w+)` \|", page, re.MULTILINE) == [
        each.name for each in CHECKS
    ]


def test_every_dependency_says_what_it_does() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        declared += [line for line in extra if not line.startswith("minxin[")]
    page = (REFERENCE / "dependencies.md").read_text().lower()
    missing = [line for line in declared if f"| {Requirement(line).name.lower()} |" not in page]
    assert not missing, missing


REFUSED = re.compile(r"\b(A?GPL|GNU (Affero )?General)\b", re.IGNORECASE)


def test_licences_are_permissive_or_lesser() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wrong = []
    for line in [*project["dependencies"], *project["optional-dependencies"]["postgres"]]:
        about = metadata(Requirement(line).name)
        words = " ".join(
            [about.get("License-Expression") or "", (about.get("License") or "")[:200]]
            + [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
        )
        if REFUSED.search(words) and "Lesser" not in words and "LGPL" not in words:
            wrong.append(f"{line}: {words[:80]}")
    assert not wrong, wrong


DECISIONS = sorted((ROOT / "docs" / "adr").glob("0*.md"))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_decision_records_are_short(path: Path) -> None:
    assert len(path.read_text().split()) <= 400


@pytest.mark.parametrize(
    "page",
    sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" in target or target.startswith("mailto:"):
            continue
        if not (page.parent / target).exists():
            wrong.append(target)
    assert not wrong, wrong


def test_what_is_generated_is_what_the_code_says() -> None:
    command = [sys.executable, "tools/generate_docs.py", "--check"]
    ours = ("MINXIN", "DJANGO")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
