"""What is read before the first visitor."""

from pathlib import Path

import pytest
from django.template import engines
from django.template.loaders import cached

from minxin.site import warming


def test_every_template_of_ours_is_read_and_kept() -> None:
    ours = Path(warming.__file__).parent.parent
    on_disk = {file.name for file in ours.glob("*/templates/**/*.html")}
    count = warming.warm()
    assert count >= len(on_disk) > 200
    loader = engines["django"].engine.template_loaders[0]  # type: ignore[attr-defined]
    assert isinstance(loader, cached.Loader)
    assert sum(hasattr(kept, "nodelist") for kept in loader.get_template_cache.values()) >= len(
        on_disk
    )


def test_a_broken_template_does_not_keep_the_city_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "broken.html").write_text("{% nothing %}")
    engine = engines["django"]
    monkeypatch.setattr(warming, "OURS", tmp_path)
    monkeypatch.setattr(type(engine), "template_dirs", property(lambda _: (folder,)))
    assert warming.warm() == 0
    assert "broken.html" in caplog.text
