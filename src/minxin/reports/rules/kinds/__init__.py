"""KINDS: the kinds of documents, one file each."""

from collections.abc import Mapping

from minxin.reports.rules.kinds.base import PaperKind
from minxin.reports.rules.kinds.notice import NOTICE
from minxin.reports.rules.kinds.quarter import QUARTER
from minxin.reports.rules.kinds.week import WEEK
from minxin.reports.rules.kinds.year import YEAR

KINDS: Mapping[str, PaperKind] = {each.name: each for each in (NOTICE, QUARTER, WEEK, YEAR)}

__all__ = ["KINDS", "PaperKind"]
