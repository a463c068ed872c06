"""The packs of this installation as files: written whole or not at all, withdrawn but never destroyed."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.crypto import get_random_string

from minxin.supervision.packs import FOLDER, SHIPPED, load
from minxin.supervision.packs.reading import BadPack

WITHDRAWN = "withdrawn"


def folder() -> Path:
    """Where they are; it may not exist yet."""
    return Path(settings.MINXIN_HOME) / FOLDER


def file_of(pack_id: str) -> Path | None:
    """The installation's own file of a pack; None when it has none."""
    for path in sorted(folder().glob("*.toml")) if folder().is_dir() else ():
        try:
            if load(path).id == pack_id:
                return path
        except BadPack:
            continue
    return None


def is_shipped(pack_id: str) -> bool:
    """Whether a pack of this id comes with the program."""
    return (SHIPPED / f"{pack_id}.toml").is_file()


def text_of(pack_id: str) -> str:
    """The file that holds now, as it is written; empty when it cannot be read."""
    path = file_of(pack_id) or SHIPPED / f"{pack_id}.toml"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def put(pack_id: str, text: str) -> None:
    """Write a pack's file, in the place of one of the same id. Raises `OSError`."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = file_of(pack_id) or folder() / f"{pack_id}.toml"
    fresh = path.with_name(f".{path.name}.{get_random_string(8)}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def take_away(pack_id: str, *, now: datetime) -> bool:
    """Move a pack's own file aside; whether there was one. Raises `OSError`."""
    path = file_of(pack_id)
    if path is None:
        return False
    aside = folder() / WITHDRAWN
    aside.mkdir(mode=0o700, exist_ok=True)
    path.replace(aside / f"{pack_id}-{now:%Y%m%d%H%M%S}-{get_random_string(4)}.toml")
    return True
