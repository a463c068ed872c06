"""Cookies inside the phone's frame, and nowhere else."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from minxin.portal.framing import cookies_in_frames


def _page(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("ok")
    response.set_cookie("minxin_session", "value", httponly=True, samesite="Lax")
    return response


@pytest.mark.parametrize(
    ("host", "destination", "is_framed"),
    [
        ("c1.localhost:8000", "iframe", True),
        ("c1.localhost:8000", "document", False),
        ("127.0.0.1:8000", "iframe", False),
        ("localhost:8000", "iframe", False),
    ],
)
def test_a_cookie_is_kept_in_a_phones_frame_only(
    host: str, destination: str, is_framed: bool
) -> None:
    request = RequestFactory().get("/m/", headers={"host": host, "sec-fetch-dest": destination})
    cookie = cookies_in_frames(_page)(request).cookies["minxin_session"].OutputString()
    assert "HttpOnly" in cookie
    for mark in ("SameSite=None", "Secure", "Partitioned"):
        assert (mark in cookie) is is_framed
    assert ("SameSite=Lax" in cookie) is not is_framed
