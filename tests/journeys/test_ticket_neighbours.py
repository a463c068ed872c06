"""A citizen about to file finds that others reported it already and waits with them; one answer for many; and
what only a few may know."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import PASSWORD, RunningCity
from tests.journeys.office import Desk, chromium
from tests.journeys.phones import SOON, Phone, wait_until_indexed
from tests.support.browsing import MARKS

pytestmark = [*MARKS, pytest.mark.xdist_group("journeys")]

PLACE = "翠湖路与学院路口"
FIRST = "翠湖路学院路口的路灯坏了三盏，晚上一片漆黑，骑车看不见路面的坑"
OTHERS = (
    "翠湖路学院路口的路灯坏了，晚上一片漆黑，骑车看不见路",
    "学院路口的路灯坏了三盏，晚上一片漆黑，走路看不见路面",
    "翠湖路学院路口路灯坏了三盏，晚上一片漆黑看不见路面的坑",
)
ANSWER = "三盏路灯的控制箱进水，检修人员今天下午已更换，晚上全部亮灯。路灯抢修电话 0999-5551201。"
RESTORED = "北湖新村加压泵已更换，今天 18:00 全部恢复供水。抢修电话 0999-5551401。"
SECRET = "公司让我们签空白劳动合同，不签就辞退，请一定不要让公司知道是我说的"


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def _desk(browser: Browser, city: RunningCity, login: str) -> Desk:
    desk = Desk(browser, city, login)
    desk.open()
    desk.sign_in(PASSWORD)
    return desk


def test_she_follows_instead_of_filing(running: RunningCity, browser: Browser) -> None:
    first = Phone(browser, running, "路灯下的小何")
    first.fill(FIRST, PLACE)
    first.send()
    number = first.filed()
    first.sees("云溪市城市管理局")  # a rule of the city decided at once
    wait_until_indexed(running, number)
    followers = [Phone(browser, running, f"也摸黑的{name}") for name in ("阿英", "阿云", "阿桂")]
    for phone, words in zip(followers, OTHERS, strict=True):
        phone.fill(words, PLACE)
        phone.send()
        phone.sees("已经有人反映，是同一件事吗")
        assert "骑车看不见路面的坑" not in phone.page.inner_text(
            "main"
        )  # another's words are not told
        phone.look("70-neighbours")
        phone.send("我也遇到了")
        phone.sees("已关注，不用再提交。")
        phone.sees("翠湖路与学院路口")
    filed = running.run(
        "from minxin.tickets.models import Ticket, Follower\n"
        f"lead = Ticket.objects.get(number={number!r})\n"
        "print(Follower.objects.filter(ticket=lead).count(), "
        f"Ticket.objects.filter(place={PLACE!r}).exclude(status='withdrawn').count())"
    )
    assert filed == "3 1"
    desk = _desk(browser, running, "hejun")
    desk.open("tickets/?state=hot")
    expect(desk.page.locator("tbody tr", has_text=number)).to_have_count(1)
    desk.look("71-hot")
    desk.open(f"tickets/{number}/")
    desk.sees("另有 3 位市民在等这件事")
    desk.act("signed")
    desk.act("answer", text=ANSWER)
    desk.sees("答复已发出")
    for phone in (first, *followers):
        phone.hears("控制箱进水")
    followers[0].open(f"tickets/followed/{number}/")
    followers[0].sees("控制箱进水")
    followers[0].look("72-followed")
    followers[1].open(f"tickets/{number}/")  # hers to follow, not to read
    expect(followers[1].page.get_by_text("翠湖路学院路口的路灯坏了三盏")).to_have_count(0)
    for each in (desk, first, *followers):
        assert [one for one in each.faults() if "404" not in one] == []


def test_one_answer_for_many(running: RunningCity, browser: Browser) -> None:
    citizens = [running.follow(f"没有水的{name}") for name in ("一家", "二家", "三家")]
    numbers = [
        each.file(f"北湖新村{at}号楼停水两天了，做不了饭", "北湖新村")
        for at, each in enumerate(citizens, start=1)
    ]
    desk = _desk(browser, running, "sunli")
    desk.open("tickets/?q=北湖新村")
    for number in numbers:
        expect(desk.page.locator("tbody tr", has_text=number)).to_have_count(1)
    desk.go("批量答复")
    desk.page.get_by_role("textbox", name="答复").fill(RESTORED)
    desk.button("预览")
    desk.sees("每位市民会看到的消息")
    desk.look("75-batch")
    desk.button("发送给 3 件工单")
    desk.sees("已开始")
    for citizen, number in zip(citizens, numbers, strict=True):
        assert number in citizen.wait_for("加压泵已更换", 40)
    desk.open(f"tickets/{numbers[0]}/")
    desk.sees("已答复")
    assert desk.faults() == []


def test_what_she_asks_to_keep_is_kept(running: RunningCity, browser: Browser) -> None:
    """Confidential by her own choice: who handles it knows it, and who dispatched it; nobody above or beside."""
    phone = Phone(browser, running, "怕被知道的小秋")
    phone.fill(SECRET, "高新园B座", pictures=1)
    phone.page.get_by_text("匿名或保密（选填）").click()
    phone.page.check("#id_is_confidential")
    phone.send()
    number = phone.filed()
    phone.sees("保密：只有承办单位和指定的人能看内容。")
    wang = _desk(browser, running, "wangfang")
    wang.open(f"tickets/{number}/")
    wang.act("assign", agency="云溪市社会保险事业中心")
    wang.sees("已交办")
    xuyan = _desk(browser, running, "xuyan")
    xuyan.open(f"tickets/{number}/")
    xuyan.sees("签空白劳动合同")
    xuyan.sees("这件工单保密")
    assert "怕被知道的小秋" not in xuyan.page.inner_text("main")
    xuyan.act("signed")
    xuyan.cannot("co_handled")  # nobody else is asked
    xuyan.look("76-confidential")
    for login in ("huangwei", "hejun", "sujing"):
        other = _desk(browser, running, login)
        other.open(f"tickets/{number}/")
        expect(other.page.get_by_text("签空白劳动合同")).to_have_count(0)
        other.open(f"tickets/?q={number}")
        expect(other.page.locator("tbody tr", has_text=number)).to_have_count(0)
    xuyan.act(
        "answer", text="已约谈公司负责人，空白合同当场作废，三天内重新签订。咨询电话 0999-5550202。"
    )
    xuyan.sees("答复已发出")
    phone.open(f"tickets/{number}/")
    phone.sees("空白合同当场作废")
    seen = " ".join(str(each) for each in phone.citizen.seen())
    assert "空白劳动合同" not in seen  # what WeChat shows to whoever holds her phone
    assert phone.faults() == xuyan.faults() == []
    expect(phone.page.locator("ul.pictures img")).to_have_count(1, timeout=SOON)
