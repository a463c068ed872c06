"""Pictures and recordings that citizens sent: fetched from WeChat when somebody first looks, kept here, gone
with the words when she unfollows. WeChat has them for three days (`rules.cards.MEDIA_DAYS`)."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from minxin.accounts.clients import client_for
from minxin.conversations.models import Message
from minxin.conversations.rules.cards import MEDIA_DAYS, Picture, Voice, card_of, media_type
from minxin.core.errors import NotFound, Refused
from minxin.wechat import Client, WeChatError, WeChatUnreachable, calls

KINDS = ("Image", "Voice")
MOST_BYTES = 12_000_000  # WeChat: a picture has at most 10 MB, a recording 2 MB


def media_of(message: Message, *, client: Client | None = None) -> tuple[Path, str]:
    """The file of a picture or a recording and what it is (`image/png`). Raises `NotFound` for a message that
    has none, and `Refused` where it cannot be had: WeChat's time is over, or it is not what it says. `client`: another than the account's own."""
    card = card_of(message.kind, message.data)
    if not isinstance(card, Picture | Voice) or not card.media_id:
        raise NotFound
    path = _path(message.pk)
    if not path.exists():
        _keep(path, _fetched(message, card.media_id, client))
    with path.open("rb") as file:
        kind = media_type(file.read(16))
    if not kind.startswith("image/" if isinstance(card, Picture) else "audio/"):
        raise Refused(_("这个文件不是它所说的类型，没有打开。"))
    return path, kind


def forget_media(numbers: Iterable[int]) -> None:
    """Remove the files of these messages; what was never fetched is not there."""
    for number in numbers:
        with contextlib.suppress(FileNotFoundError):
            _path(number).unlink()


def _path(number: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "said" / str(number // 1000) / str(number)


def _fetched(message: Message, media_id: str, client: Client | None) -> bytes:
    try:
        content = (client or client_for(message.account)).call(calls.media.get(media_id))
    except WeChatUnreachable as error:
        raise Refused(_("现在连不上微信，稍后再试。")) from error
    except WeChatError as error:
        raise Refused(
            _("微信没有给出这个文件：它只保存 %(days)s 天。") % {"days": MEDIA_DAYS}
        ) from error
    if len(content) > MOST_BYTES:
        raise Refused(_("这个文件太大，没有打开。"))
    return content


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    os.replace(fresh, path)
