"""What the city published long ago, the lists it is looked through for, and finished scans."""

from datetime import datetime, timedelta

from minxin.accounts.models import Account
from minxin.agencies.models import Agency, Staff
from minxin.demo import sheets
from minxin.demo.updates import INSPECTOR
from minxin.supervision import scanning
from minxin.supervision.actions import hits, word_lists
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.models import Hit, PublishedItem, Scan
from minxin.supervision.rules.packs import Severity

# Put together here, so that no file of ours holds a number that somebody may have.
PHONE = "0" * 8


def play_lookback(now: datetime) -> int:
    """Keep the texts, write the lists, look through; how many scans are done."""
    inspector = Staff.objects.get(username=INSPECTOR)
    keep_items((_article(row, now) for row in sheets.script("lookback_articles")), now=now)
    root = Agency.objects.get(code="yunxi")
    for row in sheets.script("lookback_lists"):
        made, scan = word_lists.add_word_list(
            agency=root, name=row["name"], kind=row["kind"], actor=inspector, now=now
        )
        if row["terms"]:
            drafts = [
                word_lists.TermDraft(wrong, right, Severity(severity), basis)
                for wrong, right, severity, basis in row["terms"]
            ]
            scan = word_lists.put_terms(made, drafts, actor=inspector, now=now)
        assert scan is not None  # noqa: S101
        scanning.work(scan.pk, clock=lambda: now)
    history = Hit.objects.filter(words="市卫生局")
    hits.dismiss_hits(
        history, reason="讲述历史，当时的名称就是这个", remember="host", actor=inspector, now=now
    )
    repealed = Hit.objects.filter(scan__word_list__kind="repealed")
    hits.confirm_hits(repealed, actor=inspector, now=now)
    return Scan.objects.filter(status=Scan.Status.DONE).count()


def _article(row: dict[str, str], now: datetime) -> Article:
    account = Account.objects.get(name=row["name"], platform=row["platform"])
    return Article(
        account_id=account.pk,
        source=PublishedItem.Source.IMPORT,
        external_id=f"demo-{row['title']}",
        title=row["title"],
        text=row["text"].replace("{phone}", PHONE),
        published_at=now - timedelta(days=int(row["days_ago"])),
        url=f"https://www.yunxi.example/items/{account.pk}-{row['days_ago']}",
    )
