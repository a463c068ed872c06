"""What the gateway keeps in memory of the accounts, and of what must not wait, at most two seconds old."""

import logging
import threading
from collections.abc import Mapping

from django.db import DatabaseError, close_old_connections

from minxin import wechat
from minxin.accounts.queries import (
    AccountSettings,
    accounts_version,
    callback_accounts,
    platform_secrets,
)
from minxin.conversations.queries import safety_rows, safety_version
from minxin.gateway.safety import SafetyNet

log = logging.getLogger("minxin.gateway")
PAUSE = 1.0


class Register:
    """The accounts that listen to WeChat, by AppID, and the third-party platforms."""

    def __init__(self) -> None:
        self.accounts: Mapping[str, AccountSettings] = {}
        self.platforms: Mapping[str, wechat.CallbackSecrets] = {}
        self.safety = SafetyNet()
        self._version = self._safety_version = ""
        self.is_read = False

    def refresh(self) -> None:
        """Read the accounts, and what is listened for, when something about them changed."""
        safety = safety_version()
        if safety != self._safety_version:
            self.safety, self._safety_version = SafetyNet(*safety_rows()), safety
        version = accounts_version()
        if version != self._version or not self.is_read:
            self.accounts, self.platforms = callback_accounts(), platform_secrets()
            self._version, self.is_read = version, True

    def follow(self, stop: threading.Event) -> None:
        """Keep up until `stop`; what is known stays known while the database is away."""
        while not stop.is_set():
            close_old_connections()
            try:
                self.refresh()
            except DatabaseError as error:
                log.warning("the accounts cannot be read: %s", type(error).__name__)
            finally:
                close_old_connections()
            stop.wait(PAUSE)

    def start(self, stop: threading.Event) -> None:
        """Follow in a thread of its own."""
        threading.Thread(target=self.follow, args=(stop,), daemon=True, name="accounts").start()
