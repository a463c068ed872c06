"""WeChat's error codes: what it says, what that means, what to do."""

import re
from dataclasses import dataclass

from minxin.wechat._error_common import COMMON
from minxin.wechat._error_families import FAMILIES
from minxin.wechat._error_words import UNCONFIRMED, Entry, Party

EXPIRED = frozenset({40001, 40014, 42001})
TRANSIENT = frozenset({-1, 45009, 45011})
ERRORS: dict[int, Entry] = COMMON | FAMILIES
_RID = re.compile(r"\brid:\s*([0-9a-f]+-[0-9a-f]+-[0-9a-f]+)")


class WeChatError(Exception):
    """WeChat answered with an errcode. Carries no secret and no token."""

    def __init__(self, code: int, message: str, rid: str | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.rid = rid

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed later without anything being changed."""
        return self.code in TRANSIENT


class WeChatUnreachable(Exception):
    """No usable answer: refused, timed out, or not JSON. The call may or may not have taken effect
    when `may_have_happened` is true."""

    def __init__(self, reason: str, *, may_have_happened: bool) -> None:
        super().__init__(reason)
        self.may_have_happened = may_have_happened


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code in words: `message` is WeChat's own; `meaning`, `party` and `remedy` tell staff in
    Chinese what happened, at whose end it lies and what to do."""

    code: int
    message: str
    meaning: str
    party: Party
    remedy: str

    @property
    def is_confirmed(self) -> bool:
        """Whether a source says so; if not, the meaning says that itself."""
        return UNCONFIRMED not in self.meaning


def split_rid(text: str) -> tuple[str, str | None]:
    """An errmsg without its trailing `rid: …`, and the rid."""
    found = _RID.search(text)
    if found is None:
        return text.strip(), None
    return text[: found.start()].strip().rstrip(","), found.group(1)


def explain(code: int, said: str = "") -> Explanation:
    """What an error code means; of an unknown one its number and what WeChat `said`."""
    known = ERRORS.get(code)
    if known is not None:
        return Explanation(code, *known)
    words = f"：{said.strip().rstrip('。.')}" if said.strip() else ""
    return Explanation(
        code,
        said,
        f"微信返回了错误码 {code}{words}。",
        Party.UNKNOWN,
        "请在微信开发者平台查询该错误码，或联系技术人员。",
    )
