"""`minxin restore`: put an archive of `minxin backup` back."""

import argparse
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import closing
from pathlib import Path

from minxin.cli import backup


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", help="the file that `minxin backup` wrote")
    parser.add_argument("--replace", action="store_true", help="replace the data that is there")


def run(arguments: argparse.Namespace) -> int:
    """Put keys, files and database back; what was there is moved aside, not lost."""
    import os

    from minxin.core import env

    archive = Path(arguments.archive)
    if not archive.is_file():
        print(f"没有找到备份文件 {archive}。")
        return 1
    home = Path(env.text("MINXIN_HOME") or "var").resolve()
    kept = [home / name for name in ("secrets", backup.DATABASE) if (home / name).exists()]
    if kept and not arguments.replace:
        print(
            f"{home} 里已经有数据。确实要换成备份里的，请加 --replace；现有数据会移到 before-restore。"
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="minxin-restore-") as folder:
        try:
            with tarfile.open(archive) as content:
                content.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError, OSError, zlib.error):
            print("备份文件已损坏，或者不是 minxin 的备份。什么也没有改动。")
            return 1
        found = Path(folder)
        if not (found / "secrets").is_dir():
            print("这个文件不是 minxin 的备份：里面没有密钥。什么也没有改动。")
            return 1
        if not _is_whole(found):
            print("备份里的数据库不完整。什么也没有改动。")
            return 1
        home.mkdir(parents=True, exist_ok=True)
        aside = _free_place(home)
        aside.mkdir(mode=0o700, exist_ok=True)
        for name in (
            *backup.FOLDERS,
            backup.DATABASE,
            f"{backup.DATABASE}-wal",
            f"{backup.DATABASE}-shm",
        ):
            if (home / name).exists():
                shutil.move(home / name, aside / name)
        for name in (*backup.FOLDERS, backup.DATABASE):
            if (found / name).exists():
                shutil.move(found / name, home / name)
        os.chmod(home / "secrets", 0o700)
        if (found / backup.DUMP).exists():
            _restore_postgres(found / backup.DUMP)
    print(f"已恢复到 {home}。原来的数据在 {aside}，确认无误后可以删除。")
    return 0


def _is_whole(found: Path) -> bool:
    """Whether the archive holds a database that can be read to its end."""
    copy = found / backup.DATABASE
    if not copy.exists():
        return (found / backup.DUMP).exists()
    try:
        with closing(sqlite3.connect(copy)) as database:
            return bool(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _free_place(home: Path) -> Path:
    """Where the data goes that was there; what an earlier restore put aside stays."""
    place, number = home / "before-restore", 1
    while place.exists() and any(place.iterdir()):
        number += 1
        place = home / f"before-restore-{number}"
    return place


def _restore_postgres(dump: Path) -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]
    words = [backup.postgres_tool("pg_restore"), "--clean", "--if-exists", "--no-owner"]
    # All or nothing: what fails half-way leaves the database as it was.
    words += ["--single-transaction", "--exit-on-error"]
    words += [*backup.postgres_words(database), str(dump)]
    subprocess.run(words, check=True, env=backup.postgres_env(database))  # noqa: S603
