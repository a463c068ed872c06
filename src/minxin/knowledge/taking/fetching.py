"""Links to the city's own sites: fetched from hosts that a setting names, and from nowhere else.

Each step of a redirect is looked at like the first address (`core.outward`), so no site can send this machine
somewhere it must not go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from minxin.core.deadlines import Deadline
from minxin.core.errors import Refused
from minxin.core.outward import BadAddress, Resolve, route

MOST_BYTES = 90 * 1024 * 1024
MOST_SECONDS = 45.0  # one link with all its redirects; less than a job's lease
MOST_REDIRECTS = 5
TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_ENDINGS = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/plain": ".txt", "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
_KNOWN = {*_ENDINGS.values(), ".htm", ".shtml", ".md", ".xls", ".ods", ".doc", ".docm", ".zip"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was behind a link, and under which name to keep it."""

    name: str
    content: bytes


def is_allowed(link: str, hosts: Iterable[str]) -> bool:
    """Whether the setting names the host of a link: exactly, or as `.yunxi.gov.cn` with all below it."""
    try:
        name = (urlsplit(link).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return any(
        name == each.lstrip(".") or (each.startswith(".") and name.endswith(each))
        for each in (word.lower() for word in hosts)
    )


def fetch(
    link: str, *, transport: httpx.BaseTransport | None = None, resolve: Resolve | None = None
) -> Fetched:
    """What is behind a link. `Refused` in words for whatever keeps it from being fetched."""
    hosts = settings.MINXIN_DOCUMENT_HOSTS
    if not hosts:
        raise Refused(_("没有设置可以抓取的网站（MINXIN_DOCUMENT_HOSTS），请联系系统管理员。"))
    try:
        with (
            Deadline(MOST_SECONDS) as deadline,
            httpx.Client(
                transport=transport, timeout=TIMEOUT, trust_env=False, follow_redirects=False
            ) as client,
        ):
            address = link.split("#")[0]
            for _step in range(MOST_REDIRECTS + 1):
                if not is_allowed(address, hosts):
                    host = (urlsplit(address).hostname or address)[:100]
                    words = _("网站 %(host)s 不在允许抓取的名单里，没有读取。")
                    raise Refused(words % {"host": host})
                found = _once(client, address, deadline, resolve)
                if isinstance(found, Fetched):
                    return found
                address = urljoin(address, found).split("#")[0]
    except BadAddress as bad:
        raise Refused(_said(bad.fault)) from bad
    except (httpx.TimeoutException, TimeoutError) as error:
        raise Refused(_("网站没有在规定时间内给出内容，请稍后再试。")) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(_said("shape")) from error
    except httpx.HTTPError as error:
        raise Refused(_("连不上这个网站，或者内容没有传完，请稍后再试。")) from error
    raise Refused(_("这个链接跳转次数太多，没有读取。"))


def _once(
    client: httpx.Client, address: str, deadline: Deadline, resolve: Resolve | None
) -> Fetched | str:
    """What is at an address, or the address it sends on to."""
    where = route(address, settings.MINXIN_DOCUMENT_NETWORKS, resolve)
    headers = {"host": where.host, "user-agent": "minxin", "accept-encoding": "identity"}
    extensions = {"sni_hostname": where.name, "trace": deadline.trace}
    with client.stream("GET", where.url, headers=headers, extensions=extensions) as answer:
        if answer.is_redirect:
            return str(answer.headers.get("location", ""))
        if answer.status_code != httpx.codes.OK:
            words = _("网站答复 %(code)s，没有读到内容。请核对链接。")
            raise Refused(words % {"code": answer.status_code})
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused(_("网站送来的是压缩过的内容，没有读取。"))
        kept = bytearray()
        for chunk in answer.iter_raw():
            kept += chunk
            if len(kept) > MOST_BYTES:
                raise Refused(_("文件超过 90 MB，没有读取。请拆分后再上传。"))
        told = answer.headers.get("content-length", "")
        if told.isdecimal() and len(kept) < int(told):
            raise Refused(_("连不上这个网站，或者内容没有传完，请稍后再试。"))
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    return Fetched(_name_of(address, kind), bytes(kept))


def _name_of(address: str, kind: str) -> str:
    parts = urlsplit(address)
    name = PurePosixPath(unquote(parts.path)).name or parts.hostname or "page"
    if PurePosixPath(name).suffix.lower() not in _KNOWN:
        name += _ENDINGS.get(kind, "")
    return name[-200:]


def _said(fault: str) -> str:
    match fault:
        case "unknown":
            return _("找不到这个网站，请核对链接。")
        case "plain":
            return _("公网的网站要用 https 链接。")
        case "forbidden":
            return _("这个链接指向不允许访问的网络地址，没有读取。")
        case "extra":
            return _("链接里不能带用户名、密码。")
    return _("这不是可以抓取的链接，应以 http:// 或 https:// 开头。")
