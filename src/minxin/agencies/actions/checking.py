"""What the actions of this room check alike."""

from django.core.exceptions import ValidationError

from minxin.agencies.models import Agency, CalendarDay, Staff
from minxin.core.errors import Refused


def validate(row: Agency | Staff | CalendarDay, exclude: frozenset[str] = frozenset()) -> None:
    """Ask the model's own validators; the first field they refuse becomes `Refused`."""
    try:
        row.clean_fields(exclude={"password", "last_login", *exclude})
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused("".join(messages), field=field) from error
