"""What may be done with the thing on a page, one form each."""

from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True, slots=True)
class Press:
    """One thing that may be done now. `is_first`: it stands open, the others are folded."""

    name: str
    label: Any
    help: Any
    form: forms.Form
    is_first: bool
