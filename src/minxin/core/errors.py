"""What an action says when it does not do what was asked. Doors turn these into form errors."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """The request makes sense and is not done; nothing was written.

    `message` is a full sentence for the person who asked. `field` names the form field it belongs
    to, or is empty when it belongs to the whole form.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class AlreadyDone(Refused):
    """What was asked was done a moment ago, by the same press: a person is told so, not scolded."""


class NotFound(Refused):
    """It is not there, or this person may not know that it is: the two look the same."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("没有找到，或者您没有这项权限。"))
