"""A named person decides what was found: confirmed hits become one finding per account and scan, the
others are dismissed with a reason, once or for good."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from minxin.accounts.models import Account
from minxin.agencies import audit
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import ensure_may
from minxin.agencies.rules import Permission
from minxin.core.errors import Refused
from minxin.supervision.actions.findings import open_finding
from minxin.supervision.models import Evidence, Exemption, Finding, Hit, Scan, WordList
from minxin.supervision.rules.looking import gravest, indicator_of, whole
from minxin.supervision.rules.packs import Severity
from minxin.supervision.rules.rectification import Origin, State

PRIVATE_KEYS = frozenset({"identity", "card", "mobile", "plate"})
_TITLES = {
    WordList.Kind.LEADER: "已发布内容中的领导职务表述已过时",
    WordList.Kind.AGENCY: "已发布内容中的机构名称已过时",
    WordList.Kind.REPEALED: "已发布内容引用了废止的文件",
    WordList.Kind.WORDS: "已发布内容中有错误表述",
    WordList.Kind.PRIVACY: "已发布内容中有个人信息",
    WordList.Kind.ADS: "已发布内容中有商业广告",
}
_TOLD = 3  # hits that a finding's sentence names


@transaction.atomic
def confirm_hits(hits: Iterable[Hit], *, actor: Staff, now: datetime) -> list[Finding]:
    """This person says that it is so. Hits of one account and scan are one finding, as long as its
    notice has not been issued; what was kept of them is its evidence. Raises `NotFound`, `Refused`.
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for hit in hits:
        groups.setdefault((hit.item.account_id, hit.scan_id), []).append(hit.pk)
    return [
        _confirm_group(account, scan, numbers, actor, now)
        for (account, scan), numbers in groups.items()
    ]


def _confirm_group(
    account_id: int, scan_id: int, numbers: Sequence[int], actor: Staff, now: datetime
) -> Finding:
    account = Account.objects.select_for_update().select_related("agency").get(pk=account_id)
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
    rows = _open_rows(numbers)
    scan = Scan.objects.select_related("word_list").get(pk=scan_id)
    finding = _finding_for(account, scan, rows, actor, now)
    Hit.objects.filter(pk__in=[each.pk for each in rows]).update(
        status=Hit.Status.CONFIRMED, decided_by=actor, decided_at=now, finding=finding
    )
    after = {"hits": [each.pk for each in rows], "finding": finding.pk}
    audit.record(actor, "hit.confirmed", account, after=after, now=now)
    return finding


def _open_rows(numbers: Sequence[int]) -> list[Hit]:
    rows = list(
        Hit.objects.select_for_update(of=("self",))
        .filter(pk__in=numbers, status=Hit.Status.OPEN)
        .select_related("item", "term")
        .order_by("item__published_at", "item_id", "offset")
    )
    if len(rows) < len(set(numbers)):
        raise Refused(_("有命中刚刚被处理过，或者原文已改，请刷新后再试。"))
    return rows


def _finding_for(
    account: Account, scan: Scan, rows: Sequence[Hit], actor: Staff, now: datetime
) -> Finding:
    """The account's finding of this list that may still grow, whichever scan it came from; else a new
    one. Its key ends with a dash: account 1 must not be taken for account 12."""
    kind = WordList.Kind(scan.word_list.kind)
    key = f"list-{scan.word_list_id}-account-{account.pk}-"
    earlier = Finding.objects.filter(
        account=account, origin=Origin.LOOKBACK, origin_key__startswith=key
    ).order_by("-pk")
    growing = earlier.filter(state=State.OPEN).first()
    if growing is not None:
        told = [
            *growing.hits.filter(follows=None).select_related("item").order_by("pk"),
            *rows,
        ]
        growing.facts = _facts(told)
        growing.indicator, severity = _ruled(
            kind, [growing.severity, *(each.severity for each in rows)]
        )
        growing.severity = severity.value
        growing.evidence = _evidence(account, scan, told, actor, now)
        growing.save(update_fields=["facts", "indicator", "severity", "evidence"])
        return growing
    indicator, severity = _ruled(kind, [each.severity for each in rows])
    return open_finding(
        actor=actor, now=now, account=account, title=_TITLES[kind], severity=severity,
        indicator=indicator, origin=Origin.LOOKBACK, origin_key=f"{key}{earlier.count() + 1}",
        evidence=_evidence(account, scan, rows, actor, now), facts=_facts(rows),
    )  # fmt: skip


def _ruled(kind: str, severities: Sequence[str]) -> tuple[str, Severity]:
    """The indicator and severity of hits. Of advertisements no national veto is known: whatever the
    list says of an expression, they are at most a serious problem."""
    severity = gravest(severities)
    indicator = indicator_of(kind, severity)
    if indicator == "content.ad" and severity is Severity.VETO:
        severity = Severity.MAJOR
    return indicator, severity


def _facts(rows: Sequence[Hit]) -> dict[str, str]:
    first = rows[0]
    wrong = list(dict.fromkeys(each.words for each in rows))
    right = list(dict.fromkeys(each.suggestion for each in rows if each.suggestion))
    items = {each.item_id for each in rows}
    places = "；".join(
        f"《{each.item.title or each.item.url}》“{each.excerpt}”" for each in rows[:_TOLD]
    )
    more = f"等 {len(rows)} 处" if len(rows) > _TOLD else f"共 {len(rows)} 处"
    facts = {
        "detail": f"回头看在 {len(items)} 篇已发布内容中发现：{places}，{more}。",
        "wrong": "、".join(wrong[:10]), "right": "、".join(right[:10]),
    }  # fmt: skip
    if len(items) == 1:
        on = timezone.localtime(first.item.published_at)
        facts |= {
            "title": first.item.title,
            "url": first.item.url,
            "published_at": f"{on:%Y-%m-%d}",
        }
    return facts


def _evidence(
    account: Account, scan: Scan, rows: Sequence[Hit], actor: Staff, now: datetime
) -> Evidence:
    """What was kept, written down with the hash of every text; private numbers stay masked."""
    lines = [f"回头看：{scan.word_list.name}（第 {scan.revision} 版）", f"账号：{account.name}"]
    for each in rows:
        item = each.item
        lines += [
            "", f"标题：{item.title}", f"链接：{item.url}",
            f"发布时间：{timezone.localtime(item.published_at):%Y-%m-%d %H:%M}",
            f"正文 SHA-256：{item.sha256}（第 {each.version} 版，"
            f"留存于 {timezone.localtime(item.kept_at):%Y-%m-%d %H:%M}）",
            f"命中：{each.words}", f"上下文：{each.excerpt}",
        ]  # fmt: skip
    content = "\n".join(lines).encode()
    kept = Evidence(
        account=account, link=rows[0].item.url, note=f"回头看命中 {len(rows)} 处", kept_by=actor,
        seen_at=min(now, rows[0].item.kept_at), kept_at=now, bytes=len(content),
        file_name=f"回头看-{scan.pk}-{account.pk}.txt", sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    kept.file.save(f"{kept.sha256[:16]}.txt", ContentFile(content), save=False)
    kept.save()
    return kept


def dismiss_hits(
    hits: Iterable[Hit], *, reason: str, remember: str = "", actor: Staff, now: datetime
) -> int:
    """This person says that it is not so, and why; how many were dismissed.

    `remember` is `host`: these words are not told again of the accounts of the hosting agency, or
    `area`: of all accounts that the list is for; other open hits of the same words there go with them.
    What is a person's number is never remembered. Raises `NotFound`, `Refused`.
    """
    reason = reason.strip()
    if len(reason) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    rows = list(hits)
    if remember and any(each.term_id is None for each in rows):
        raise Refused(_("个人信息要逐条判断，不能设为不再提示。"), field="remember")
    with transaction.atomic():
        open_rows = _open_rows([each.pk for each in rows])
        count = 0
        for account in Account.objects.select_related("agency").filter(
            pk__in={each.item.account_id for each in open_rows}
        ):
            ensure_may(actor, Permission.CONFIRM_CANDIDATES, account.agency)
            mine = [each for each in open_rows if each.item.account_id == account.pk]
            Hit.objects.filter(pk__in=[each.pk for each in mine]).update(
                status=Hit.Status.DISMISSED, decided_by=actor, decided_at=now, reason=reason[:300]
            )
            count += len(mine)
            after = {"hits": [each.pk for each in mine], "remember": remember}
            audit.record(actor, "hit.dismissed", account, after=after, reason=reason, now=now)
        if remember:
            count += _remember(open_rows, reason, remember, actor, now)
    return count


def _remember(rows: Sequence[Hit], reason: str, remember: str, actor: Staff, now: datetime) -> int:
    wanted: dict[tuple[int, str], Agency] = {}
    for each in Hit.objects.filter(pk__in=[row.pk for row in rows]).select_related(
        "item__account__agency", "scan__word_list__agency"
    ):
        where = each.scan.word_list.agency if remember == "area" else each.item.account.agency
        wanted[where.pk, each.words] = where
    count = 0
    for (_agency, words), where in wanted.items():
        ensure_may(actor, Permission.CONFIRM_CANDIDATES, where)
        Exemption.objects.get_or_create(
            agency=where, words=words,
            defaults={"reason": reason[:300], "made_at": now, "made_by": actor},
        )  # fmt: skip
        count += Hit.objects.filter(
            status=Hit.Status.OPEN, words=words, term__isnull=False,
            item__account__agency__path__startswith=where.path,
        ).update(
            status=Hit.Status.DISMISSED, decided_by=actor, decided_at=now, reason=reason[:300]
        )  # fmt: skip
        audit.record(
            actor, "exemption.added", where, after={"expression": words}, reason=reason, now=now
        )
    return count


@transaction.atomic
def lift_exemption(exemption: Exemption, *, actor: Staff, now: datetime) -> None:
    """Tell of these words again, from the next scan on."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, exemption.agency)
    audit.record(
        actor, "exemption.lifted", exemption.agency, before={"expression": exemption.words}, now=now
    )
    exemption.delete()


@transaction.atomic
def reveal_hit(hit: Hit, *, reason: str, actor: Staff, now: datetime) -> str:
    """A person's number as it stands in the kept text; asking for it is audited. Raises `Refused`."""
    ensure_may(actor, Permission.CONFIRM_CANDIDATES, hit.item.account.agency)
    if len(reason.strip()) < 4:
        raise Refused(_("请写明理由，至少 4 个字。"), field="reason")
    if hit.version != hit.item.version:
        raise Refused(_("原文已改，早前的内容不再显示。"))
    audit.record(
        actor, "hit.revealed", hit.item.account, after={"hit": hit.pk}, reason=reason, now=now
    )
    return whole(hit.item.title, hit.item.text)[hit.offset : hit.offset + hit.length]
