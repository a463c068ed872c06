"""`minxin backup`: database, keys, files and the installation's own rules in one archive."""

import argparse
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

DATABASE = "minxin.sqlite3"
DUMP = "minxin.pgdump"
# What is kept as files: keys, evidence, and the rules of this installation.
FOLDERS = ("secrets", "files", "packs", "terms", "notices", "filings", "router")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", help="the file to write, ending in .tar.gz")


def run(arguments: argparse.Namespace) -> int:
    """Write the archive (mode 0600: it holds the keys); the processes may keep running."""
    from django.conf import settings

    home = Path(settings.MINXIN_HOME)
    target = Path(arguments.archive)
    if target.exists():
        print(f"{target} 已经存在，没有覆盖。请换一个文件名。")
        return 1
    with tempfile.TemporaryDirectory(prefix="minxin-backup-") as folder:
        copy = dump(settings.DATABASES["default"], Path(folder))
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(copy, copy.name)
            for name in FOLDERS:
                if (home / name).is_dir():
                    archive.add(home / name, name)
            note = f"minxin backup {time.strftime('%Y-%m-%dT%H:%M:%S')}\n".encode()
            about = tarfile.TarInfo("ABOUT")
            about.size = len(note)
            archive.addfile(about, io.BytesIO(note))
    print(f"已备份到 {target}（{target.stat().st_size / 1e6:.1f} MB）。里面有密钥，请妥善保管。")
    return 0


def dump(database: dict[str, object], folder: Path) -> Path:
    """A consistent copy of the database, taken while it is in use."""
    if "sqlite" in str(database["ENGINE"]):
        copy = folder / DATABASE
        with sqlite3.connect(str(database["NAME"])) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        return copy
    tool = postgres_tool("pg_dump")
    copy = folder / DUMP
    words = [tool, "--format=custom", f"--file={copy}", *postgres_words(database)]
    subprocess.run(words, check=True, env=postgres_env(database))  # noqa: S603
    return copy


def postgres_tool(name: str) -> str:
    """PostgreSQL's own program; ends with a sentence when it is not there."""
    found = shutil.which(name)
    if found is None:
        sys.exit(f"没有找到 {name}。请安装 PostgreSQL 客户端后再试。")
    return found


def postgres_words(database: dict[str, object]) -> list[str]:
    """Where the database is, as the programs take it."""
    words = [f"--dbname={database['NAME']}"]
    for option, key in (("host", "HOST"), ("port", "PORT"), ("username", "USER")):
        if database.get(key):
            words.append(f"--{option}={database[key]}")
    return words


def postgres_env(database: dict[str, object]) -> dict[str, str]:
    """The password goes by the environment, never by the command line."""
    return {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
