"""docx: paragraphs with their automatic numbers, tables with their merged cells."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from minxin.text.documents.blocks import Block, Note, Reading, Trouble, Unreadable
from minxin.text.documents.tables import blocks_of_rows
from minxin.text.numerals import in_words

MOST_UNPACKED = 200 * 1024 * 1024  # bytes, all parts together
MOST_RATIO = 300
MOST_PART = 60 * 1024 * 1024  # bytes of one part that is read
SMALL = 20 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText"}
_PICTURES = {f"{_W}drawing", f"{_W}pict", f"{_W}object"}
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])\Z", re.IGNORECASE)
_COUNTED = {"chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "japaneseCounting",
            "ideographDigital", "taiwaneseCountingThousand", "taiwaneseCounting"}  # fmt: skip


def check_archive(content: bytes) -> zipfile.ZipFile:
    """A zip that does not unpack to more than a document needs. Raises `Unreadable`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        sizes = [(each.file_size, each.compress_size) for each in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(Trouble.DAMAGED) from error
    whole = sum(size for size, _ in sizes)
    is_odd = any(size > SMALL and size > MOST_RATIO * max(packed, 1) for size, packed in sizes)
    if whole > MOST_UNPACKED or is_odd or len(sizes) > 20_000:
        raise Unreadable(Trouble.BOMB)
    if any(each.flag_bits & 1 for each in archive.infolist()):
        raise Unreadable(Trouble.ENCRYPTED)
    return archive


def read_word(content: bytes) -> Reading:
    """A document of Word. Macros are never run nor read: the note says that there were some."""
    archive = check_archive(content)
    body = _part(archive, "word/document.xml")
    if body is None:
        raise Unreadable(Trouble.DAMAGED)
    names = set(archive.namelist())
    notes: list[Note] = []
    if any(name.endswith(("vbaProject.bin", "vbaData.xml")) for name in names):
        notes.append(Note(Trouble.MACROS_IGNORED))
    pictures = sum(1 for each in body.iter() if each.tag in _PICTURES)
    if pictures:
        notes.append(Note(Trouble.PICTURES_IGNORED, detail=str(pictures)))
    if next(body.iter(f"{_W}footnoteReference"), None) is not None:
        notes.append(Note(Trouble.FOOTNOTES_IGNORED))
    levels = _heading_levels(_part(archive, "word/styles.xml"))
    numbers = _Numbers(_part(archive, "word/numbering.xml"), _part(archive, "word/styles.xml"))
    blocks: list[Block] = []
    for element in _children(body.find(f"{_W}body")):
        if element.tag == f"{_W}tbl":
            blocks += blocks_of_rows(_rows(element))
            continue
        style = _style_of(element)
        for at, line in enumerate(_text(element).split("\n")):
            said = line.strip(" \t\u3000")
            mark = numbers.of(element, style) if at == 0 else ""
            if said:
                blocks.append(Block(mark + said, level=levels.get(style, 0)))
    return Reading(tuple(blocks), tuple(notes))


def _part(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    try:
        with archive.open(name) as file:
            read = file.read(MOST_PART + 1)
    except KeyError:
        return None
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unreadable(Trouble.DAMAGED) from error
    if len(read) > MOST_PART:
        raise Unreadable(Trouble.BOMB)
    # No entities, no network, no deeper trees than a document has.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(read, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(Trouble.DAMAGED) from error


def _children(body: etree._Element | None) -> Iterator[etree._Element]:
    """Paragraphs and tables in their order, those inside content controls and insertions, too."""
    for child in body if body is not None else ():
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif child.tag == f"{_W}sdt":
            yield from _children(child.find(f"{_W}sdtContent"))
        elif child.tag in {f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"}:
            yield from _children(child)


def _text(element: etree._Element) -> str:
    """What a reader sees: insertions taken as done, deletions too."""
    found: list[str] = []

    def walk(some: etree._Element) -> None:
        for child in some:
            if child.tag in _GONE or child.tag in _PICTURES:
                continue
            if child.tag == f"{_W}t":
                found.append(child.text or "")
            elif child.tag == f"{_W}tab":
                found.append("\t")
            elif child.tag in {f"{_W}br", f"{_W}cr"}:
                found.append("\n")
            else:
                walk(child)
                if child.tag == f"{_W}p":
                    found.append("\n")

    walk(element)
    return "".join(found)


def _style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style.get(f"{_W}val", "") if style is not None else ""


def _heading_levels(styles: etree._Element | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        name = style.find(f"{_W}name")
        said = name.get(f"{_W}val", "") if name is not None else ""
        heading = _HEADING.match(said.strip())
        number = style.get(f"{_W}styleId", "")
        if heading:
            found[number] = int(heading[1])
        elif said.strip().lower() in {"title", "标题"}:
            found[number] = 1
    return found


def _rows(table: etree._Element) -> list[list[str]]:
    rows: list[list[str]] = []
    above: list[str] = []
    for tr in table.iter(f"{_W}tr"):
        row: list[str] = []
        for cell in tr.iter(f"{_W}tc"):
            if cell.getparent() is not tr and next(cell.iterancestors(f"{_W}tr")) is not tr:
                continue  # of a table inside
            said = " ".join(_text(cell).split())
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            wide = int(span.get(f"{_W}val", "1")) if span is not None else 1
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merged is not None and merged.get(f"{_W}val") != "restart"
            for _ in range(min(max(wide, 1), 100)):
                row.append(above[len(row)] if goes_on and len(row) < len(above) else said)
        rows.append(row)
        above = row
    return rows


class _Numbers:
    """The automatic numbers of paragraphs, as Word would show them."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._of_style: dict[str, tuple[str, int]] = {}
        kinds = {}
        for each in numbering.iter(f"{_W}abstractNum") if numbering is not None else ():
            kinds[each.get(f"{_W}abstractNumId")] = {
                int(level.get(f"{_W}ilvl", "0")): (
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", "%1."),
                    int(_value(level, "start", "1")),
                )
                for level in each.findall(f"{_W}lvl")
            }
        for each in numbering.findall(f"{_W}num") if numbering is not None else ():
            self._levels[each.get(f"{_W}numId", "")] = kinds.get(
                _value(each, "abstractNumId", ""), {}
            )
        for style in styles.iter(f"{_W}style") if styles is not None else ():
            found = _number_of(style.find(f"{_W}pPr"))
            if found:
                self._of_style[style.get(f"{_W}styleId", "")] = found

    def of(self, paragraph: etree._Element, style: str) -> str:
        found = _number_of(paragraph.find(f"{_W}pPr")) or self._of_style.get(style)
        if found is None or found[0] not in self._levels:
            return ""
        number, level = found
        levels, counts = self._levels[number], self._counts[number]
        if level not in levels:
            return ""
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if levels[level][0] in {"bullet", "none"}:
            return ""
        words = levels[level][1]
        for each, (form, _, start) in levels.items():
            words = words.replace(f"%{each + 1}", _formed(counts.get(each, start), form))
        return words + (" " if words.endswith(("条", "章", "节", ".")) else "")


def _number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    found = properties.find(f"{_W}numPr") if properties is not None else None
    if found is None or _value(found, "numId", "0") == "0":
        return None
    return _value(found, "numId", ""), int(_value(found, "ilvl", "0"))


def _value(element: etree._Element, name: str, default: str) -> str:
    found = element.find(f"{_W}{name}")
    return (found.get(f"{_W}val") or default) if found is not None else default


def _formed(number: int, form: str) -> str:
    if form in _COUNTED:
        return in_words(number) if 0 < number < 10_000 else str(number)
    if form == "decimalEnclosedCircle" and 0 < number <= 20:
        return chr(0x245F + number)
    if form in {"lowerLetter", "upperLetter"} and 0 < number <= 26:
        return chr((96 if form == "lowerLetter" else 64) + number)
    return str(number)
