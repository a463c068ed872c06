"""The four forms of a filing and the notice to the public, as documents to be printed and sealed.

The national form was not found. These are this platform's, after forms that units published, and each
says so at its foot. In Chinese, whoever prints them; what the register does not say stays blank.
"""

from datetime import date

from django.utils import translation

from minxin.accounts.models import Filing, LifecycleFiling, Status
from minxin.accounts.queries import filing_of
from minxin.accounts.queries.divisions import known_divisions
from minxin.accounts.queries.lifecycle import closing_of, region_of, today_of
from minxin.accounts.rules.announcing import (
    day_words,
    host_notice,
    host_title,
    stop_notice,
    stop_title,
)
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.reports.layout import (
    Block,
    Cell,
    Centered,
    Form,
    Paper,
    Paragraph,
    Signature,
    Title,
    said_on,
)

TITLES = {
    Kind.OPEN: "政务新媒体开设备案表",
    Kind.CHANGE: "政务新媒体变更备案表",
    Kind.CLOSE: "政务新媒体关停备案表",
    Kind.CANCEL: "政务新媒体注销备案表",
}
FOOT = "本表是本平台参照各地公开的做法编制的表样，不是国家统一表样；当地另有表样的，以当地的为准。"
CHANGED = {"name": "账号名称", "agency": "主办单位", "status": "账号状态", "other": "其他事项"}
WIDTHS = (2.0, 4.0, 2.0, 4.0)
Row = tuple[Cell, ...]


def form_paper(filing: LifecycleFiling) -> Paper:
    """The form of a filing, filled from the register as it stands now."""
    with translation.override("zh-hans"):
        kind, account = Kind(filing.kind), filing.account
        kept = filing_of(account)
        rows = [*_account_rows(filing, kept), *_MATTER[kind](filing, kept), *_decisions(filing)]
        title = TITLES[kind]
        blocks: tuple[Block, ...] = (
            Title(title),
            Centered(f"填报单位：{account.agency}　　填报日期：{day_words(filing.signed_on)}"),
            Form(tuple(rows), widths=WIDTHS),
            Paragraph.of(FOOT),
        )
        return Paper(
            f"{title}-{account.name}", blocks, str(account.agency), today_of(filing.begun_at)
        )


def has_announcement(filing: LifecycleFiling) -> bool:
    """Whether the public is told: of a closing always, of a change when its steps ask for it."""
    return filing.kind == Kind.CLOSE or Step.ANNOUNCE in filing.steps


def usual_announcement(filing: LifecycleFiling) -> str:
    """The usual words of its notice, from what is known."""
    with translation.override("zh-hans"):
        account = filing.account
        platform = str(account.get_platform_display())
        if filing.kind == Kind.CLOSE:
            return stop_notice(
                name=account.name, platform=platform, host=str(account.agency),
                reason=filing.reason, successor=filing.successor, on=filing.announced_on,
            )  # fmt: skip
        moved = filing.changes.get("agency", {})
        return host_notice(
            name=account.name, platform=platform, before=moved.get("before", ""),
            after=moved.get("after", ""), reason=filing.reason, on=filing.happened_on,
        )  # fmt: skip


def announcement_title(filing: LifecycleFiling) -> str:
    """What its notice is called."""
    name = filing.account.name
    return stop_title(name) if filing.kind == Kind.CLOSE else host_title(name)


def announcement_paper(filing: LifecycleFiling) -> Paper:
    """The notice as the unit edited it; the usual words where nobody did."""
    title, agency = announcement_title(filing), str(filing.account.agency)
    text = filing.announcement or usual_announcement(filing)
    lines = [Paragraph.of(line) for line in text.splitlines() if line.strip()]
    return Paper(
        title,
        (Title(title), *lines, Signature(agency, filing.announced_on)),
        agency,
        today_of(filing.begun_at),
    )


# The rows --------------------------------------------------------------------------------------


def _label(words: str) -> Cell:
    return Cell(words, is_label=True)


def _two(first: str, said: object, second: str, also: object) -> Row:
    return (_label(first), Cell(str(said or "")), _label(second), Cell(str(also or "")))


def _one(label: str, said: object, lines: int = 1) -> Row:
    return (_label(label), Cell(str(said or ""), 3, lines=lines))


def _account_rows(filing: LifecycleFiling, kept: Filing) -> list[Row]:
    account = filing.account
    kind = " ".join(
        str(each) for each in (account.get_platform_display(), account.get_kind_display()) if each
    )
    certified = f"已认证（{account.get_principal_display()}）" if account.is_verified else "未认证"
    return [
        _two("账号名称", account.name, "平台类型", kind),
        _two("平台账号", kept.platform_number or account.original_id, "链接", kept.url),
        _two("主办单位", account.agency, "主管单位", kept.supervising_unit),
        _two("系统归属", account.get_affiliation_display(), "层级", account.get_level_display()),
        _two("区划", known_divisions().label(region_of(account)), "运维单位", kept.operating_unit),
        _two("认证主体", kept.holder, "认证情况", certified),
        _two("分管领导", kept.leader, "责任人", kept.responsible),
        _two("管理员", kept.keeper, "备案号", kept.number),
    ]


def _opening(filing: LifecycleFiling, kept: Filing) -> list[Row]:
    opened = kept.opened_on or filing.handled_on
    return [
        _one("功能定位", filing.account.positioning),
        _one("互动入口", kept.interaction),
        _one("开设理由", filing.reason, lines=3),
        _two("开设日期", _day(opened), "账号状态", filing.account.get_status_display()),
    ]


def _change(filing: LifecycleFiling, kept: Filing) -> list[Row]:
    rows: list[Row] = [(_label("变更事项"), _label("变更前"), Cell("变更后", 2, is_label=True))]
    for name, change in filing.changes.items():
        before, after = change_words(name, change)
        rows.append((Cell(CHANGED.get(name, name)), Cell(before), Cell(after, 2)))
    rows.append(_one("变更理由", filing.reason, lines=3))
    if has_announcement(filing):
        rows.append(_announced(filing))
    rows.append(_one("变更日期", _day(filing.happened_on)))
    return rows


def _closing(filing: LifecycleFiling, kept: Filing) -> list[Row]:
    return [
        _two("开设日期", _day(kept.opened_on), "账号状态", filing.account.get_status_display()),
        _one("关停理由", filing.reason, lines=3),
        _one("后续服务去向", filing.successor),
        _announced(filing),
    ]


def _cancelling(filing: LifecycleFiling, kept: Filing) -> list[Row]:
    closing = closing_of(filing.account)
    rows = [
        _two(
            "开设日期", _day(kept.opened_on), "注销日期", _day(kept.closed_on or filing.handled_on)
        ),
        _one("注销理由", filing.reason, lines=3),
    ]
    if closing is not None:
        rows.append(_announced(closing))
    else:
        rows.append(_one("停更公告", ""))
    return rows


def _announced(filing: LifecycleFiling) -> Row:
    label = "停更公告" if filing.kind == Kind.CLOSE else "变更公告"
    said = (_day(filing.announced_on), filing.announcement_url)
    return _one(label, "\n".join(each for each in said if each))


_MATTER = {
    Kind.OPEN: _opening,
    Kind.CHANGE: _change,
    Kind.CLOSE: _closing,
    Kind.CANCEL: _cancelling,
}


def _decisions(filing: LifecycleFiling) -> list[Row]:
    """Room for signatures and seals; what is recorded already stands there."""
    signed = _decision(filing.signed_by_leader, filing.signed_on)
    approved = _decision(
        filing.approval or ("同意" if filing.approved_on else ""), filing.approved_on
    )
    rows = [
        _one("负责人签字", signed, lines=3),
        _one("主管单位审核", approved, lines=3),
    ]
    if Step.PLATFORM in filing.steps:
        rows.append(_one("平台办理", _day(filing.handled_on)))
    if Step.REPORT in filing.steps:
        rows.append(_two("全国系统登记", _day(filing.reported_on), "登记的备案号", filing.number))
    return rows


def _decision(words: str, on: date | None) -> str:
    if on is None:
        return f"\n（签字、盖章）　　{day_words(None)}"
    return f"{words}\n（签字、盖章）　　{said_on(on)}"


def _day(on: date | None) -> str:
    return said_on(on) if on else ""


def change_words(name: str, change: dict[str, object]) -> tuple[str, str]:
    """What was before and what is after, in words."""
    before, after = str(change.get("before", "")), str(change.get("after", ""))
    if name == "status":
        labels = dict(Status.choices)
        return str(labels.get(before, before)), str(labels.get(after, after))
    return before, after
