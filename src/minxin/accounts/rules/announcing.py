"""The words of a unit's notice to the public, to be edited before it is taken. Pure, in Chinese.

Practice of published notices; no text is prescribed. What nobody said is left open, never made up.
"""

from datetime import date

OPEN_DAY = "　　年　月　日"  # full-width: no document folds them
OPEN_PLACE = "____________"


def day_words(on: date | None) -> str:
    """A day as documents write it; left open without one."""
    return f"{on.year}年{on.month}月{on.day}日" if on else OPEN_DAY


def stop_title(name: str) -> str:
    """停更公告."""
    return f"关于停止更新“{name}”账号的公告"


def stop_notice(
    *, name: str, platform: str, host: str, reason: str, successor: str, on: date | None
) -> str:
    """Why, since when, where people go; one paragraph a line."""
    because = f"因{reason.rstrip('。')}，" if reason else ""
    return "\n".join(
        (
            f"{because}{host}主办的{platform}账号“{name}”自{day_words(on)}起停止更新，"
            "随后按规定办理关停、注销手续。",
            f"此后的信息和服务，请通过{successor or OPEN_PLACE}获取。感谢您的关注和支持。",
            "特此公告。",
        )
    )


def host_title(name: str) -> str:
    """变更公告."""
    return f"关于变更“{name}”账号主办单位的公告"


def host_notice(
    *, name: str, platform: str, before: str, after: str, reason: str, on: date | None
) -> str:
    """From whom to whom, since when."""
    because = f"因{reason.rstrip('。')}，" if reason else ""
    return "\n".join(
        (
            f"{because}{platform}账号“{name}”的主办单位自{day_words(on)}起由{before}变更为{after}。",
            "特此公告。",
        )
    )
