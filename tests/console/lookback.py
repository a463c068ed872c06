"""A list of the police's, an article of theirs, and what was found in it."""

from datetime import datetime, timedelta

from minxin.agencies.models import Staff
from minxin.supervision import scanning
from minxin.supervision.actions import word_lists
from minxin.supervision.actions.items import Article, keep_items
from minxin.supervision.models import Hit, PublishedItem
from tests.support.city import City

PHONE = "13800138000"


def looked_back(city: City, actor: Staff, now: datetime, *, kind: str = "privacy") -> Hit:
    """One hit: the number of a person, or an old name."""
    text = f"东桥路口由市交警大队负责，联系人电话{PHONE}。"
    article = Article(
        city.account.pk, PublishedItem.Source.IMPORT, "a-1", "交通提示", text,
        now - timedelta(days=200), "https://a.example/1",
    )  # fmt: skip
    keep_items([article], now=now)
    made, scan = word_lists.add_word_list(
        agency=city.police, name="回查词表", kind=kind, actor=actor, now=now
    )
    if kind != "privacy":
        draft = word_lists.TermDraft("市交警大队", "市交警支队")
        scan = word_lists.put_terms(made, [draft], actor=actor, now=now)
    assert scan is not None
    scanning.work(scan.pk, clock=lambda: now)
    return Hit.objects.select_related("scan__word_list", "item").get()
