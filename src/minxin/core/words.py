"""Words that a person wrote: as they are, or refused in a sentence. Never cut without telling."""

from django.utils.translation import gettext as _

from minxin.core.errors import Refused


def within(text: str, most: int, *, field: str) -> str:
    """The text without the space around it; `Refused` for `field` where it has more than `most` characters."""
    text = text.strip()
    if len(text) > most:
        words = _("不超过 %(most)s 字，现在 %(count)s 字，请删减。写的内容都还在。")
        raise Refused(words % {"most": most, "count": len(text)}, field=field)
    return text
