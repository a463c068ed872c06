"""What the reading of one page looked up already, kept for that page alone.

Who a person is, which calendar holds: a page asks such things dozens of times, and none of the answers can
change while it is read. Kept only around requests that change nothing (`reading_once`), in the thread that
answers, and forgotten with the answer: a right that was taken away is missing from the very next page.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

_T = TypeVar("_T")
Next = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD"})

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept_once", default=None)


def once(key: Hashable, make: Callable[[], _T]) -> _T:
    """What `make` gives: made once while a page is read, every time elsewhere. `key` names what it is and
    all it depends on."""
    kept = _kept.get()
    if kept is None:
        return make()
    if key not in kept:
        kept[key] = make()
    found: _T = kept[key]
    return found


def is_keeping() -> bool:
    """Whether a page is being read."""
    return _kept.get() is not None


@contextmanager
def reading_once() -> Iterator[None]:
    """Keep what is looked up until the end of this block, in this thread."""
    mark = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(mark)


def reads_once(get_response: Next) -> Next:
    """Middleware: pages that are only read look the same thing up once."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return get_response(request)
        with reading_once():
            return get_response(request)

    return respond
