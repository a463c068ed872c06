"""Masks, contact fields, and what a meeting does to what is known of a citizen."""

import re
import unicodedata

# Which text she agreed to. A new text gets a new version; consent to an older one is asked again.
CONSENT_VERSION = "2026-11"

STAR = "*"


def mask_name(name: str | None) -> str:
    """A name as lists show it: of two characters the first stays, of more the first and the last.

    After the practice of published lists (the common de-identification rule); blank stays blank.
    """
    name = (name or "").strip()
    match len(name):
        case 0:
            return ""
        case 1:
            return STAR
        case 2:
            return name[0] + STAR
        case long:
            return name[0] + STAR * min(long - 2, 4) + name[-1]


def mask_phone(phone: str | None) -> str:
    """A number as lists show it: 138****1234; of short numbers only two digits on each side.

    Everything but digits is left out, so that a landline's dash gives nothing away.
    """
    digits = re.sub(r"\D", "", phone or "")
    match len(digits):
        case 0:
            return ""
        case few if few < 7:
            return STAR * few
        case some if some < 11:
            return digits[:2] + STAR * (some - 4) + digits[-2:]
        case _:
            return digits[:3] + STAR * 4 + digits[-4:]


def good_phone(text: str) -> str | None:
    """A telephone number in one form (digits and dashes), or None when it cannot be one.

    Accepts full-width digits, spaces, +86 and extensions: 7 to 15 digits in all.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"[‐-―−]", "-", plain)
    plain = re.sub(r"^(\+|00)86[\s-]*", "", plain)
    plain = re.sub(r"[\s()]+", "-", plain).strip("-")
    plain = re.sub(r"-{2,}", "-", plain)
    if not re.fullmatch(r"\d[\d-]*\d", plain):
        return None
    digits = plain.replace("-", "")
    if not 7 <= len(digits) <= 15:
        return None
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else plain


def good_name(text: str) -> str | None:
    """A person's name with single spaces, or None: 1 to 30 letters, points and hyphens."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(plain) <= 30:
        return None
    is_name = all(char.isalpha() or char in " ·•.-'’" for char in plain)
    return plain if is_name and any(char.isalpha() for char in plain) else None
