"""A wrong setting is told with an id and a hint."""

from pathlib import Path

from pytest_django.fixtures import Settings

from minxin.site import checks


def ids(found: object) -> list[str]:
    return [message.id for message in found]  # type: ignore[attr-defined]


def test_what_the_tests_run_with_is_fine() -> None:
    for check in (checks.keys_are_keys, checks.keys_are_private, checks.the_address_fits_the_world):
        assert ids(check(None)) == []


def test_a_key_that_is_no_key(settings: Settings) -> None:
    settings.MINXIN_FIELD_KEYS = ["short"]
    (message,) = checks.keys_are_keys(None)
    assert message.id == "minxin.E001"
    assert "short" not in message.msg
    assert message.hint


def test_keys_that_others_may_read(settings: Settings, tmp_path: Path) -> None:
    settings.MINXIN_HOME = tmp_path
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "field.key").write_text("x")
    (folder / "field.key").chmod(0o644)
    assert ids(checks.keys_are_private(None)) == ["minxin.E002"]


def test_real_accounts_need_https_and_a_second_factor(settings: Settings) -> None:
    settings.MINXIN_EMBEDDED = False
    settings.MINXIN_PUBLIC_URL = "http://127.0.0.1:8000"
    settings.MINXIN_REQUIRE_TOTP = False
    assert ids(checks.the_address_fits_the_world(None)) == ["minxin.E003", "minxin.W001"]


def test_the_urgent_share_leaves_something(settings: Settings) -> None:
    for share, found in ((0, []), (5, []), (50, []), (51, ["minxin.E005"]), (-1, ["minxin.E005"])):
        settings.MINXIN_URGENT_SHARE = share
        assert ids(checks.the_urgent_share_is_a_share(None)) == found, share


def test_a_rule_for_filings_that_cannot_be_used(settings: Settings, tmp_path: Path) -> None:
    settings.MINXIN_HOME = tmp_path
    assert ids(checks.presets_of_filings_hold(None)) == []
    (tmp_path / "filings").mkdir()
    (tmp_path / "filings" / "own.toml").write_text('id = "own"\n')
    (message,) = checks.presets_of_filings_hold(None)
    assert message.id == "minxin.W005"
    assert message.msg.startswith("own.toml: ")
