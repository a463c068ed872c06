"""What was not understood of a file, as sentences for the person who brought it in."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from minxin.text.documents import Note, Piece, Proposal, Reading, Trouble, Unreadable
from minxin.text.traditional import simplified

_OF_CHARACTERS = 0.03  # so many of a text differ from the simplified ones: it is a traditional text


def why_unreadable(error: Unreadable, *, can_recognise: bool) -> str:
    """Why nothing could be read of a file, and what to do."""
    detail = error.detail
    match error.trouble:
        case Trouble.EMPTY:
            return _("这个文件是空的。")
        case Trouble.ENCRYPTED:
            return _("文件加了密码，打不开。请去掉密码后再上传。")
        case Trouble.DAMAGED:
            return _("文件已损坏，打不开。请从原处重新下载或另存后再上传。")
        case Trouble.BOMB:
            return _("文件展开后大得反常（可能是压缩炸弹），没有读取。")
        case Trouble.TOO_LARGE:
            return _("文件超过 90 MB，没有读取。请拆分后再上传。")
        case Trouble.TOO_MANY_PAGES:
            words = _("文件有 %(count)s 页，一次最多 2000 页，请拆分后再上传。")
            return words % {"count": detail}
        case Trouble.WRONG_TYPE:
            words = _(
                "文件名以 %(ending)s 结尾，内容却不是这种文件，没有读取。请核对后改正文件名。"
            )
            return words % {"ending": detail}
        case Trouble.OLD_FORMAT:
            words = _("%(ending)s 是旧格式，读不了。请另存为 docx 或 PDF 后再上传。")
            return words % {"ending": detail}
        case Trouble.UNKNOWN_TYPE:
            return _("不认识这种文件。可以上传 docx、PDF、网页（html）、xlsx、csv、txt。")
        case Trouble.UNKNOWN_ENCODING:
            return _("文字的编码认不出来，请另存为 UTF-8 编码的文本后再上传。")
        case Trouble.SCANNED_PAGE if not can_recognise:
            return _(
                "整份文件是扫描图像，没有文字可读；本系统没有安装文字识别组件（ocr）。请上传带文字的版本，或请管理员安装后再试。"
            )
        case Trouble.SCANNED_PAGE:
            return _("整份文件是扫描图像，没有识别出文字。")
    return _("文件里没有可以读取的文字。")


def remarks_on(
    reading: Reading, pieces: Sequence[Piece], said: Proposal, *, given: Iterable[str]
) -> list[str]:
    """What a person has to look at. `given` names what a list or she herself said already."""
    has = frozenset(given)
    remarks = _of_notes(reading.notes)
    if reading.is_recognised:
        remarks.append(_("文字由扫描件识别，可能有错字，发布前请对照原件核对。"))
    if not said.title and "title" not in has:
        remarks.append(_("没有找到标题，暂用文件名，请填写。"))
    if not said.issuing_agency and "issuing_agency" not in has:
        remarks.append(_("没有找到发布机关，请填写。"))
    if not said.document_number and "document_number" not in has:
        remarks.append(_("没有找到文号；如果有，请填写。"))
    if not (said.issued_on or said.effective_on or {"issued_on", "effective_on"} & has):
        remarks.append(_("没有找到发布日期和施行日期，请填写其中一个。"))
    if not any(piece.article for piece in pieces) and len(pieces) > 1:
        if all(piece.kind == "table_row" for piece in pieces if piece.kind != "title"):
            remarks.append(_("这份文件是表格，按行引用。"))
        else:
            remarks.append(_("没有找到条文或分项编号，只能按自然段引用。"))
    if is_traditional("".join(piece.text for piece in pieces)):
        remarks.append(_("文字是繁体，按原文保留；市民用简体提问也能找到。"))
    for repeal in said.repeals[:10]:
        words = _("文中写明废止《%(title)s》%(parts)s，发布后请到“废止建议”里确认。")
        remarks.append(words % {"title": repeal.title, "parts": repeal.parts})
    return remarks


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters."""
    some = text[:20_000]
    plain = simplified(some)
    differ = sum(one != other for one, other in zip(some, plain, strict=False))
    return bool(some) and differ > _OF_CHARACTERS * len(some)


def _of_notes(notes: Sequence[Note]) -> list[str]:
    remarks: list[str] = []
    for trouble, words in (
        (
            Trouble.SCANNED_PAGE,
            _("%(pages)s是扫描图像，没有识别文字（没有安装文字识别组件 ocr）。"),
        ),
        (Trouble.PAGE_UNREADABLE, _("%(pages)s读不出来，已跳过。")),
        (
            Trouble.PAGE_EMPTY,
            _("%(pages)s没有识别出文字，可能是空白页或照片，请对照原件。"),
        ),
        (Trouble.PAGE_UNSURE, _("%(pages)s识别把握不高，错字可能较多，请着重对照原件。")),
    ):
        pages = sorted({each.page for each in notes if each.trouble == trouble and each.page})
        if pages:
            remarks.append(words % {"pages": _pages(pages)})
    for note in notes:
        match note.trouble:
            case Trouble.MACROS_IGNORED:
                remarks.append(_("文件里有宏，没有运行，也没有读取；只读了正文。"))
            case Trouble.PICTURES_IGNORED:
                remarks.append(
                    _("有 %(count)s 处图片或图形，里面的文字没有读取。") % {"count": note.detail}
                )
            case Trouble.FOOTNOTES_IGNORED:
                remarks.append(_("脚注没有读取。"))
    return remarks


def _pages(numbers: Sequence[int]) -> str:
    """第 3、5—9 页"""
    runs: list[list[int]] = [[numbers[0], numbers[0]]]
    for before, number in pairwise(numbers):
        if number == before + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = "、".join(str(a) if a == b else f"{a}—{b}" for a, b in runs[:20])
    return _("第 %(numbers)s 页") % {"numbers": shown if len(runs) <= 20 else f"{shown}……"}
