"""Passes with which a probe finds the portal's form: signed by this installation, good for a minute."""

from django.core import signing

SALT = "minxin.supervision.probe"
SECONDS = 60


def make_pass(app_id: str) -> str:
    """A pass for one account's form."""
    return signing.dumps(app_id, salt=SALT)


def is_good_pass(text: str, app_id: str) -> bool:
    """Whether a pass is ours, of this account, and not yet too old."""
    try:
        return bool(signing.loads(text, salt=SALT, max_age=SECONDS) == app_id and app_id)
    except signing.BadSignature:
        return False
