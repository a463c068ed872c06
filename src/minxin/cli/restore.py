"""`minxin restore`: put an archive of `minxin backup` back."""

import argparse
import shutil
import subprocess
import tarfile
import tempfile
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
        with tarfile.open(archive) as content:
            content.extractall(folder, filter="data")
        found = Path(folder)
        if not (found / "secrets").is_dir():
            print("这个文件不是 minxin 的备份：里面没有密钥。什么也没有改动。")
            return 1
        home.mkdir(parents=True, exist_ok=True)
        aside = home / "before-restore"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
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


def _restore_postgres(dump: Path) -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]
    words = [backup.postgres_tool("pg_restore"), "--clean", "--if-exists", "--no-owner"]
    words += [*backup.postgres_words(database), str(dump)]
    subprocess.run(words, check=True, env=backup.postgres_env(database))  # noqa: S603
