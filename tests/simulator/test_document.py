"""The guide names what there is."""

from pathlib import Path

from minxin.simulator.api.routes import WITH_APP_ID, WITH_TOKEN
from minxin.simulator.faults import KINDS

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "use-the-simulator.md"


def test_every_fault_and_every_endpoint_stands_in_the_guide() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"| `{kind}` |" not in text] == []
    # `menu/create|get|delete` names three: the last word of each path is what must be there.
    last_words = {path.rsplit("/", 1)[-1] for path, _, _ in (*WITH_TOKEN, *WITH_APP_ID)}
    assert [word for word in sorted(last_words) if word not in text] == []
