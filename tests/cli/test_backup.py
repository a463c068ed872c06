"""A backup brings back the data and the keys that open it."""

import subprocess
import sys
from pathlib import Path

from tests.support.databases import OwnDatabase, own_database
from tests.support.layers import ROOT

RULES = ("packs", "terms", "notices", "filings")
MAKE = """
from datetime import datetime, UTC
from tests.support.city import build_city
build_city(datetime.now(UTC))
"""
SHOW = """
from minxin.citizens.models import Citizen
print(Citizen.objects.get().openid)
"""


def minxin(database: OwnDatabase, *words: str, home: Path | None = None) -> int:
    env = {**database.env, **({"MINXIN_HOME": str(home)} if home else {})}
    done = subprocess.run([sys.executable, "-m", "minxin.cli", *words], env=env, cwd=ROOT)
    return done.returncode


def test_what_was_backed_up_can_be_read_again(tmp_path: Path) -> None:
    with own_database("sqlite") as database:
        # The backup takes the database of the settings, wherever that is.
        database.run(MAKE)
        expected = database.run(SHOW)
        for name in RULES:
            own = Path(database.env["MINXIN_HOME"]) / name
            own.mkdir()
            (own / "yunxi.toml").write_text(f"# a rule of our own in {name}\n")
        archive = tmp_path / "city.tar.gz"
        assert minxin(database, "backup", str(archive)) == 0
        assert archive.stat().st_mode & 0o077 == 0
        assert minxin(database, "backup", str(archive)) == 1  # never overwritten
        fresh = tmp_path / "fresh"
        assert minxin(database, "restore", str(archive), home=fresh) == 0
        env = {"MINXIN_HOME": str(fresh), "MINXIN_DATABASE_URL": f"sqlite://{fresh}/minxin.sqlite3"}
        assert database.run(SHOW, **env) == expected
        for name in RULES:
            kept = (fresh / name / "yunxi.toml").read_text()
            assert kept == f"# a rule of our own in {name}\n"


def test_data_that_is_there_is_not_replaced_by_mistake(tmp_path: Path) -> None:
    with own_database("sqlite") as database:
        database.run(MAKE)
        archive = tmp_path / "city.tar.gz"
        minxin(database, "backup", str(archive))
        home = tmp_path / "home"
        assert minxin(database, "restore", str(archive), home=home) == 0
        assert minxin(database, "restore", str(archive), home=home) == 1
        assert minxin(database, "restore", "--replace", str(archive), home=home) == 0
        assert (home / "before-restore" / "secrets").is_dir()


def test_something_else_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    import tarfile

    wrong = tmp_path / "wrong.tar.gz"
    with tarfile.open(wrong, "w:gz") as archive:
        archive.add(__file__, "test.py")
    with own_database("sqlite") as database:
        assert minxin(database, "restore", str(wrong), home=tmp_path / "h") == 1
        assert minxin(database, "restore", str(tmp_path / "nothing"), home=tmp_path / "h") == 1


def _pack(target: Path, folder: Path) -> None:
    import tarfile

    with tarfile.open(target, "w:gz") as archive:
        for each in folder.iterdir():
            archive.add(each, each.name)


def test_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    with own_database("sqlite") as database:
        database.run(MAKE)
        archive, home = tmp_path / "city.tar.gz", tmp_path / "home"
        minxin(database, "backup", str(archive))
        assert minxin(database, "restore", str(archive), home=home) == 0
        before = (home / "minxin.sqlite3").read_bytes()
        cut = tmp_path / "cut.tar.gz"
        cut.write_bytes(archive.read_bytes()[:-2000])
        hollow = tmp_path / "hollow"
        (hollow / "secrets").mkdir(parents=True)
        (hollow / "minxin.sqlite3").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
        _pack(tmp_path / "hollow.tar.gz", hollow)
        (hollow / "minxin.sqlite3").unlink()
        _pack(tmp_path / "empty.tar.gz", hollow)
        for wrong in (cut, tmp_path / "hollow.tar.gz", tmp_path / "empty.tar.gz"):
            assert minxin(database, "restore", "--replace", str(wrong), home=home) == 1
            assert (home / "minxin.sqlite3").read_bytes() == before
            assert not list((home / "before-restore").iterdir())


def test_restoring_twice_keeps_what_was_there_first(tmp_path: Path) -> None:
    with own_database("sqlite") as database:
        database.run(MAKE)
        archive, home = tmp_path / "city.tar.gz", tmp_path / "home"
        minxin(database, "backup", str(archive))
        minxin(database, "restore", str(archive), home=home)
        (home / "files").mkdir(exist_ok=True)
        (home / "files" / "first").write_text("x")
        assert minxin(database, "restore", "--replace", str(archive), home=home) == 0
        assert minxin(database, "restore", "--replace", str(archive), home=home) == 0
        assert (home / "before-restore" / "files" / "first").exists()
        assert (home / "before-restore-2" / "secrets").is_dir()
