"""Write the character tables of `minxin.text` anew: `traditional.txt`, `retrieval/readings.txt`.

    pip install opencc-python-reimplemented pypinyin     (Apache-2.0, MIT)
    python tools/character_tables.py

The first holds a traditional and its simplified character in each word, the second a toneless syllable and
the characters of GB/T 2312 that are read so in each line. Both are facts taken from those packages, which
are needed here only.
"""

from importlib import resources
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src" / "minxin" / "text"
A_LINE = 30


def traditional() -> str:
    table = resources.files("opencc").joinpath("dictionary/TSCharacters.txt")
    pairs = []
    for line in table.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        simplified = new.split(" ")[0]
        if len(old) == 1 == len(simplified) and old != simplified:
            pairs.append(old + simplified)
    return "\n".join(" ".join(pairs[at : at + A_LINE]) for at in range(0, len(pairs), A_LINE))


def readings() -> str:
    from pypinyin import Style, pinyin

    found: dict[str, list[str]] = {}
    for code in range(0x4E00, 0x9FA6):
        character = chr(code)
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            continue
        for syllable in pinyin(character, style=Style.NORMAL, heteronym=True)[0]:
            found.setdefault(syllable, []).append(character)
    return "\n".join(f"{syllable} {''.join(found[syllable])}" for syllable in sorted(found))


if __name__ == "__main__":
    (FOLDER / "traditional.txt").write_text(traditional() + "\n", encoding="utf-8")
    (FOLDER / "retrieval" / "readings.txt").write_text(readings() + "\n", encoding="utf-8")
