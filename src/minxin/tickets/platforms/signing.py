"""Requests between the two sides, signed: HMAC over what is asked, when, and a number used once.

What is signed is, line by line: method, path with its query, timestamp (Unix seconds), nonce, and the
hexadecimal digest of the body by the same hash function.
"""

import hmac
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as macs

WINDOW = 300  # seconds by which the clocks of the two sides may differ
_HASHES: Mapping[str, type[hashes.HashAlgorithm]] = {
    "hmac-sha256": hashes.SHA256,
    "hmac-sm3": hashes.SM3,
}


def signature(
    secret: str, algorithm: str, method: str, path: str, moment: str, nonce: str, body: bytes
) -> str:
    """64 hexadecimal digits. Raises KeyError for an unknown algorithm."""
    kind = _HASHES[algorithm]
    digest = hashes.Hash(kind())
    digest.update(body)
    lines = [method.upper(), path, moment, nonce, digest.finalize().hex()]
    mac = macs.HMAC(secret.encode(), kind())
    mac.update("\n".join(lines).encode())
    return mac.finalize().hex()


def headers(
    secret: str, algorithm: str, method: str, path: str, body: bytes, *, seconds: int
) -> dict[str, str]:
    """What goes with a request of ours."""
    nonce = secrets.token_hex(16)
    moment = str(seconds)
    return {
        "x-minxin-timestamp": moment,
        "x-minxin-nonce": nonce,
        "x-minxin-algorithm": algorithm,
        "x-minxin-signature": signature(secret, algorithm, method, path, moment, nonce, body),
    }


def is_signed(
    secret: str,
    algorithm: str,
    method: str,
    path: str,
    body: bytes,
    given: Mapping[str, str],
    *,
    seconds: int,
) -> bool:
    """Whether a request of the other side is signed with our common secret, now. That its nonce is new is
    for the caller to see to. `given` has the names of headers in small letters."""
    moment, nonce = given.get("x-minxin-timestamp", ""), given.get("x-minxin-nonce", "")
    sign = given.get("x-minxin-signature", "")
    if given.get("x-minxin-algorithm", "") != algorithm or not secret:
        return False
    if not (moment.isascii() and moment.isdecimal()) or len(moment) > 12:
        return False
    if not 16 <= len(nonce) <= 64 or abs(seconds - int(moment)) > WINDOW:
        return False
    wanted = signature(secret, algorithm, method, path, moment, nonce, body)
    return hmac.compare_digest(wanted.encode(), sign.encode("utf-8", "replace"))
