"""Presets on disk: the common one shipped here, and a region's own under MINXIN_HOME/notices.

A file of the installation names only what differs; one with the id of another takes its place. One that
cannot be used is told in words (`minxin.W004`) and the rest hold.
"""

import tomllib
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.reports.rules.presets import BadPreset, Preset, preset_from

SHIPPED = Path(__file__).parent / "common.toml"
FOLDER = "notices"


def common() -> Preset:
    """The preset of every region that has none of its own."""
    return preset_from(tomllib.loads(SHIPPED.read_text(encoding="utf-8")), None, _)


def presets() -> tuple[tuple[Preset, ...], tuple[tuple[str, str], ...]]:
    """All that can be used, and (file, why) of those that cannot."""
    base = common()
    found, faults = {base.id: base}, []
    for path in sorted((Path(settings.MINXIN_HOME) / FOLDER).glob("*.toml")):
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
            preset = preset_from(values, base, _)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            faults.append((path.name, _("文件读不出来：%(error)s") % {"error": error}))
        except BadPreset as error:
            faults.append((path.name, str(error)))
        else:
            found[preset.id] = preset
    return tuple(found.values()), tuple(faults)
