"""Signatures and the AES envelope of WeChat's callbacks (WXBizMsgCrypt)."""

import base64
import binascii
import functools
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class BadKey(ValueError):
    """An EncodingAESKey that does not decode to 32 bytes."""


class BadEnvelope(ValueError):
    """A ciphertext that is not what WXBizMsgCrypt makes; the message is safe to log."""


def sign(*parts: str) -> str:
    """SHA-1 hex of the sorted, concatenated parts (WeChat's `signature` and `msg_signature`)."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str | None, *parts: str) -> bool:
    """Compare a signature in constant time; a missing or non-ASCII one is wrong."""
    expected = sign(*parts)
    return hmac.compare_digest((given or "").encode(), expected.encode())


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


@functools.lru_cache(maxsize=512)
def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypt(key: bytes, app_id: str, message: bytes, random: bytes | None = None) -> str:
    """Base64 of AES-256-CBC over random(16) + length(4, big endian) + message + appid, PKCS#7 of 32."""
    body = (random or os.urandom(16)) + len(message).to_bytes(4, "big") + message + app_id.encode()
    padding = BLOCK - len(body) % BLOCK
    encryptor = _cipher(key).encryptor()
    sealed = encryptor.update(body + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(key: bytes, app_id: str, encrypted: str) -> bytes:
    """The message inside an envelope that was made for this appid; `BadEnvelope` otherwise."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope("the ciphertext is not base64") from error
    if not sealed or len(sealed) % 16:
        raise BadEnvelope("the ciphertext has a wrong length")
    decryptor = _cipher(key).decryptor()
    body = decryptor.update(sealed) + decryptor.finalize()
    padding = body[-1]
    if not 1 <= padding <= BLOCK or padding > len(body):
        raise BadEnvelope("the padding is wrong")
    if body[-padding:] != bytes([padding]) * padding:
        raise BadEnvelope("the padding is wrong")
    body = body[:-padding]
    if len(body) < 20:
        raise BadEnvelope("the envelope is too short")
    length = int.from_bytes(body[16:20], "big")
    if 20 + length > len(body):
        raise BadEnvelope("the length inside the envelope is wrong")
    if not hmac.compare_digest(body[20 + length :], app_id.encode()):
        raise BadEnvelope("the envelope was made for another appid")
    return body[20 : 20 + length]
