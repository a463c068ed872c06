"""Sealing, hashing, and the encrypted field's refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from minxin.core.crypto import CannotUnseal, keyed_hash, seal, unseal

OLD = "11" * 32
NEW = "22" * 32


@given(st.text())
def test_what_is_sealed_can_be_unsealed(plain: str) -> None:
    try:
        plain.encode()
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    assert unseal(seal(plain)) == plain


def test_the_same_text_never_seals_the_same_way_and_never_shows() -> None:
    first, second = seal("o小林的openid"), seal("o小林的openid")
    assert first != second
    assert "openid" not in first


def test_a_key_that_is_gone_is_told_without_the_value(settings: Settings) -> None:
    settings.MINXIN_FIELD_KEYS = [OLD]
    sealed = seal("0999-5550101")
    settings.MINXIN_FIELD_KEYS = [NEW]
    with pytest.raises(CannotUnseal) as refusal:
        unseal(sealed)
    assert "0999" not in str(refusal.value)


def test_keys_rotate_without_touching_old_rows(settings: Settings) -> None:
    settings.MINXIN_FIELD_KEYS = [OLD]
    sealed = seal("小林")
    settings.MINXIN_FIELD_KEYS = [NEW, OLD]
    assert unseal(sealed) == "小林"
    again = seal("小林")
    settings.MINXIN_FIELD_KEYS = [NEW]
    assert unseal(again) == "小林"  # what is written after the rotation needs the new key only


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_an_altered_text_is_refused(place: int) -> None:
    head, key_id, body = seal("云溪市人民政府").split(".")
    changed = "A" if body[place] != "A" else "B"
    with pytest.raises(CannotUnseal):
        unseal(f"{head}.{key_id}.{body[:place]}{changed}{body[place + 1 :]}")


@pytest.mark.parametrize("text", ["", "plain", "a1..", "a1.zz.zz", "b9.00000000.AAAA", "a.b.c.d"])
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(text)


def test_a_keyed_hash_is_stable_and_tells_its_parts_apart(settings: Settings) -> None:
    settings.MINXIN_HASH_KEY = OLD
    first = keyed_hash("wx0123456789abcdef", "openid")
    assert len(first) == 32
    assert int(first, 16) >= 0
    assert first == keyed_hash("wx0123456789abcdef", "openid")
    assert keyed_hash("ab", "c") != keyed_hash("a", "bc")
    settings.MINXIN_HASH_KEY = NEW
    assert keyed_hash("wx0123456789abcdef", "openid") != first


def test_the_hash_of_today_is_the_hash_of_tomorrow(settings: Settings) -> None:
    """A change of the construction would cut every citizen off from her row."""
    settings.MINXIN_HASH_KEY = OLD
    assert keyed_hash("citizen", "wx0123456789abcdef", "oXiaolin") == EXPECTED


EXPECTED = "08b2f41396ae0262d326a60c000d51d0"
