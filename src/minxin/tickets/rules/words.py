"""Days and deadlines as people say them."""

from datetime import date, time, timedelta


def day_words(day: date, today: date) -> str:
    """A day as people say it: 今天, 明天, 11月30日, 2027年1月4日."""
    if day == today:
        return "今天"
    if day == today + timedelta(days=1):
        return "明天"
    if day == today - timedelta(days=1):
        return "昨天"
    if day.year == today.year:
        return f"{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def deadline_words(days_left: int, is_past: bool) -> str:
    """How a deadline stands: 还剩 2 个工作日, 今天到期, 已超期 1 个工作日."""
    if is_past:
        return f"已超期 {max(-days_left, 1)} 个工作日"
    if days_left <= 0:
        return "今天到期"
    return f"还剩 {days_left} 个工作日"


def promise_words(due: date, today: date, is_provisional: bool, at: time | None = None) -> str:
    """A promise as it is said to the citizen: 12月1日前答复, 2027年1月4日前答复（暂定）; with a time where
    the limit is counted in hours: 今天 15:20前答复."""
    clock = f" {at:%H:%M}" if at else ""
    return f"{day_words(due, today)}{clock}前答复" + ("（暂定）" if is_provisional else "")
