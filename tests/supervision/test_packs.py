"""Rule packs are data: shipped ones prove their own examples, new ones need no code, bad ones say why."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks

from minxin.accounts.models import Platform
from minxin.supervision import packs
from minxin.supervision.indicators import INDICATORS, failing_cases
from minxin.supervision.packs import BadPack, load
from minxin.supervision.rules.packs import Bound, Certainty, applicable, is_fallback
from minxin.supervision.rules.rulings import rule_of

SHIPPED = sorted(packs.SHIPPED.glob("*.toml"))
HERE = Bound("government", "active", "wechat", "990100")
DAY = date(2026, 11, 24)


@pytest.fixture
def own(tmp_path: Path, settings: LazySettings) -> Path:
    """This installation's folder of packs."""
    settings.MINXIN_HOME = tmp_path
    folder = tmp_path / packs.FOLDER
    folder.mkdir()
    return folder


def weekly(**changed: str) -> str:
    """A pack of 云溪's own, with lines replaced."""
    text = (packs.SHIPPED / "xunwu-weekly.toml").read_text().replace("360734", "9901")
    text = text.replace('id = "xunwu-weekly"', 'id = "yunxi-weekly"')
    for old, new in changed.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_examples_of_a_shipped_pack_come_out(path: Path) -> None:
    pack = load(path)
    assert pack.id == path.stem
    assert pack.cases
    assert list(failing_cases(pack)) == []


def test_every_indicator_has_a_pack() -> None:
    assert {load(path).indicator for path in SHIPPED} == {each.name for each in INDICATORS}


def test_only_the_14_days_are_told_as_the_nation_s_rule_of_updates() -> None:
    national = [p for p in packs.library().of("update.stale") if p.certainty is Certainty.NATIONAL]
    assert [(p.id, p.days, p.regions) for p in national] == [("national-update", 14, ())]
    for pack in packs.library().packs:
        assert (pack.certainty is Certainty.LOCAL) == bool(pack.regions), pack.id


def test_a_region_without_a_rule_of_its_own_falls_back_to_the_national_one() -> None:
    stale = packs.library().of("update.stale")
    found = applicable(stale, HERE, on=DAY)
    assert [pack.id for pack in found] == ["national-update"]
    assert is_fallback(found)
    gansu = applicable(stale, Bound("government", "active", "wechat", "620702"), on=DAY)
    assert [pack.id for pack in gansu] == ["gansu-weekly", "national-update"]
    assert not is_fallback(gansu)
    rule = rule_of(gansu)
    assert rule is not None
    assert [each.days for each in rule.limits] == [7, 14]
    assert [days for _level, days in rule.steps] == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("changed", "is_bound"),
    [
        ({"affiliation": "party"}, False),
        ({"status": "planned"}, False),
        ({"status": "closed"}, False),
        ({"status": "closing"}, True),
        ({"status": "suspended"}, True),
    ],
)
def test_whom_a_pack_binds(changed: dict[str, str], is_bound: bool) -> None:
    about = {"affiliation": "government", "status": "active", "platform": "wechat"} | changed
    found = applicable(packs.library().of("update.stale"), Bound(region_code="", **about), on=DAY)
    assert bool(found) == is_bound


def test_a_new_pack_holds_without_code_or_restart(own: Path) -> None:
    assert packs.library().named("yunxi-weekly") is None
    (own / "yunxi.toml").write_text(weekly())
    found = applicable(packs.library().of("update.stale"), HERE, on=DAY)
    assert [pack.id for pack in found] == ["yunxi-weekly", "national-update"]
    (own / "yunxi.toml").unlink()
    assert packs.library().named("yunxi-weekly") is None


def test_a_pack_of_the_same_id_takes_the_shipped_one_s_place(own: Path) -> None:
    text = (packs.SHIPPED / "proposed-zombie.toml").read_text()
    text = text.replace("days = 90", "days = 60").replace("90.0", "60.0").replace("89.0", "59.0")
    (own / "mine.toml").write_text(text)
    pack = packs.library().named("proposed-zombie")
    assert pack is not None
    assert pack.days == 60


def test_a_pack_holds_only_while_it_is_in_force(own: Path) -> None:
    lines = {'certainty = "local"': 'certainty = "local"\neffective_from = 2026-12-01'}
    (own / "yunxi.toml").write_text(weekly(**lines))
    stale = packs.library().of("update.stale")
    assert len(applicable(stale, HERE, on=DAY)) == 1
    assert len(applicable(stale, HERE, on=date(2026, 12, 1))) == 2


def test_whether_a_suspended_account_is_bound_is_the_pack_s_word(own: Path) -> None:
    (own / "yunxi.toml").write_text(
        weekly(**{"[limit]\ndays = 7": '[limit]\ndays = 7\nsuspended = "exempt"'})
    )
    suspended = Bound("government", "suspended", "wechat", "990100")
    found = applicable(packs.library().of("update.stale"), suspended, on=DAY)
    assert [pack.id for pack in found] == ["national-update"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[limit]\ndays = 7", "[limit]\ndays = 0", "1 到 3650"),
        ("[limit]\ndays = 7", "[limit]", "要在“[limit]”里写明 days"),
        ("red = 6", "red = 7", "逐级增加"),
        ("red = 6", "", "写齐四级"),
        ('binds = ["government"]', "binds = []", "约束哪些系统"),
        ('binds = ["government"]', 'binds = ["gov"]', "可以写"),
        ('regions = ["9901"]', "regions = []", "适用的区划代码"),
        ('regions = ["9901"]', 'regions = ["云溪"]', "数字"),
        ('certainty = "local"', 'certainty = "national"', "不能限定区划"),
        ('indicator = "update.stale"', 'indicator = "update.slow"', "不认识"),
        ('severity = "major"', 'severity = "fatal"', "不认识"),
        ("[source]", "[sauce]", "不认识的项目：sauce"),
        ('expect = "overdue"', 'expect = "red"', "应得“red”，实际得“overdue”"),
        ("silent_days = 7.0", "silent_days = 3.0", "应得“overdue”，实际得“notice”"),
        ("[[cases]]", "[[examples]]", "不认识的项目：examples"),
        ("[limit]", "[limit", "TOML"),
        ('version = "2022-08"', "version = 2022", "一段文字"),
        ('certainty = "local"', 'certainty = "local"\neffective_from = "今年"', "写成日期"),
    ],
)
def test_a_bad_pack_says_what_is_wrong_and_holds_nowhere(
    own: Path, old: str, new: str, says: str
) -> None:
    (own / "yunxi.toml").write_text(weekly(**{old: new}))
    library = packs.library()
    assert library.named("yunxi-weekly") is None
    assert library.named("national-update") is not None
    (fault,) = library.faults
    assert fault.file == "yunxi.toml"
    assert says in fault.message
    told = [each for each in run_checks() if each.id == "minxin.W002"]
    assert says in told[0].msg


def test_two_files_with_one_id_are_told(own: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (own / name).write_text(weekly())
    assert "重复" in packs.library().faults[0].message


def test_a_file_in_another_encoding_is_told(own: Path) -> None:
    (own / "yunxi.toml").write_bytes(weekly().encode("gb18030"))
    with pytest.raises(BadPack, match="UTF-8"):
        load(own / "yunxi.toml")


def test_a_pack_may_name_every_platform_of_the_register(own: Path) -> None:
    for platform in Platform.values:
        named = weekly(
            **{'binds = ["government"]': f'binds = ["government"]\nplatforms = ["{platform}"]'}
        )
        (own / f"{platform}.toml").write_text(
            named.replace('id = "', f'id = "{platform.replace("_", "-")}-')
        )
    library = packs.library()
    assert not library.faults
    assert {"xiaohongshu-yunxi-weekly", "baijiahao-yunxi-weekly"} <= {
        each.id for each in library.packs
    }
