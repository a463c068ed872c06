"""A file of a few kilobytes cannot take the memory of the process that reads it."""

import io
import os
import struct
import subprocess
import sys
import time
import zipfile

import pytest
import xlsxwriter

from minxin.core import cells
from minxin.core.errors import Refused
from minxin.knowledge.importing import MAX_ROWS, read_sheet
from tests.support.layers import ROOT

ZEROES = bytes(1024 * 1024)
# Reads the sheet on stdin; whether it was refused, and the peak memory of the child that unpacked it.
READS = """
import resource, sys
import django; django.setup()
from minxin.core.errors import Refused
from minxin.knowledge.importing import read_sheet
try:
    read_sheet("a.xlsx", sys.stdin.buffer.read())
    verdict = "read"
except Refused:
    verdict = "refused"
print(verdict, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def book(*written: tuple[int, int, str]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        for row, column, words in written:
            sheet.write(row, column, words)
    return content.getvalue()


def with_member(size: int) -> bytes:
    """A sheet beside which another member unpacks to so many megabytes of zeroes."""
    content = io.BytesIO(book((0, 0, "标准问题")))
    with (
        zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(size):
            member.write(ZEROES)
    return content.getvalue()


def test_what_unpacks_to_a_gigabyte_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    content = with_member(1024)
    assert len(content) < 8 * 1024 * 1024
    # Not even the child is asked.
    monkeypatch.setattr(cells.sys, "executable", "/nowhere/python")
    began = time.monotonic()
    with pytest.raises(Refused, match="展开后太大"):
        read_sheet("a.xlsx", content)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(("megabytes", "is_refused"), [(15, False), (30, True)])
def test_what_is_packed_beyond_reason_is_refused(megabytes: int, is_refused: bool) -> None:
    content = with_member(megabytes)
    # Best compression: one part in a thousand.
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED, compresslevel=9)
    if is_refused:
        with pytest.raises(Refused, match="展开后太大"):
            read_sheet("a.xlsx", packed.getvalue())
    else:
        assert read_sheet("a.xlsx", packed.getvalue()) == [["标准问题"]]


def test_a_value_in_the_last_cell_does_not_end_this_process() -> None:
    content = book((0, 0, "标准问题"), (1_048_575, 16_383, "x"))
    assert len(content) < 10_000
    with pytest.raises(Refused, match="展开后太大"):
        read_sheet("a.xlsx", content)


def test_a_book_that_lies_about_its_size_is_stopped_by_the_limits() -> None:
    """The list of members says 100 bytes; the member itself goes on for 1.5 GB of shared strings."""
    plain = book((0, 0, "标准问题"))
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name != "xl/sharedStrings.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/sharedStrings.xml", "w", force_zip64=True) as member:
            member.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            member.write(b"<si><t>")
            for _ in range(1536):
                member.write(b"a" * 1024 * 1024)
            member.write(b"</t></si></sst>")
    lying = bytearray(content.getvalue())
    at = lying.rindex(b"PK\x01\x02")  # the last member's line in the list
    struct.pack_into("<I", lying, at + 24, 100)
    # In a small process of its own: a child's peak counts what it was forked from, and the peak of
    # children is that of all the tests before.
    done = subprocess.run(
        [sys.executable, "-c", READS], input=bytes(lying), capture_output=True, cwd=ROOT, timeout=120,
        env={**os.environ, "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    verdict, used = done.stdout.decode().split()
    assert verdict == "refused"
    assert 0 < int(used) < cells.MOST_MEMORY


def test_a_long_sheet_is_cut_where_it_is_refused_anyway() -> None:
    content = book(*((row, 0, "问") for row in range(MAX_ROWS + 50)))
    assert len(read_sheet("a.xlsx", content)) == MAX_ROWS + 2
