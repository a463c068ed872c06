"""A `Paper` as PDF, by WeasyPrint, which is imported only when it is used: it needs system libraries.

Where they are missing, `pdf_obstacle` says so in words and docx is offered instead (`minxin.W003`).
"""

from __future__ import annotations

import ctypes
import functools
import logging
from html import escape
from typing import TYPE_CHECKING

from minxin.reports.layout import measures as m
from minxin.reports.layout.blocks import printable
from minxin.reports.layout.html import as_html

if TYPE_CHECKING:
    from minxin.reports.layout.blocks import Paper

# What Debian, UOS and Kylin call the libraries, and a typeface with Chinese characters.
PACKAGES = (
    "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz0b", "libharfbuzz-subset0", "fonts-noto-cjk",
)  # fmt: skip
_LIBRARIES = (
    "libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0",
    "libfontconfig.so.1",
)  # fmt: skip
# So much closer than the standard's 28 a line, or rounding lets the 28th fall down.
SLACK = 0.03


class PdfUnavailable(Exception):
    """This machine cannot make a PDF; the message is the library's own."""


def missing_libraries() -> tuple[str, ...]:
    """The system libraries that this machine lacks; asks the linker and imports nothing heavy."""
    return tuple(name for name in _LIBRARIES if not _is_there(name))


def _is_there(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


@functools.lru_cache(maxsize=1)
def pdf_obstacle() -> str:
    """Why no PDF can be made here; empty when one can."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return ""


def as_pdf(paper: Paper) -> bytes:
    """The document, ready to print. Nothing is fetched. Raises `PdfUnavailable`."""
    if why := pdf_obstacle():
        raise PdfUnavailable(why)
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # a line for every page
    fonts = FontConfiguration()
    page = weasyprint.HTML(string=_page(paper), url_fetcher=_refuse)
    sheet = weasyprint.CSS(string=style(), font_config=fonts)
    made = page.write_pdf(
        stylesheets=[sheet], font_config=fonts, pdf_identifier=b"minxin", presentational_hints=True
    )
    return bytes(made)


def _refuse(url: str, *args: object, **kwargs: object) -> dict[str, object]:
    raise ValueError(f"a document needs nothing from outside: {url}")


def _page(paper: Paper) -> str:
    day = paper.made_on.isoformat()
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(printable(paper.title))}'
        f'</title><meta name="author" content="{escape(printable(paper.author))}"><meta name="dcterms.created" '
        f'content="{day}"></head><body>{as_html(paper)}</body></html>'
    )


def _named(faces: tuple[str, ...]) -> str:
    return ", ".join(f'"{face}"' for face in faces)


@functools.lru_cache(maxsize=1)
def style() -> str:
    """GB/T 9704-2012 in CSS, see `measures`."""
    number = (
        f'content: "— " counter(page) " —"; font: {m.PAGE_NUMBER}pt {_named(m.NUMBER)};'
        "vertical-align: top; padding-top: 7mm; white-space: nowrap;"
    )
    return f"""
@page {{ size: A4; margin: {m.TOP}mm {m.RIGHT}mm {m.BOTTOM}mm {m.LEFT}mm }}
@page :right {{ @bottom-right {{ {number} padding-right: {m.PAGE_NUMBER}pt }} }}
@page :left {{ @bottom-left {{ {number} padding-left: {m.PAGE_NUMBER}pt }} }}
@page wide {{ size: A4 landscape; margin: {m.LEFT}mm {m.BOTTOM - 10}mm {m.RIGHT}mm {m.TOP - 10}mm }}
html {{ font: {m.TEXT}pt/{m.LINE}pt {_named(m.FANG)}; letter-spacing: {m.PITCH - m.TEXT - SLACK:.3f}pt }}
body, p, h1, h2, h3, h4, h5, table {{ margin: 0; padding: 0 }}
p {{ text-align: justify; orphans: 1; widows: 1; overflow-wrap: anywhere }}
h1, h2, h3, h4, h5 {{ font-weight: normal; font-size: {m.TEXT}pt; break-after: avoid }}
.doc-title {{ font: {m.TITLE}pt/{m.TITLE_LINE}pt {_named(m.SONG)}; font-weight: bold; text-align: center;
  letter-spacing: 0; margin-bottom: {m.LINE}pt }}
.doc-centered {{ text-align: center; margin-bottom: {m.LINE}pt }}
.doc-text, h2, h3, h4, h5 {{ text-indent: {m.PITCH * 2:.2f}pt }}
.doc-h1 {{ font-family: {_named(m.HEI)} }}
.doc-h2 {{ font-family: {_named(m.KAI)} }}
.doc-attachments {{ margin-top: {m.LINE}pt; padding-left: {m.PITCH * 5:.2f}pt }}
.doc-attachments p {{ text-align: left }}
.doc-attached {{ display: inline-block; width: {m.PITCH * 3:.2f}pt; margin-left: -{m.PITCH * 3:.2f}pt }}
.doc-signature {{ margin-top: {m.LINE * 2}pt; margin-left: auto; margin-right: {m.PITCH * 4:.2f}pt;
  display: table; break-inside: avoid; white-space: pre }}
.doc-signature p {{ text-align: center }}
.doc-annex {{ break-before: page }}
.doc-wide {{ page: wide }}
.doc-annex-number {{ font-family: {_named(m.HEI)} }}
.doc-annex .doc-title {{ margin: {m.LINE / 2}pt 0 }}
.doc-table {{ width: 100%; border-collapse: collapse; table-layout: fixed; letter-spacing: 0;
  font-size: {m.TABLE}pt; line-height: {m.TABLE_LINE}pt }}
.doc-table caption {{ font: 14pt/{m.LINE}pt {_named(m.HEI)} }}
.doc-table thead {{ display: table-header-group }}
.doc-table tr {{ break-inside: avoid }}
.doc-table th, .doc-table td {{ border: 0.5pt solid black; padding: 2pt 4pt; vertical-align: middle;
  text-align: left; overflow-wrap: anywhere }}
.doc-table th {{ font-family: {_named(m.HEI)}; font-weight: normal; text-align: center }}
.doc-table .doc-short {{ text-align: center }}
.doc-total td {{ font-family: {_named(m.HEI)} }}
"""
