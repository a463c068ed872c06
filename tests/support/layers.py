"""The layers of the house, read from the contract itself so that the two cannot disagree."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "minxin"


def levels() -> dict[str, int]:
    """Package name -> level; a higher number stands higher in the house."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c.get("exhaustive"))
    found: dict[str, int] = {}
    for height, layer in enumerate(reversed(layers)):
        for name in layer.split("|"):
            found[name.strip().strip("()")] = height
    return found
