"""Model fields."""

from typing import TYPE_CHECKING, Any

from django.db import models

from minxin.core import crypto

if TYPE_CHECKING:
    _TextField = models.TextField[str | None, str | None]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """Text that is a sealed token in the database and plain text in Python.

    It cannot be searched or ordered by: look rows up through a keyed hash instead. Null stays
    null, so that an erased value can be told from an empty one.
    """

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return plain if plain is None else crypto.seal(str(plain))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else crypto.unseal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted: it cannot be looked up by {lookup_name}")
        return super().get_lookup(lookup_name)
