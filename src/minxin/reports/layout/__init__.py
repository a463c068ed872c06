"""Official documents: one neutral model of blocks, written as docx, HTML, PDF; sheets as xlsx.

The layout is that of GB/T 9704-2012 (党政机关公文格式). A caller builds a `Paper` and takes
`as_docx(paper)`, `as_html(paper)`, `as_pdf(paper)`; the same paper gives the same bytes.
"""

from minxin.reports.layout.blocks import (
    Addressees,
    Annex,
    Attachments,
    Block,
    Cell,
    Centered,
    Form,
    Heading,
    Paper,
    Paragraph,
    Signature,
    Span,
    Table,
    Title,
    numbered,
    said_on,
)
from minxin.reports.layout.docx import as_docx
from minxin.reports.layout.html import as_html
from minxin.reports.layout.pdf import PdfUnavailable, as_pdf, missing_libraries, pdf_obstacle
from minxin.reports.layout.xlsx import Sheet, as_xlsx

__all__ = [
    "Addressees",
    "Annex",
    "Attachments",
    "Block",
    "Cell",
    "Centered",
    "Form",
    "Heading",
    "Paper",
    "Paragraph",
    "PdfUnavailable",
    "Sheet",
    "Signature",
    "Span",
    "Table",
    "Title",
    "as_docx",
    "as_html",
    "as_pdf",
    "as_xlsx",
    "missing_libraries",
    "numbered",
    "pdf_obstacle",
    "said_on",
]
