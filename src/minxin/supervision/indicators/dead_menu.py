"""interact.menu_dead: a link of the menu does not open for citizens. It stands on probes (`base`)."""

from django.utils.translation import gettext_lazy as _

from minxin.supervision.indicators.base import Hit, Indicator, Subject, hit_of_links
from minxin.supervision.rules.packs import Pack


def judge(subject: Subject, pack: Pack) -> Hit | None:
    """A hit when the last probe found one so that it counts."""
    return hit_of_links(subject.probed.dead) if subject.probed else None


INDICATOR = Indicator(
    name="interact.menu_dead",
    words=_("菜单链接打不开"),
    sentence=_("互动拨测发现 %(count)s 个菜单链接打不开：%(shown)s。"),
    judge=judge,
    is_probed=True,
)
