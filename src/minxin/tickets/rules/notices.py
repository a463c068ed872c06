"""The one subscription notice a citizen may agree to: which template, and how long her word holds. Pure."""

from datetime import datetime, timedelta

# Ours: WeChat lets a one-time consent lie for ever; after half a year nobody remembers having given it.
GRANT_FOR = timedelta(days=180)


def template_for(setting: str, app_id: str) -> str:
    """The template of an account in `MINXIN_SURVEY_TEMPLATE`: `AppID=number` parted by commas, or one number for
    every account; empty for none. A template belongs to one account in WeChat."""
    common = ""
    for part in setting.split(","):
        name, parts, number = part.strip().partition("=")
        if not parts:
            common = name
        elif app_id and name.strip() == app_id:
            return number.strip()
    return common


def still_holds(
    *, agreed_at: datetime, used_at: datetime | None, ended_at: datetime | None, now: datetime
) -> bool:
    """Whether a notice may be sent by it: not used, not taken back, not too old."""
    return used_at is None and ended_at is None and agreed_at > now - GRANT_FOR
