"""The shape of an area: GeoJSON (RFC 7946) with a code and a name for each place. Pure.

Coordinates need no datum: an area may be drawn freely. What is not needed for drawing is dropped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MOST_FEATURES, MOST_POINTS = 500, 60_000
_CODE = re.compile(r"[0-9]{6}([0-9]{3}|[0-9]{6})?")
_DEPTH = {"Polygon": 2, "MultiPolygon": 3}


class BadArea(Exception):
    """What is wrong with it: a sentence of `wording.AREA_FAULTS`, and what stands in it."""

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words)
        self.words = words
        self.values = values


def clean_area(value: Any) -> dict[str, Any]:
    """A FeatureCollection of polygons with `code` and `name`, and nothing else; raises `BadArea`."""
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        raise BadArea("文件要是一个FeatureCollection。")
    features = value.get("features")
    if not isinstance(features, list) or not features:
        raise BadArea("文件里没有图形。")
    if len(features) > MOST_FEATURES:
        raise BadArea("图形超过 %(most)s 个。", most=MOST_FEATURES)
    kept, codes, points = [], set[str](), 0
    for number, feature in enumerate(features, 1):
        found, count = _feature(feature, number)
        code = found["properties"]["code"]
        if code in codes:
            raise BadArea("区划代码 %(code)s 出现了两次。", code=code)
        codes.add(code)
        points += count
        if points > MOST_POINTS:
            raise BadArea("坐标点超过 %(most)s 个，请先简化。", most=MOST_POINTS)
        kept.append(found)
    return {"type": "FeatureCollection", "features": kept}


def _feature(feature: Any, number: int) -> tuple[dict[str, Any], int]:
    if not isinstance(feature, Mapping):
        raise BadArea("第 %(n)s 个图形不是对象。", n=number)
    about = feature.get("properties")
    about = about if isinstance(about, Mapping) else {}
    code = str(about.get("code") or about.get("adcode") or "")
    name = str(about.get("name") or "").strip()[:60]
    if not _CODE.fullmatch(code):
        raise BadArea(
            "第 %(n)s 个图形没有区划代码（properties里的code，6、9或12位数字）。", n=number
        )
    if not name:
        raise BadArea("第 %(n)s 个图形没有名称（properties里的name）。", n=number)
    shape = feature.get("geometry")
    kind = shape.get("type") if isinstance(shape, Mapping) else None
    if not isinstance(shape, Mapping) or kind not in _DEPTH:
        raise BadArea("“%(name)s”的图形要是Polygon或MultiPolygon。", name=name)
    coordinates, count = _points(shape.get("coordinates"), _DEPTH[str(kind)], name)
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }, count


def _points(value: Any, depth: int, name: str) -> tuple[Any, int]:
    """Nested lists of so many levels above the points, and how many points there are."""
    if not isinstance(value, list) or not value:
        raise BadArea("“%(name)s”的坐标不完整。", name=name)
    if depth == 0:
        if len(value) < 2 or not all(_is_number(each) for each in value[:2]):
            raise BadArea("“%(name)s”的坐标不是数字。", name=name)
        return [round(float(each), 6) for each in value[:2]], 1
    kept, total = [], 0
    for each in value:
        inner, count = _points(each, depth - 1, name)
        kept.append(inner)
        total += count
    if depth == 1 and (len(kept) < 4 or kept[0] != kept[-1]):
        raise BadArea("“%(name)s”的边界没有闭合。", name=name)
    return kept, total


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) <= 1e9
