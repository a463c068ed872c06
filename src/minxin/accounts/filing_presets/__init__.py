"""Presets of filings on disk: those shipped here, and a region's own under MINXIN_HOME/filings.

A file of the installation with the id of a shipped one takes its place. One that cannot be used is told
in words (`minxin.W005`) and the rest hold.
"""

import tomllib
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.accounts.rules.filing_presets import BadPreset, Preset, preset_from

SHIPPED = Path(__file__).parent
FOLDER = "filings"


def presets() -> tuple[tuple[Preset, ...], tuple[tuple[str, str], ...]]:
    """All that can be used, and (file, why) of those that cannot."""
    found: dict[str, Preset] = {}
    faults: list[tuple[str, str]] = []
    for folder in (SHIPPED, Path(settings.MINXIN_HOME) / FOLDER):
        for path in sorted(folder.glob("*.toml")):
            try:
                preset = preset_from(tomllib.loads(path.read_text(encoding="utf-8")), _)
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                faults.append((path.name, _("文件读不出来：%(error)s") % {"error": error}))
            except BadPreset as error:
                faults.append((path.name, str(error)))
            else:
                found[preset.id] = preset
    return tuple(found.values()), tuple(faults)
