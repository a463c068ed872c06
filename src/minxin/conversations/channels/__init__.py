"""The ways to a citizen, one file each. A way is added here and in `contents.Channel`."""

from minxin.conversations.channels import custom, mass, sms, subscription, template
from minxin.conversations.channels.way import Later, Post, Way
from minxin.conversations.contents import Channel

WAYS: dict[Channel, Way] = {
    Channel.CUSTOM: custom.WAY,
    Channel.TEMPLATE: template.WAY,
    Channel.SUBSCRIPTION: subscription.WAY,
    Channel.MASS: mass.WAY,
    Channel.SMS: sms.WAY,
}

__all__ = ["WAYS", "Later", "Post", "Way"]
