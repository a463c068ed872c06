"""Every call of WeChat's API that a government account needs, one function each, grouped by noun.

    client.call(calls.users.info("oABC"))        # -> users.User
    await async_client.call(calls.drafts.add([article]))

A function only describes the call (`Call`); the client sends it. Structs carry WeChat's own field
names, so that its documentation can be read beside them.
"""

from minxin.wechat.calls import (
    agents,
    analytics,
    codes,
    comments,
    drafts,
    mass,
    materials,
    media,
    menus,
    messages,
    platforms,
    publishing,
    quotas,
    recognition,
    subscriptions,
    tags,
    templates,
    users,
)

__all__ = [
    "agents", "analytics", "codes", "comments", "drafts", "mass", "materials", "media", "menus",
    "messages", "platforms", "publishing", "quotas", "recognition", "subscriptions", "tags",
    "templates", "users",
]  # fmt: skip
