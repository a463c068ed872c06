"""How the simulator says no: WeChat's errcode on WeChat's paths, a sentence on its own."""

from minxin.simulator import random_ids
from minxin.wechat import explain

# The newer text of a code, longer than the library's.
_MESSAGES = {
    40001: "invalid credential, access_token is invalid or not latest, could get access_token by "
    "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
}


class Refused(Exception):
    """An errcode of WeChat's. HTTP says 200 all the same."""

    def __init__(self, code: int, message: str = "", **more: object) -> None:
        self.code = code
        self.message = message or _MESSAGES.get(code) or explain(code).message or "error"
        self.more = more
        self.rid = random_ids.request_id()
        super().__init__(f"{code} {self.message}")

    def as_json(self) -> dict[str, object]:
        text = f"{self.message} rid: {self.rid}"
        return {"errcode": self.code, "errmsg": text, **self.more}


class ControlError(Exception):
    """A call of the control API that is not carried out: a status and a clear sentence.

    400: not what the document describes; 404: there is no such thing; 409: well-formed, and still
    not possible (as things are, or because two fields do not go together).
    """

    def __init__(self, sentence: str, status: int = 409, **more: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.more = more
