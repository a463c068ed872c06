"""From an openid to the key of a citizen, without a query."""

import functools

from minxin.core.crypto import keyed_hash


@functools.lru_cache(maxsize=16_384)
def key_of(app_id: str, openid: str) -> str:
    """The primary key of the citizen who has this openid at this account: 32 hex digits.

    Stable for the life of `MINXIN_HASH_KEY`, and no way leads back from it to the openid.
    """
    return keyed_hash("citizen", app_id, openid)
