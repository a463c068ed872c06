"""刘伟 sets when the police work, and sees where hours come from."""

from datetime import date, timedelta

from django.utils import timezone

from minxin.agencies.actions import add_staff, keep_hours, set_calendar_day
from minxin.agencies.models import CalendarDay, WorkingHours
from minxin.agencies.rules import Role
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City

WINTER = [["08:30", "12:00"], ["13:30", "17:30"]]


def test_hours_are_set_inherited_and_taken_back(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    address = f"/console/calendar/hours/{city.police.pk}/"
    since = timezone.localdate() + timedelta(days=30)
    typed = {
        "since": since.isoformat(), "morning_opens": "08:30", "morning_closes": "12:00",
        "afternoon_opens": "13:30", "afternoon_closes": "17:30", "others": "周五 8:30-12:00",
        "note": "冬季",
    }  # fmt: skip
    answer = desk.post(address, typed, follow=True)
    assert "办公时间已保存" in answer.content.decode()
    row = WorkingHours.objects.get()
    assert (row.agency, row.since, row.week[0], row.week[4]) == (
        city.police, since, WINTER, [["08:30", "12:00"]]
    )  # fmt: skip
    page = desk.get(address).content.decode()
    assert "周一至周四 08:30—12:00、13:30—17:30；周五 08:30—12:00</p>" in page
    assert "尚未执行" in page
    desk.post(address, {"act": "remove", "row": row.pk})
    assert not WorkingHours.objects.exists()


def test_the_list_says_whose_hours_they_are(at_desk: SignIn, city: City) -> None:
    keep_hours(date(2026, 1, 1), [WINTER] * 7, agency=city.police, actor=SETUP, now=timezone.now())
    page = at_desk(city.administrator).get("/console/calendar/hours/").content.decode()
    assert "沿用云溪市公安局的" in page
    assert "本单位设定" in page
    assert "系统默认（没有设定）" in page


def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    address = f"/console/calendar/hours/{city.police.pk}/"
    typed = {
        "since": "2026-12-01", "morning_opens": "08:30", "morning_closes": "12:00",
        "afternoon_opens": "13:30", "others": "礼拜五早上不上班", "note": "冬季",
    }  # fmt: skip
    answer = desk.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("没有看懂“礼拜五早上不上班”", 'value="13:30"', "冬季"):
        assert words in page, words
    backwards = typed | {"others": "", "afternoon_closes": "13:00"}
    assert "下班要晚于上班" in desk.post(address, backwards).content.decode()
    assert not WorkingHours.objects.exists()


def test_a_half_day_of_one_agency_is_entered_and_cancelled(at_desk: SignIn, city: City) -> None:
    desk = at_desk(city.administrator)
    typed = {"on": "2036-02-04", "is_working": "half", "agency": city.police.pk, "note": "除夕前"}
    assert desk.post("/console/calendar/new/", typed).status_code == 302
    day = CalendarDay.objects.get()
    assert (day.is_working, day.is_half, day.agency) == (True, True, city.police)
    page = desk.get("/console/calendar/").content.decode()
    assert "只上午上班" in page
    assert "放假安排已知到" in page
    assert desk.post(f"/console/calendar/days/{day.pk}/", {"act": "clear"}).status_code == 302
    assert not CalendarDay.objects.exists()


def test_who_keeps_a_branch_sees_no_other_branch_s_days(at_desk: SignIn, city: City) -> None:
    set_calendar_day(date(2036, 2, 4), is_working=False, note="水务停工", agency=city.water,
                     actor=SETUP, now=timezone.now())  # fmt: skip
    keeper = add_staff(username="policeadmin", name="钱进", agency=city.police, role=Role.ADMINISTRATOR,
                       password=PASSWORD, must_change_password=False, actor=SETUP,
                       now=timezone.now())  # fmt: skip
    page = at_desk(keeper).get("/console/calendar/").content.decode()
    assert "没有调整" in page
    assert "水务停工" not in page
    assert at_desk(keeper).get(f"/console/calendar/hours/{city.water.pk}/").status_code == 404
    assert at_desk(keeper).get("/console/calendar/hours/everybody/").status_code == 404
