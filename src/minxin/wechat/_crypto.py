"""Signatures and the AES envelope of WeChat's callbacks (WXBizMsgCrypt)."""

import base64
import binascii
import hashlib
import hmac
import os
import threading
from collections import deque

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

BLOCK = 32
BLOCK_OF_AES = 16
_PADDINGS = tuple(bytes([length]) * length for length in range(BLOCK + 1))


class BadKey(ValueError):
    """An EncodingAESKey that does not decode to 32 bytes."""


class BadEnvelope(ValueError):
    """A ciphertext that is not what WXBizMsgCrypt makes; the message is safe to log."""


def sign(*parts: str) -> str:
    """SHA-1 hex of the sorted, concatenated parts (WeChat's `signature` and `msg_signature`)."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str | None, *parts: str) -> bool:
    """Compare a signature in constant time; a missing or non-ASCII one is wrong, and so is one
    over what no bytes can stand for."""
    if given is None or not given.isascii():
        return False
    try:
        return hmac.compare_digest(given, sign(*parts))
    except UnicodeEncodeError:
        return False


def sign_js_url(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The JS-SDK's signature of a page address; what follows `#` does not count."""
    page = url.split("#", 1)[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def decode_key(encoding_aes_key: str) -> bytes:
    """The 32 bytes behind an EncodingAESKey of 43 characters.

    Keys whose last character carries non-zero trailing bits exist in the wild: they decode too.
    """
    if len(encoding_aes_key) != 43:
        raise BadKey("an EncodingAESKey has 43 characters")
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("an EncodingAESKey has letters and digits only") from error
    if len(key) != 32:
        raise BadKey("an EncodingAESKey stands for 32 bytes")
    return key


_random: deque[bytes] = deque()
os.register_at_fork(after_in_child=_random.clear)  # two processes must not deal out the same


def _sixteen_random_bytes() -> bytes:
    """From the system's source, fetched for 64 messages at once: each fetch gives up the GIL."""
    try:
        return _random.popleft()
    except IndexError:
        fetched = os.urandom(64 * 16)
        _random.extend(fetched[at : at + 16] for at in range(16, len(fetched), 16))
        return fetched[:16]


class _Contexts(threading.local):
    """Contexts of a key that are begun once per thread, because beginning one costs more than using it.

    CBC carries on from the block before, so what differs from a fresh context is the first block
    alone: that is the random one, which every reader throws away.
    """

    def __init__(self) -> None:
        self.of: dict[bytes, tuple[CipherContext, CipherContext]] = {}

    def both(self, key: bytes) -> tuple[CipherContext, CipherContext]:
        """(to encrypt, to decrypt)"""
        found = self.of.get(key)
        if found is None:
            if len(self.of) >= 1024:
                self.of.clear()
            cipher = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK_OF_AES]))
            found = self.of[key] = (cipher.encryptor(), cipher.decryptor())
        return found


_contexts = _Contexts()


def encrypt(key: bytes, app_id: str, message: bytes, random: bytes | None = None) -> str:
    """Base64 of AES-256-CBC over random(16) + length(4, big endian) + message + appid, PKCS#7 of 32."""
    body = (
        (random or _sixteen_random_bytes())
        + len(message).to_bytes(4, "big")
        + message
        + app_id.encode()
    )
    body += _PADDINGS[BLOCK - len(body) % BLOCK]
    if random is None:
        sealed = _contexts.both(key)[0].update(body)
    else:
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK_OF_AES])).encryptor()
        sealed = encryptor.update(body) + encryptor.finalize()
    return binascii.b2a_base64(sealed, newline=False).decode()


def decrypt(key: bytes, app_id: str, encrypted: str) -> bytes:
    """The message inside an envelope that was made for this appid; `BadEnvelope` otherwise."""
    try:
        sealed = binascii.a2b_base64(encrypted, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope("the ciphertext is not base64") from error
    if not sealed or len(sealed) % 16:
        raise BadEnvelope("the ciphertext has a wrong length")
    body = _contexts.both(key)[1].update(sealed)
    padding = body[-1]
    if not 1 <= padding <= BLOCK or not body.endswith(_PADDINGS[padding]):
        raise BadEnvelope("the padding is wrong")
    end = len(body) - padding
    if end < 20:
        raise BadEnvelope("the envelope is too short")
    at = 20 + int.from_bytes(body[16:20], "big")
    if at > end:
        raise BadEnvelope("the length inside the envelope is wrong")
    if body[at:end] != app_id.encode():  # no secret: it stands in the address
        raise BadEnvelope("the envelope was made for another appid")
    return body[20:at]
