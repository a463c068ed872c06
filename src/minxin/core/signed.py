"""A signed POST: HMAC-SHA256 over moment, number and body, as docs/reference/reminder-webhook.md says.

The same number is taken once by contract, so that what got no answer may be sent again.
"""

import hashlib
import hmac


def signature(secret: str, moment: str, number: str, body: bytes) -> str:
    """HMAC-SHA256 of "moment.number.body" in hexadecimal digits."""
    message = f"{moment}.{number}.".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def headers(secret: str, moment: str, number: str, body: bytes) -> dict[str, str]:
    """What goes with such a POST; `moment` in Unix seconds."""
    return {
        "content-type": "application/json; charset=utf-8",
        "x-minxin-id": number,
        "x-minxin-time": moment,
        "x-minxin-signature": signature(secret, moment, number, body),
    }
