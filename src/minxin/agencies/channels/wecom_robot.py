"""A robot in a group of 企业微信: says how many of what, and names nobody.

It knows no repeats: what got no answer is not sent again.
"""

import httpx

from minxin import wecom
from minxin.agencies.channels.way import Parcel, Way
from minxin.agencies.channels.wecom_app import told
from minxin.agencies.reminders import ReminderChannel


def _send(channel: ReminderChannel, parcel: Parcel, transport: httpx.BaseTransport | None) -> None:
    with wecom.Robot(
        channel.secret or "", base_url=channel.base_url or wecom.BASE_URL, transport=transport
    ) as robot:
        told(lambda: robot.send_text(f"{parcel.title}\n{parcel.text}\n{parcel.link}"))


WAY = Way(
    _send,
    needs=frozenset({"secret"}),
    is_group=True,
    needs_address=False,
    default_url=wecom.BASE_URL,
)
