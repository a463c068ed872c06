"""Bytes to nested fields and back, in WeChat's XML and in its JSON."""

import json
import math
import re
from typing import Any

from lxml import etree

MAX_DEPTH = 12
Fields = dict[str, Any]

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
    remove_pis=True, recover=False, encoding="utf-8",
)  # fmt: skip
# JSON can write a NUL and half a surrogate pair; no database can keep them.
_NOT_WORDS = re.compile("[\x00\ud800-\udfff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Malformed(ValueError):
    """Bytes that are no push; the message is safe to log."""


def read(body: bytes) -> tuple[Fields, bool]:
    """The fields of a push and whether they came as JSON, told by the first byte."""
    start = body[:64].lstrip()[:1]
    if start == b"{":
        return _read_json(body), True
    if start in {b"<", b"\xef"}:
        return _read_xml(body), False
    raise Malformed("neither XML nor JSON")


def _read_json(body: bytes) -> Fields:
    try:
        fields = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON in UTF-8") from error
    if not isinstance(fields, dict):
        raise Malformed("not a JSON object")
    _check(fields, 0)
    return fields


def _object(pairs: list[tuple[str, Any]]) -> Fields:
    """An object; a name that comes twice is a list, as in XML, so it is no single value."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        together: dict[str, list[Any]] = {}
        for name, value in pairs:
            together.setdefault(name, []).append(value)
        fields = {
            name: values[0] if len(values) == 1 else values for name, values in together.items()
        }
    return fields


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number without end")
    return number


def _check(value: Any, depth: int) -> None:
    """`Malformed` for what is nested too deeply or holds characters that nobody can keep."""
    if isinstance(value, str):
        if _NOT_WORDS.search(value):
            raise Malformed("characters that are no text")
    elif isinstance(value, dict):
        if depth > MAX_DEPTH:
            raise Malformed("nested too deeply")
        for name, inside in value.items():
            _check(name, depth + 1)
            _check(inside, depth + 1)
    elif isinstance(value, list):
        if depth > MAX_DEPTH:
            raise Malformed("nested too deeply")
        for inside in value:
            _check(inside, depth + 1)


def _read_xml(body: bytes) -> Fields:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Malformed("a document type is refused")
    try:
        body.decode("utf-8")
        root = etree.fromstring(body, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("not well-formed XML in UTF-8") from error
    fields = _element(root, 0)
    if not isinstance(fields, dict):
        raise Malformed("an XML document without fields")
    return fields


def _element(element: Any, depth: int) -> Any:
    if len(element) == 0:
        return element.text or ""
    if depth > MAX_DEPTH:
        raise Malformed("nested too deeply")
    fields: Fields = {}
    for child in element:
        name = child.tag
        value = _element(child, depth + 1)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def write_json(fields: Fields) -> bytes:
    """UTF-8 without escapes: WeChat shows `\\uXXXX` to people as it stands."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def write_xml(fields: Fields) -> bytes:
    """WeChat's XML: text in CDATA, numbers bare, lists as repeated elements."""
    return f"<xml>{_xml(fields)}</xml>".encode()


def cdata(text: str) -> str:
    """A CDATA section that holds any text; what XML cannot carry is left out."""
    return f"<![CDATA[{_NOT_XML.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _xml(fields: Fields) -> str:
    parts = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                inner = _xml(one)
            elif isinstance(one, (int, float)):
                inner = str(one)
            else:
                inner = cdata(str(one))
            parts.append(f"<{name}>{inner}</{name}>")
    return "".join(parts)


def clean(text: str) -> str:
    """Text without the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)
