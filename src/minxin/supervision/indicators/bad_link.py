"""content.badlink: a link of the menu leads to a listed domain, or no longer to what it led to. It stands
on probes (`base`). What the machine sees is a sign; a person opens the page before it is a veto."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject, hit_of_links
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the last probe found one."""
    return hit_of_links(subject.probed.bad) if subject.probed else None


INDICATOR = Indicator(
    name="content.badlink",
    words=_("链接指向不良或改换的内容"),
    sentence=_(
        "互动拨测发现 %(count)s 个菜单链接可疑：%(shown)s。请打开核实，确属反动、暴力、色情等内容才确认。"
    ),
    judge=judge,
    is_probed=True,
)
