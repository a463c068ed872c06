"""What can be done next, beside an answer: the service, the booking, the window, the number. Pure."""

import re
from dataclasses import dataclass

MOST_STEPS = 4
_LINE = re.compile(r"(?P<name>[^：:\s][^：:]{0,19})[：:]\s*(?P<what>\S.{0,299})")


@dataclass(frozen=True, slots=True)
class Step:
    """One of them: `name` leads to `link`, or stands before `words`."""

    name: str
    words: str = ""
    link: str = ""


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of an entry, one a line: `预约办理：https://…` or `办理地点：政务中心二楼`; what cannot be read is left out."""
    steps = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is not None:
            name, what = found["name"].strip(), found["what"].strip()
            is_link = what.startswith(("https://", "http://"))
            steps.append(Step(name, "" if is_link else what, what if is_link else ""))
    return tuple(steps[:MOST_STEPS])


def fault_of_steps(text: str) -> str:
    """The first line that cannot be read, or is one too many; empty when all can."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if _LINE.fullmatch(line) is None or (" " in line and "://" in line.replace("： ", "：")):
            return line[:40]
    return lines[MOST_STEPS][:40] if len(lines) > MOST_STEPS else ""
