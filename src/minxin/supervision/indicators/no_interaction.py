"""interact.none: nothing on the citizen's path answers. It stands on probes (`base`), two running."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the robot tried something and nothing worked; one entry that works is enough."""
    tried = subject.probed.deaf if subject.probed else 0
    return Hit({"count": tried, "links": []}) if tried else None


INDICATOR = Indicator(
    name="interact.none",
    words=_("没有有效的互动入口"),
    sentence=_("互动拨测试了 %(count)s 个互动入口，连续两次都没有一个有回应。请打开账号核实。"),
    judge=judge,
    is_probed=True,
)
