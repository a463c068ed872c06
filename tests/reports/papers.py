"""A paper with every block in it."""

from datetime import date

from minxin.reports.layout import (
    Addressees,
    Annex,
    Attachments,
    Cell,
    Centered,
    Form,
    Heading,
    Paper,
    Paragraph,
    Signature,
    Span,
    Table,
    Title,
)

LONG = "各地各部门要切实履行主办主体责任，健全内容更新、互动回应和安全防护机制，做到件件有着落、事事有回音。"


def whole_paper() -> Paper:
    """Every block once; the annex is long enough for three pages."""
    rows = tuple(
        (str(n), f"第{n}局", f"云溪第{n}号（微信公众平台）", "内容不更新", f"{n}")
        for n in range(1, 80)
    )
    return Paper(
        title="云溪市政务新媒体检查情况的通报",
        author="云溪市人民政府办公室",
        made_on=date(2026, 11, 26),
        blocks=(
            Title("云溪市人民政府办公室关于2026年第四季度\n全市政务新媒体检查情况的通报"),
            Centered("云政办函〔2026〕12号"),
            Addressees("各县（区）人民政府，市政府各部门、各直属机构"),
            Paragraph((Span("本次抽查账号"), Span("120", "checked"), Span("个，合格率96.67%。" + LONG),)),
            Heading("一、总体情况", 1),
            Heading("（一）上期整改", 2),
            Paragraph.of(LONG * 3),
            Heading("1.内容更新", 3),
            Paragraph.of(LONG),
            Heading("（1）两周内无更新", 4),
            Attachments(("分地区、分部门检查情况统计表", "不合格账号名单")),
            Signature("云溪市人民政府办公室", date(2026, 11, 26)),
            Annex(
                "分地区、分部门检查情况统计表",
                (
                    Table(
                        ("序号", "单位", "账号", "问题", "数"), (*rows, ("", "合计", "", "", "79")),
                        widths=(1, 3, 5, 3, 1), has_total=True,
                    ),
                ),
                number="1", is_wide=True,
            ),
            Annex(
                "政务新媒体账号关停备案表",
                (
                    Form(
                        (
                            (Cell("账号名称", is_label=True), Cell("云溪水务", 3)),
                            (Cell("平台", is_label=True), Cell("微博"), Cell("备案号", is_label=True), Cell("")),
                            (Cell("主办单位意见", is_label=True), Cell("", 3, lines=5)),
                        )
                    ),
                ),
                number="2",
            ),
        ),
    )  # fmt: skip
