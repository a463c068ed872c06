"""Encryption of fields and keyed hashes of identifiers.

A sealed text reads `a1.<key id>.<base64url of nonce and ciphertext>`: `a1` is AES-256-GCM. The
algorithm and the key travel with each value, so either can be changed without touching old rows.
"""

import base64
import functools
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

ALGORITHM = "a1"
_NONCE = 12


class CannotUnseal(Exception):
    """A sealed text was made with a key this installation does not hold, or was altered."""


@functools.cache
def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"minxin.field." + bytes.fromhex(key)).digest())


@functools.cache
def _hash_key(key: str) -> bytes:
    return hashlib.sha256(b"minxin.hash." + bytes.fromhex(key)).digest()


def _key_id(key: str) -> str:
    return hashlib.sha256(b"minxin.id." + bytes.fromhex(key)).hexdigest()[:8]


def seal(plain: str) -> str:
    """Encrypt a text under the first of `MINXIN_FIELD_KEYS`."""
    return seal_bytes(plain.encode()).decode()


def seal_bytes(plain: bytes) -> bytes:
    """Encrypt what is no text, a file for instance; `unseal_bytes` opens it."""
    key = settings.MINXIN_FIELD_KEYS[0]
    nonce = os.urandom(_NONCE)
    body = nonce + _cipher(key).encrypt(nonce, plain, None)
    return f"{ALGORITHM}.{_key_id(key)}.".encode() + base64.urlsafe_b64encode(body)


def unseal(sealed: str) -> str:
    """Decrypt what `seal` made, under whichever of `MINXIN_FIELD_KEYS` made it.

    Raises `CannotUnseal`; the exception never carries the value.
    """
    return unseal_bytes(sealed.encode()).decode()


def unseal_bytes(sealed: bytes) -> bytes:
    """As `unseal`, of what `seal_bytes` made."""
    try:
        algorithm, key_id, body = sealed.decode("ascii").split(".")
        raw = base64.urlsafe_b64decode(body)
    except ValueError as error:
        raise CannotUnseal("not a sealed text") from error
    if algorithm != ALGORITHM:
        raise CannotUnseal("sealed with an unknown algorithm")
    for key in settings.MINXIN_FIELD_KEYS:
        if _key_id(key) == key_id:
            try:
                return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], None)
            except InvalidTag as error:
                raise CannotUnseal("the sealed text was altered") from error
    raise CannotUnseal("sealed with a key that is not in MINXIN_FIELD_KEYS")


def keyed_hash(*parts: str) -> str:
    """A stable name for an identifier that cannot be turned back: HMAC-SHA-256, 32 hex digits.

    The parts are joined with a zero byte, so ("ab", "c") and ("a", "bc") differ.
    """
    message = "\0".join(parts).encode()
    return hmac.digest(_hash_key(settings.MINXIN_HASH_KEY), message, "sha256")[:16].hex()
