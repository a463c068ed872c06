"""The national taxonomy of petitions as a sheet: one, two or three levels a row, the first row titles."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from minxin.core.errors import Refused
from minxin.core.uploads import read_upload

TITLES = ("一级分类", "二级分类", "三级分类")
MOST_ROWS = 5_001


def read_taxonomy(name: str, content: bytes) -> list[Sequence[str]]:
    """The rows below the titles. Raises `Refused` when the titles are not those of the taxonomy."""
    sheet = read_upload(name, content, most_rows=MOST_ROWS + 1, sheet=0)[0]
    titles = [cell.strip() for cell in sheet.rows[0]] if sheet.rows else []
    if tuple(titles[: len(TITLES)]) != TITLES:
        raise Refused(_("第一行应是“一级分类、二级分类、三级分类”三列。"), field="file")
    return [row[: len(TITLES)] for row in sheet.rows[1:]]
