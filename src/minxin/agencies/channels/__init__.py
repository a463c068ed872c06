"""CHANNELS: the ways to staff outside the console, one file each. A way is added here and in
`ReminderChannel.Kind`."""

from types import MappingProxyType

from minxin.agencies.channels import email, webhook, wecom_app, wecom_robot
from minxin.agencies.channels.way import Later, Parcel, Refusal, Unsure, Way
from minxin.agencies.reminders import ReminderChannel

Kind = ReminderChannel.Kind

CHANNELS: MappingProxyType[str, Way] = MappingProxyType(
    {
        Kind.WECOM_APP.value: wecom_app.WAY,
        Kind.WECOM_ROBOT.value: wecom_robot.WAY,
        Kind.WEBHOOK.value: webhook.WAY,
        Kind.EMAIL.value: email.WAY,
    }
)

__all__ = ["CHANNELS", "Later", "Parcel", "Refusal", "Unsure", "Way"]
