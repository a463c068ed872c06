"""Rule packs on disk: those shipped here, and those of this installation under MINXIN_HOME/packs.

A pack of the installation with the id of a shipped one takes its place. One that cannot be read, or
whose own examples do not come out, holds nowhere and is told in words (`minxin.W002`).
"""

import functools
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.supervision.packs.reading import BadPack, read
from minxin.supervision.rules.packs import Pack

SHIPPED = Path(__file__).parent
FOLDER = "packs"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file is no pack."""

    file: str
    message: str


@dataclass(frozen=True, slots=True)
class Library:
    """All packs that hold, by id, and what is wrong with the rest."""

    packs: tuple[Pack, ...]
    faults: tuple[Fault, ...] = ()

    def of(self, indicator: str) -> tuple[Pack, ...]:
        return tuple(pack for pack in self.packs if pack.indicator == indicator)

    def named(self, pack_id: str) -> Pack | None:
        return next((pack for pack in self.packs if pack.id == pack_id), None)

    def with_trial(self, pack: Pack) -> "Library":
        """The same with one more, or one in another's place, as if it had always been in force."""
        tried = replace(pack, effective_from=None, effective_until=None, is_confirmed=True)
        others = (each for each in self.packs if each.id != pack.id)
        return Library(tuple(sorted((*others, tried), key=lambda each: each.id)), self.faults)


def library() -> Library:
    """The packs as they stand now; read again when a file was added, changed or removed."""
    own = Path(settings.MINXIN_HOME) / FOLDER
    return _read_all(stamp(SHIPPED), stamp(own))


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """The TOML files of a folder, as what changes when one of them does."""
    if not folder.is_dir():
        return ()
    files = ((path, path.stat()) for path in sorted(folder.glob("*.toml")))
    return tuple((str(path), about.st_mtime_ns, about.st_size) for path, about in files)


@functools.lru_cache(maxsize=4)
def _read_all(*folders: tuple[tuple[str, int, int], ...]) -> Library:
    found: dict[str, Pack] = {}
    faults: list[Fault] = []
    for folder in folders:
        here: set[str] = set()
        for name, _time, _size in folder:
            path = Path(name)
            try:
                pack = load(path)
                if pack.id in here:
                    raise BadPack(_("编号“%(id)s”与同一目录里的另一个文件重复。") % {"id": pack.id})
            except BadPack as error:
                faults.append(Fault(path.name, str(error)))
                continue
            here.add(pack.id)
            found[pack.id] = pack
    return Library(tuple(sorted(found.values(), key=lambda pack: pack.id)), tuple(faults))


def load(path: Path) -> Pack:
    """One file, with its examples tried. Raises `BadPack` in words."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPack(_("文件读不出来，请用 UTF-8 编码保存。")) from error
    return parse(text)


def parse(text: str) -> Pack:
    """The pack that a text describes, with its examples tried. Raises `BadPack` in words."""
    from minxin.supervision.indicators import INDICATORS, failing_cases

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack(_("不是正确的 TOML 格式：%(error)s") % {"error": error}) from error
    pack = read(values, indicators=frozenset(each.name for each in INDICATORS))
    for case, found in failing_cases(pack):
        raise BadPack(
            _("示例“%(title)s”应得“%(expect)s”，实际得“%(found)s”。")
            % {"title": case.title, "expect": case.expect, "found": found}
        )
    return pack
