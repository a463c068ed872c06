"""The passages of all documents as they are asked at one time: in memory, or in a folder that another process filled.

A hundred thousand passages take half a minute of work. Done beside the event loop, under the same interpreter
lock, it is felt by everybody who asks meanwhile; so a process of its own does it, and the gateway opens
what it wrote: index, texts and blocks are mapped, nothing is read in. The old shelf goes by reference, with its folder.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

import msgspec
from django.conf import settings

from minxin.knowledge.rules.quotes import Block, blocks_of
from minxin.text import Index, Layered, Written

NICE = 10  # who builds takes what others leave
PATIENCE = 3600.0  # seconds a build may take
_INDEX, _TEXTS, _BLOCKS, _DOCUMENTS = "index", "texts", "blocks", "documents"
_of_documents = msgspec.msgpack.Decoder(dict[int, tuple[int, int]])


class NotBuilt(Exception):
    """The other process did not build a shelf."""


class Shelf:
    """Blocks, and an index of their words. One thread changes it, others ask beside it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Empty, or what `fill` wrote to a folder; the folder goes when this does."""
        self._of: dict[int, list[int]] = {}
        # Documents of the folder: their first block and how many.
        self._filed: dict[int, tuple[int, int]] = {}
        if folder is None:
            self.index, self.blocks = Index(), Layered[Block]()
            self._next = 1
            return
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.index = Index(folder / _INDEX, Layered(folder / _TEXTS, bytes.decode))
        self.blocks = Layered(folder / _BLOCKS, msgspec.msgpack.Decoder(Block).decode)
        self._filed = _of_documents.decode((folder / _DOCUMENTS).read_bytes())
        self._next = len(self.blocks) + 1

    def put(self, document: int, blocks: Iterable[Block], breathe: Callable[[], None]) -> None:
        """Take the blocks of a document in; found after the index was committed."""
        for block in blocks:
            number, self._next = self._next, self._next + 1
            self.index.put(number, words_of(block))
            self.blocks[number] = block
            self._of.setdefault(document, []).append(number)
            breathe()

    def leave(self, document: int) -> list[int]:
        """The blocks of a document, no longer kept as its own; found until they are dropped."""
        first, count = self._filed.pop(document, (0, 0))
        return [*range(first, first + count), *self._of.pop(document, ())]

    def commit(self, gone: Iterable[int] = ()) -> None:
        """Let what was put be found, and these blocks no more: in one step for whoever asks."""
        numbers = list(gone)
        for number in numbers:
            self.index.remove(number)
        self.index.commit()
        for number in numbers:
            self.blocks.pop(number)


def words_of(block: Block) -> str:
    """What of a block is searched."""
    return f"{block.first.title}\n{block.text}"


def fill(folder: Path) -> None:
    """Write the passages of all published documents to an empty folder, as `Shelf` opens them."""
    from minxin.knowledge.queries import indexed_passages

    of: dict[int, tuple[int, int]] = {}
    encode = msgspec.msgpack.Encoder().encode
    (folder / _INDEX).mkdir()
    with (
        Written[str](folder / _TEXTS, str.encode) as texts,
        Written[Block](folder / _BLOCKS, encode) as blocks,
    ):
        index, number = Index(folder / _INDEX, texts), 0
        for document, some in groupby(indexed_passages(), key=lambda each: each.document_id):
            first = number + 1
            for number, block in enumerate(blocks_of(some), first):
                index.put(number, words_of(block))
                blocks[number] = block
            of[document] = (first, number + 1 - first)
        index.build(())
    (folder / _DOCUMENTS).write_bytes(encode(of))


def built_apart(under: Path) -> Shelf:
    """A shelf that a process of its own built, in a new folder under this one. Raises `NotBuilt`."""
    try:
        under.mkdir(parents=True, exist_ok=True)
        _tidy(under)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=under))
    except OSError as error:
        raise NotBuilt(str(error)) from error
    env = os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    words = [sys.executable, "-m", __name__, str(folder)]
    try:
        # Its input is a pipe that nobody writes to: it ends with us, so that no process is left behind.
        with subprocess.Popen(words, stdin=subprocess.PIPE, env=env) as child:  # noqa: S603  (our own module)
            try:
                code = child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
        if code:
            raise NotBuilt(f"the process that builds ended with {code}")
        return Shelf(folder)
    except (OSError, subprocess.SubprocessError, ValueError, msgspec.MsgspecError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotBuilt(f"{type(error).__name__}: {error}") from error
    except NotBuilt:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _tidy(under: Path) -> None:
    """Remove what processes left that were killed."""
    for folder in under.iterdir():
        number = folder.name.partition("-")[0]
        if number.isdecimal() and not Path("/proc", number).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _end_with_parent() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):  # not `sys.stdin`: its lock would be held when we end by ourselves
            pass
    os._exit(1)


def main() -> None:
    """In the process of its own: fill the folder that is named."""
    import django

    django.setup()
    os.nice(NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    fill(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
