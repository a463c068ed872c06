"""Cookies inside the phone's frame, in embedded mode only."""

from collections.abc import Callable
from http.cookies import Morsel
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]

# Python's cookies know `Partitioned` from 3.14 on.
_morsel = cast(Any, Morsel)
_morsel._reserved.setdefault("partitioned", "Partitioned")
_morsel._flags.add("partitioned")


def cookies_in_frames(get_response: Next) -> Next:
    """Let a page keep its session inside the simulator's phone.

    Each phone's pages live on a host of their own (`c1.localhost`), so to the browser they are
    another site than the phone around them: a `SameSite=Lax` cookie is never sent, and since third
    parties are blocked `SameSite=None` is not either unless it is `Partitioned`. There, and only
    there, cookies become all of this; browsers take `Secure` on localhost.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        host = request.get_host().rsplit(":", 1)[0]
        if host.endswith(".localhost") and request.headers.get("sec-fetch-dest") == "iframe":
            for cookie in response.cookies.values():
                marks: dict[str, Any] = {"samesite": "None", "secure": True, "partitioned": True}
                cookie.update(marks)
        return response

    return respond
