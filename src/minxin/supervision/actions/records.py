"""What people saw: an inspector's look at an account's page, a unit's own report, their evidence."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Staff
from minxin.agencies.queries import ensure_may, may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.actions.traces import keep_look
from minxin.supervision.models import Evidence, Trace
from minxin.supervision.rules.clock import SKEW, midnight
from minxin.supervision.rules.proofs import LINK
from minxin.supervision.rules.sources import Kind, Source

LARGEST = 10 * 1024 * 1024
LOOKED_BACK = timedelta(days=120)  # what an account's empty page tells of
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".pdf")


@dataclass(frozen=True, slots=True)
class Fresh:
    """Evidence that comes with a step itself, such as a confirmation."""

    seen_at: datetime
    link: str = ""
    file: tuple[str, bytes] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as this system read it: `url` as it was asked for, `read_at` when."""

    url: str
    final_url: str
    content: bytes
    is_whole: bool
    read_at: datetime


def is_picture(name: str, content: bytes) -> bool:
    """Whether a file is what evidence may be: a picture or a PDF, by its name and its beginning."""
    looks_right = content.startswith(_BEGINNINGS) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )
    return name.lower().endswith(ENDINGS) and looks_right


def _checked(link: str, file: tuple[str, bytes] | None, seen_at: datetime, now: datetime) -> None:
    if link and not LINK.fullmatch(link):
        raise Refused(_("链接要以 http:// 或 https:// 开头。"), field="link")
    if file is not None:
        name, content = file
        if len(content) > LARGEST:
            raise Refused(_("截图不能超过 10 MB。"), field="file")
        if not is_picture(name, content):
            raise Refused(_("请上传 PNG、JPG、WEBP 图片或 PDF 文件。"), field="file")
    if not link and file is None:
        raise Refused(_("请填写链接或上传截图，至少一样。"), field="link")
    if seen_at > now + SKEW:
        raise Refused(_("查看时间不能晚于现在。"), field="seen_at")


@transaction.atomic
def keep_evidence(
    account: Account,
    *,
    link: str = "",
    file: tuple[str, bytes] | None = None,
    note: str = "",
    seen_at: datetime,
    actor: Staff,
    now: datetime,
) -> Evidence:
    """Keep what a person saw, with the time and the hash of the picture. Raises `Refused`."""
    ensure_may(actor, Permission.RECORD_UPDATES, account.agency)
    link = link.strip()
    _checked(link, file, seen_at, now)
    kept = Evidence(
        account=account, link=link, note=note.strip()[:500], seen_at=min(seen_at, now), kept_at=now,
        kept_by=actor,
    )  # fmt: skip
    if file is not None:
        name, content = file
        kept.file_name, kept.bytes = name[-200:], len(content)
        kept.sha256 = hashlib.sha256(content).hexdigest()
        ending = "." + name.rpartition(".")[2].lower()
        kept.file.save(f"{kept.sha256[:16]}{ending}", ContentFile(content), save=False)
    kept.save()
    after = {"link": kept.link, "sha256": kept.sha256, "bytes": kept.bytes}
    audit.record(actor, "evidence.kept", account, after=after, now=now)
    return kept


def _keep_capture(account: Account, page: Capture, *, actor: Staff, now: datetime) -> Evidence:
    """Keep the bytes of a page that this system read for a person who confirms what stands there."""
    note = _("系统读取的网页") if page.is_whole else _("系统读取的网页，只留存了开头部分")
    kept = Evidence(
        account=account, link=page.final_url[:500], note=note, seen_at=min(page.read_at, now),
        kept_at=now, kept_by=actor, file_name=_("系统读取的网页") + ".html", bytes=len(page.content),
        sha256=hashlib.sha256(page.content).hexdigest(),
    )  # fmt: skip
    kept.file.save(f"{kept.sha256[:16]}.html", ContentFile(page.content), save=False)
    kept.save()
    after = {
        "link": page.url, "final_link": page.final_url, "sha256": kept.sha256, "bytes": kept.bytes,
        "by_the_system": True, "read_at": kept.seen_at,
    }  # fmt: skip
    audit.record(actor, "evidence.kept", account, after=after, now=now)
    return kept


def is_still_whole(evidence: Evidence) -> bool:
    """Whether the file still has the hash it was kept with; True for a link alone."""
    if not evidence.sha256:
        return True
    try:
        with evidence.file.open("rb") as file:
            return hashlib.sha256(file.read()).hexdigest() == evidence.sha256
    except OSError:
        return False


@transaction.atomic
def record_seen(
    account: Account,
    *,
    newest_on: date | None,
    title: str = "",
    link: str = "",
    file: tuple[str, bytes] | None = None,
    seen_at: datetime,
    capture: Capture | None = None,
    actor: Staff,
    now: datetime,
) -> Trace | None:
    """What a person saw on the account's page: the date of its newest item, or that there is none.

    From who inspects it is grade B, and a look: nothing newer was there. From the unit itself it is
    grade C and says nothing of what was not there. `capture`: the page at the link, as the system read
    it; kept beside the person's own evidence, and no grade higher for it. Raises `Refused`.
    """
    ensure_may(actor, Permission.RECORD_UPDATES, account.agency)
    is_inspector = may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
    if newest_on is None and not is_inspector:
        raise Refused(_("请填写最近一条更新的日期。"), field="newest_on")
    seen_at = min(seen_at, now) if seen_at <= now + SKEW else seen_at
    kept = keep_evidence(
        account, link=link, file=file, note=title, seen_at=seen_at, actor=actor, now=now
    )
    if capture is not None and capture.url == kept.link:
        _keep_capture(account, capture, actor=actor, now=now)
    source = Source.INSPECTOR if is_inspector else Source.SELF_REPORT
    trace, since = None, seen_at - LOOKED_BACK
    if newest_on is not None:
        if midnight(newest_on) > seen_at:
            raise Refused(_("最近一条更新的日期不能晚于查看时间。"), field="newest_on")
        # Known by day: its last moment, so that nobody is called late who was not.
        ended = midnight(newest_on + timedelta(days=1)) - timedelta(seconds=1)
        since = min(ended, seen_at)
        trace = Trace.objects.create(
            account=account, source=source.value, kind=Kind.PUSHED.value, published_at=since,
            is_day_only=True, title=title.strip()[:200], url=kept.link,
            external_id=f"evidence-{kept.pk}", recorded_at=now, evidence=kept,
        )  # fmt: skip
    if is_inspector and since < seen_at:
        keep_look(account, source, since=since, until=seen_at, now=now)
    after = {"newest_on": newest_on, "source": source.value, "seen_at": seen_at}
    audit.record(actor, "trace.recorded", account, after=after, now=now)
    return trace
