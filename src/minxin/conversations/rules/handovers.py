"""When a citizen is asked before another agency reads what she said. Pure."""

import re

YES, NO = "yes", "no"
_TAP = re.compile(r"handover:(\d{1,18}):(yes|no)")


def needs_consent(account_path: str, to_path: str) -> bool:
    """Whether she is asked first: always, unless the other agency is part of the one she wrote to. Ours; the
    law on personal information asks for a ground when one handler gives to another what somebody said."""
    return not to_path.startswith(account_path)


def tap_of(number: int, answer: str) -> str:
    """What a tap on a choice of the question sends back."""
    return f"handover:{number}:{answer}"


def answer_in(tapped: str) -> tuple[int, bool] | None:
    """(handover, whether she agrees) of such a tap; None for any other."""
    found = _TAP.fullmatch(tapped)
    return (int(found[1]), found[2] == YES) if found else None
