"""Every text for people has its English: message ids are Chinese, the catalogue is complete."""

import ast
import re
from collections.abc import Iterator

from babel.messages.pofile import read_po

from tests.support.layers import SOURCE

CATALOGUE = SOURCE / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy"}
IN_TEMPLATES = re.compile(r"{%\s*translate\s+(?:\"([^\"]+)\"|'([^']+)')")


def catalogue() -> dict[str, str]:
    """English by Chinese; of what has a plural, both forms."""
    found: dict[str, str] = {}
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            if isinstance(message.id, str):
                found |= {message.id: message.string} if message.id else {}
            else:
                found[message.id[-1]] = message.string[-1]
    return found


def called() -> Iterator[tuple[str, str]]:
    for path in SOURCE.rglob("*.py"):
        if {"migrations", "simulator", "demo"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in CALLS and node.args:
                first = node.args[0]
                assert not isinstance(first, ast.JoinedStr), f"{path}:{node.lineno}: an f-string"
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{path.name}:{node.lineno}"
    for path in SOURCE.rglob("*.html"):
        for double, single in IN_TEMPLATES.findall(path.read_text()):
            yield double or single, path.name


def test_every_text_has_its_english() -> None:
    known = catalogue()
    missing = {text: where for text, where in called() if not known.get(text)}
    assert not missing, missing


def test_no_text_stands_twice() -> None:
    """Django's own tools refuse such a catalogue."""
    ids = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(), re.MULTILINE)
    twice = sorted({each for each in ids if ids.count(each) > 1})
    assert not twice, twice
    assert not re.search("^[<=>]{7}", CATALOGUE.read_text(), re.MULTILINE)


def test_placeholders_are_the_same_in_both_languages() -> None:
    mark = re.compile(r"%\(\w+\)s|%s")
    wrong = [
        chinese
        for chinese, english in catalogue().items()
        if sorted(mark.findall(chinese)) != sorted(mark.findall(english))
    ]
    assert not wrong, wrong
