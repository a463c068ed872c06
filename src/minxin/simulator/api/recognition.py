"""Reading pictures and voices: the answer is what a test put in with `POST /sim/recognitions`."""

from typing import Any

from starlette.datastructures import UploadFile

from minxin.simulator.api.calls import OK, Call
from minxin.simulator.database import from_json
from minxin.simulator.refusals import Refused

PAPERS = (
    "idcard", "bizlicense", "driving", "drivinglicense", "bankcard", "platenum", "comm",
)  # fmt: skip
PICTURES = ("qrcode", "aicrop")
KINDS = (*PAPERS, *PICTURES, "voice")
QUERY_WITHIN = 10.0


def recognise(kind: str) -> Any:
    """The endpoint for one kind of picture."""

    async def endpoint(call: Call) -> dict[str, Any]:
        if not call.query("img_url"):
            form = await call.form()
            file = form.get("img")
            if not isinstance(file, UploadFile) or not await file.read(1):
                raise Refused(41005)
        return {**OK, **_answer(call, kind)}

    endpoint.__doc__ = f"What the test put in for {kind}; 101001 when it put in nothing."
    return endpoint


async def add_voice(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/media/voice/addvoicetorecofortext: a voice by its own id, asked for within 10 s."""
    voice_id = call.query("voice_id")
    if not voice_id:
        raise Refused(40097)
    form = await call.form()
    files = [one for one in form.values() if isinstance(one, UploadFile)]
    if not files and not call.body:
        raise Refused(41005)
    call.world.database.run(
        "INSERT OR REPLACE INTO voices (app_id, voice_id, added_at) VALUES (?, ?, ?)",
        call.account.app_id, voice_id, call.world.clock.now(),
    )  # fmt: skip
    return OK


async def voice_as_text(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/media/voice/queryrecoresultfortext: the words, within ten seconds of adding."""
    row = call.world.database.one(
        "SELECT added_at FROM voices WHERE app_id = ? AND voice_id = ?",
        call.account.app_id, call.query("voice_id"),
    )  # fmt: skip
    if row is None or call.world.clock.now() - row["added_at"] > QUERY_WITHIN:
        raise Refused(40007)
    return {**OK, "result": str(_answer(call, "voice").get("result", ""))}


def _answer(call: Call, kind: str) -> dict[str, Any]:
    row = call.world.database.one(
        "SELECT answer FROM recognitions WHERE app_id = ? AND kind = ?", call.account.app_id, kind
    )
    if row is None:
        raise Refused(101001)
    found: dict[str, Any] = from_json(row["answer"])
    return found
