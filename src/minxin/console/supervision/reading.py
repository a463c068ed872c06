"""「读取网页」: what the page at a link says, as a proposal in the form, and its bytes until the save.

The bytes wait in the form itself, signed for this person and this account, so that nothing is kept of
a page that nobody confirms.
"""

import base64
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies.models import Staff
from minxin.supervision.actions import Capture
from minxin.supervision.links import Busy, Opened, fetch_page
from minxin.supervision.rules.pages import PageRead, is_other_account, is_page, read_page
from minxin.supervision.rules.proofs import LinkFailure
from minxin.supervision.wording import LINK_FAILURES

HELD = timedelta(hours=2)
_NO_WAY_OUT = frozenset({LinkFailure.NO_SUCH_NAME, LinkFailure.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said to the person, `warnings` first; what fills the form's empty fields."""

    said: list[str]
    warnings: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


def read_link(
    link: str, typed: dict[str, str], *, account: Account, staff: Staff, now: datetime
) -> Reading:
    """Read the page at a link. Never changes what was `typed`."""
    if not link:
        return Reading([], [_("请先填写链接。")])
    try:
        opened = fetch_page(link)
    except Busy:
        return Reading([], [_("系统正在读取另一个网页，请过几秒再试。已填写的内容没有变。")])
    why = _why_not(opened)
    found = PageRead() if why else read_page(opened.body, opened.content_type, now=now)
    if not why and found.is_empty and not found.is_future:
        why = _("网页上没有可以识别的标题、账号名称和日期，可能要在微信里打开")
    if why:
        words = _("没有读到网页：%(why)s。请照页面自己填写；已填写的内容没有变。")
        return Reading([], [words % {"why": why}])
    held = _hold(Capture(link, opened.final_url, opened.body, opened.is_whole, now), account, staff)
    return _told(found, typed, account, {"page": held})


def _why_not(opened: Opened) -> str:
    if opened.failure is LinkFailure.TOO_SLOW:
        return _("3 秒内没有读完")
    if opened.failure in _NO_WAY_OUT:
        return _("%(why)s，这台服务器可能不能访问互联网") % {"why": LINK_FAILURES[opened.failure]}
    if opened.failure is not None:
        return str(LINK_FAILURES[opened.failure])
    if opened.status != 200:
        return _("网站回答 HTTP %(status)s") % {"status": opened.status}
    return "" if is_page(opened.content_type) else _("这个链接不是网页")


def _told(
    found: PageRead, typed: dict[str, str], account: Account, values: dict[str, str]
) -> Reading:
    day = found.published_on.isoformat() if found.published_on else ""
    parts = (
        ("title", _("标题"), found.title),
        ("", _("账号名称"), found.account),
        ("newest_on", _("日期"), day),
    )
    said, warnings = [], []
    if read := [f"{name}“{value}”" for _field, name, value in parts if value]:
        said.append(_("读到：%(what)s。") % {"what": "、".join(read)})
    if missed := [name for _field, name, value in parts if not value]:
        said.append(_("没有读到：%(what)s。") % {"what": "、".join(missed)})
    if found.is_future:
        warnings.append(_("网页上的日期在将来，没有采用。"))
    if is_other_account(found.account, account.name):
        words = _("网页上的账号是“%(said)s”，与要记录的“%(name)s”不同，请核对后再保存。")
        warnings.append(words % {"said": found.account, "name": account.name})
    for name, label, value in parts:
        if not name or not value or (name == "newest_on" and typed.get("is_empty")):
            continue
        if not typed.get(name):
            values[name] = value
        elif typed[name] != value:
            warnings.append(_("%(field)s已填，与网页上的不同，没有改动。") % {"field": label})
    said.append(_("这些只供参考，请对照页面核对。保存时一并留存读到的网页和校验值。"))
    return Reading(said, warnings, values)


def _signer(account: Account, staff: Staff) -> TimestampSigner:
    return TimestampSigner(salt=f"minxin.page.{account.pk}.{staff.pk}")


def _hold(page: Capture, account: Account, staff: Staff) -> str:
    body = base64.b64encode(zlib.compress(page.content)).decode()
    given = [page.url, page.final_url, body, page.is_whole, page.read_at.isoformat()]
    return _signer(account, staff).sign_object(given, compress=True)


def held_page(held: str, link: str, *, account: Account, staff: Staff) -> Capture | None:
    """The page that was read at this link; None when it was another, too long ago or not by us."""
    try:
        url, final_url, body, is_whole, at = _signer(account, staff).unsign_object(
            held, max_age=HELD
        )
    except BadSignature:
        return None
    if url != link.strip():
        return None
    content = zlib.decompress(base64.b64decode(body))
    return Capture(url, final_url, content, is_whole, datetime.fromisoformat(at))
