"""The guide names every fault; the generated reference names every endpoint."""

from pathlib import Path

from minxin.simulator.api.menus import WITH_ARTICLE, WITH_KEY, WITH_MEDIA
from minxin.simulator.api.routes import ABOUT_QUOTAS, WITH_APP_ID, WITH_TOKEN
from minxin.simulator.faults import KINDS
from minxin.wechat._messages import MESSAGES

DOCS = Path(__file__).parents[2] / "docs"


def test_every_fault_stands_in_the_guide() -> None:
    text = (DOCS / "how-to" / "use-the-simulator.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"| `{kind}` |" not in text] == []


def test_the_page_of_the_phone_names_every_button_and_message() -> None:
    text = (DOCS / "reference" / "phone.md").read_text(encoding="utf-8")
    buttons = {"click", "view", "miniprogram"} | WITH_KEY | WITH_MEDIA | WITH_ARTICLE
    assert sorted(kind for kind in buttons if f"| `{kind}` |" not in text) == []
    assert [kind for kind in MESSAGES if f"`{kind}`" not in text] == []


def test_every_endpoint_stands_in_the_reference() -> None:
    text = (DOCS / "reference" / "simulator.md").read_text(encoding="utf-8")
    entries = (*WITH_TOKEN, *ABOUT_QUOTAS, *WITH_APP_ID)
    assert [entry.path for entry in entries if f"| `{entry.path}` |" not in text] == []
