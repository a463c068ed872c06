"""Presets on disk: one shipped for each kind of document, and a region's own under MINXIN_HOME/notices.

A file of the installation names its `kind` (none: notice) and only what differs; one with the id of another
takes its place. One that cannot be used is told in words (`minxin.W004`) and the rest hold.
"""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.reports.rules.kinds import KINDS
from minxin.reports.rules.presets import BadPreset, Preset, preset_from

SHIPPED = Path(__file__).parent
FOLDER = "notices"


def common(kind: str = "notice") -> Preset:
    """The preset of a kind for every region that has none of its own."""
    return _read(SHIPPED / f"{kind}.toml", {})


def presets() -> tuple[tuple[Preset, ...], tuple[tuple[str, str], ...]]:
    """All that can be used, and (file, why) of those that cannot."""
    bases = {kind: common(kind) for kind in KINDS}
    found: dict[str, Preset] = {each.id: each for each in bases.values()}
    faults = []
    for path in sorted((Path(settings.MINXIN_HOME) / FOLDER).glob("*.toml")):
        try:
            preset = _read(path, bases)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            faults.append((path.name, _("文件读不出来：%(error)s") % {"error": error}))
        except BadPreset as error:
            faults.append((path.name, str(error)))
        else:
            found[preset.id] = preset
    return tuple(found.values()), tuple(faults)


def _read(path: Path, bases: dict[str, Preset]) -> Preset:
    values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    kind = values.get("kind", "notice")
    if kind not in KINDS:
        names = "、".join(KINDS)
        raise BadPreset(_("“kind”要是这些之一：%(names)s。") % {"names": names})
    return preset_from(values, bases.get(kind), KINDS[kind].wording, _)
