"""System checks: a wrong setting is told at the start, with an id and what to do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from minxin.accounts import filing_presets
from minxin.reports import presets as wordings
from minxin.reports.layout.pdf import PACKAGES, missing_libraries
from minxin.supervision import terms
from minxin.supervision.packs import library


@register()
def keys_are_keys(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E001: a key that is not 64 hexadecimal digits."""
    found: list[CheckMessage] = []
    named = [("MINXIN_HASH_KEY", settings.MINXIN_HASH_KEY)]
    named += [("MINXIN_FIELD_KEYS", key) for key in settings.MINXIN_FIELD_KEYS]
    for name, key in named:
        if len(key) != 64 or any(digit not in "0123456789abcdef" for digit in key):
            hint = "Make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            found.append(
                Error(f"{name} is not 64 small hexadecimal digits.", hint=hint, id="minxin.E001")
            )
    return found


@register()
def keys_are_private(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E002: keys that others on this machine may read."""
    folder = Path(settings.MINXIN_HOME) / "secrets"
    exposed = [
        path.name for path in folder.glob("*") if path.is_file() and path.stat().st_mode & 0o077
    ]
    if not exposed:
        return []
    message = f"Others may read {', '.join(sorted(exposed))} in {folder}."
    return [Error(message, hint=f"chmod -R go= {folder}", id="minxin.E002")]


@register()
def the_address_fits_the_world(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E003, W001: real accounts need an address that WeChat can call, and staff a second factor."""
    if settings.MINXIN_EMBEDDED:
        return []
    found: list[CheckMessage] = []
    if not settings.MINXIN_PUBLIC_URL.startswith("https://"):
        found.append(
            Error(
                "MINXIN_PUBLIC_URL is not an https address, but MINXIN_EMBEDDED is off.",
                hint="Set it to the address that citizens and WeChat use, as https://…",
                id="minxin.E003",
            )
        )
    if not settings.MINXIN_REQUIRE_TOTP:
        found.append(
            Warning(
                "Staff may sign in with a password alone.",
                hint="Leave MINXIN_REQUIRE_TOTP unset, or set it to 1 (GB/T 22239-2019 8.1.4.1 d).",
                id="minxin.W001",
            )
        )
    return found


@register()
def the_urgent_share_is_a_share(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E005: a share of the budgets that leaves nothing, or is none."""
    if 0 <= settings.MINXIN_URGENT_SHARE <= 50:
        return []
    hint = "Per cent of a day's messages that are kept for urgent notices, such as 5."
    message = "MINXIN_URGENT_SHARE must be between 0 and 50."
    return [Error(message, hint=hint, id="minxin.E005")]


@register()
def static_files_are_built(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E004: pages without their look."""
    package = Path(__file__).resolve().parent.parent
    wanted = ("console/static/console/built/console.css", "portal/static/portal/built/portal.css")
    missing = [path for path in wanted if not (package / path).exists()]
    if not missing:
        return []
    return [Error(f"{', '.join(missing)} is missing.", hint="Run: make setup", id="minxin.E004")]


@register()
def rule_packs_hold(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W002: a rule pack of this installation that cannot be used."""
    return [
        Warning(
            f"{fault.file}: {fault.message}",
            hint=f"Mend or remove it in {Path(settings.MINXIN_HOME) / 'packs'}.",
            id="minxin.W002",
        )
        for fault in library().faults
    ]


@register()
def deadlines_hold(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W005: a preset of rectification deadlines of this installation that cannot be used."""
    return [
        Warning(
            f"{fault.file}: {fault.message}",
            hint=f"Mend or remove it in {Path(settings.MINXIN_HOME) / 'terms'}.",
            id="minxin.W005",
        )
        for fault in terms.presets()[1]
    ]


@register()
def text_messages_are_signed(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E006: a gateway for text messages without a key of its own."""
    if not settings.MINXIN_SMS_URL or len(settings.MINXIN_SMS_KEY) >= 16:
        return []
    message = "MINXIN_SMS_URL is set, but MINXIN_SMS_KEY has fewer than 16 characters."
    hint = "Agree on a key with whoever runs the gateway (docs/reference/sms-gateway.md)."
    return [Error(message, hint=hint, id="minxin.E006")]


@register()
def pdf_can_be_made(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W003: documents come as docx only, for the libraries that make PDF are not there."""
    missing = missing_libraries()
    if not missing:
        return []
    message = (
        f"No PDF can be made here ({', '.join(missing)} missing); documents are offered as docx."
    )
    return [Warning(message, hint=f"Debian: apt install {' '.join(PACKAGES)}", id="minxin.W003")]


@register()
def presets_of_notices_hold(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W004: phrases for notices of this installation that cannot be used."""
    return [
        Warning(
            f"{file}: {message}",
            hint=f"Mend or remove it in {Path(settings.MINXIN_HOME) / 'notices'}.",
            id="minxin.W004",
        )
        for file, message in wordings.presets()[1]
    ]


@register()
def presets_of_filings_hold(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W005: rules for filings of this installation that cannot be used."""
    return [
        Warning(
            f"{file}: {message}",
            hint=f"Mend or remove it in {Path(settings.MINXIN_HOME) / filing_presets.FOLDER}.",
            id="minxin.W005",
        )
        for file, message in filing_presets.presets()[1]
    ]
