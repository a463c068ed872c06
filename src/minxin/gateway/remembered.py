"""What was answered to which words: half of what citizens ask was asked before, today, in these words."""

from datetime import date

from minxin.accounts.queries import AccountSettings
from minxin.conversations.actions import Answered

LIMIT = 65_536  # sayings of one account; the answers are shared, a saying weighs some 200 bytes


class Remembered:
    """Answers by account and words, forgotten when the account, the entries or the day change.

    Only replies that say of themselves that they hold (`Say.holds_today`) are kept. Used by one thread.
    """

    def __init__(self) -> None:
        self._of: dict[str, tuple[AccountSettings, object, date, dict[str, Answered]]] = {}

    def of(self, account: AccountSettings, generation: object, day: date) -> dict[str, Answered]:
        """The answers of an account that still hold."""
        found = self._of.get(account.app_id)
        if found is not None and found[0] is account and found[1] == generation and found[2] == day:
            return found[3]
        fresh: dict[str, Answered] = {}
        self._of[account.app_id] = (account, generation, day, fresh)
        return fresh


def keep(answers: dict[str, Answered], words: str, answered: Answered) -> None:
    """Remember one more, and forget the oldest when there are too many."""
    if len(answers) >= LIMIT:
        answers.pop(next(iter(answers)))
    answers[words] = answered
