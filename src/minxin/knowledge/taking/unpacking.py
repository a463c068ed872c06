"""Archives: their contents are read where they are, member by member; nothing is written to their paths.

So a member called `../../etc/passwd` is a name to show and no place to write to, and what a member unpacks to
is counted while it is read: an archive that lies about its sizes ends at the limit, too.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from minxin.core.errors import Refused
from minxin.knowledge.actions.taking import Found, bare_name

MOST_MEMBERS = 2_000
MOST_MEMBER = 90 * 1024 * 1024  # bytes, unpacked
MOST_WHOLE = 1024 * 1024 * 1024  # bytes that the list of the archive admits, all together
MOST_RATIO = 200
SMALL = 20 * 1024 * 1024
_CHUNK = 1024 * 1024
_HIDDEN = {"__macosx", ".ds_store", "thumbs.db", "desktop.ini"}
_ARCHIVES = {".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"}


def is_archive(name: str, start: bytes, content: IO[bytes]) -> bool:
    """Whether a file is a zip of files, and not a document that is a zip inside."""
    if not start.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(content) as archive:
            names = {each.filename for each in archive.infolist()[: MOST_MEMBERS * 10]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return name.lower().endswith(".zip")
    inside = {"word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml"}
    return not (names & inside or "[Content_Types].xml" in names)


@contextmanager
def _opened(content: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(content) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise Refused(_("压缩包已损坏，打不开。请重新打包后再上传。")) from error


def contents_of(content: IO[bytes]) -> tuple[list[Found], list[str]]:
    """What an archive holds, and remarks on what is left out. `Refused` for one that is not to be opened."""
    with _opened(content) as archive:
        every = archive.infolist()
        if len(every) > MOST_MEMBERS:
            words = _("压缩包里有 %(count)s 项，一次最多 %(most)s 项，请拆成几个。")
            raise Refused(words % {"count": len(every), "most": MOST_MEMBERS})
        if sum(each.file_size for each in every) > MOST_WHOLE:
            raise Refused(_("压缩包展开后超过 1 GB，请拆成几个。"))
        found: list[Found] = []
        nested: list[str] = []
        for at, each in enumerate(every):
            name = shown_name(each)
            parts = {part.lower() for part in PurePosixPath(name).parts}
            if each.is_dir() or parts & _HIDDEN or bare_name(name).startswith(("~$", "._")):
                continue
            if PurePosixPath(name).suffix.lower() in _ARCHIVES:
                nested.append(name)
                continue
            found.append(Found(name, at))
    said = []
    if nested:
        words = _("包里还有压缩包，没有展开：%(names)s。请解开后再上传。")
        said.append(words % {"names": "、".join(nested[:10])})
    if not found:
        raise Refused(" ".join(said) or _("压缩包是空的。"))
    return found, said


def shown_name(member: zipfile.ZipInfo) -> str:
    """The name of a member; Windows writes it in GBK without saying so. Never a path that leads anywhere."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    steps = PurePosixPath(name.replace("\\", "/")).parts
    return "/".join(bare_name(step) for step in steps if step not in {"/", "..", "."})[-300:]


def member_of(content: IO[bytes], number: int) -> bytes:
    """The content of a member, by its number in the archive. `Refused` when it is not to be unpacked."""
    with _opened(content) as archive:
        try:
            member = archive.infolist()[number]
        except IndexError as error:
            raise Refused(_("压缩包里已没有这个文件。")) from error
        if member.flag_bits & 1:
            raise Refused(_("压缩包有密码，打不开。请去掉密码后再上传。"))
        is_odd = member.file_size > SMALL and member.file_size > MOST_RATIO * max(
            member.compress_size, 1
        )
        if is_odd:
            raise Refused(_("这个文件压缩得反常（可能是压缩炸弹），没有展开。"))
        kept = io.BytesIO()
        try:
            with archive.open(member) as packed:
                while chunk := packed.read(_CHUNK):
                    kept.write(chunk)
                    if kept.tell() > MOST_MEMBER:
                        raise Refused(_("文件超过 90 MB，没有读取。请拆分后再上传。"))
        except RuntimeError as error:  # of an encryption that the list does not admit
            raise Refused(_("压缩包有密码，打不开。请去掉密码后再上传。")) from error
        return kept.getvalue()
