"""What a page looks up once: nothing is kept beyond it, and nothing where something is changed."""

from django.http import HttpRequest, HttpResponse

from minxin.core.once import is_keeping, once, reading_once, reads_once


def test_a_thing_is_made_once_inside_and_anew_outside() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [once("a", make), once("a", make)] == [0, 1]
    with reading_once():
        assert is_keeping()
        assert [once("a", make), once("a", make), once(("a", 1), make)] == [2, 2, 3]
    assert not is_keeping()
    with reading_once():
        assert once("a", make) == 4


def test_only_a_page_that_is_read_keeps_and_forgets_when_it_fails() -> None:
    seen: list[bool] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(is_keeping())
        if request.path == "/bad":
            raise ValueError
        return HttpResponse()

    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        request = HttpRequest()
        request.method = method
        reads_once(view)(request)
    assert seen == [True, True, False, False, False]
    request = HttpRequest()
    request.method, request.path = "GET", "/bad"
    try:
        reads_once(view)(request)
    except ValueError:
        assert not is_keeping()
