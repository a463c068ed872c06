"""How large the letters are: chosen once, remembered by the browser and by the citizen."""

from django.http import HttpRequest

COOKIE = "minxin_large"


def letters_of(request: HttpRequest) -> int:
    """How large this browser shows letters: 0 as usual, 1 large (22 px), 2 largest (30 px)."""
    return {"1": 1, "2": 2}.get(request.COOKIES.get(COOKIE, ""), 0)
