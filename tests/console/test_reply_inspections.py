"""An inspection of replies, as three supervisors work it at their desks."""

from datetime import datetime

import pytest
from django.utils import timezone

from minxin.agencies.actions import add_staff
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.tickets import actions
from minxin.tickets.models import ReplyInspection
from tests.console.conftest import SignIn, Work
from tests.support.city import PASSWORD, SETUP, City

ANSWER = "经现场核查，路灯已于11月23日修复。"


@pytest.fixture
def supervisors(city: City, work: Work, now: datetime) -> list[Staff]:
    actions.accept(work.ticket, actor=city.wang, now=now)
    actions.answer(work.ticket, ANSWER, link="http://x", actor=city.wang, now=now)
    return [
        add_staff(
            username=username, name=name, agency=city.root, role=Role.SUPERVISOR,
            password=PASSWORD, must_change_password=False, actor=SETUP, now=now,
        )
        for username, name in (("huangwei", "黄薇"), ("gaojie", "高洁"), ("qinlan", "秦岚"))
    ]  # fmt: skip


def test_drawn_judged_apart_settled_and_concluded(
    city: City, supervisors: list[Staff], at_desk: SignIn
) -> None:
    opener, first, second = supervisors
    desk, day = at_desk(opener), timezone.localdate().isoformat()
    form = {
        "agency": city.root.pk, "period_from": day, "period_until": day, "aql": "4.0",
        "level": "II", "first_judge": first.pk, "second_judge": first.pk,
    }  # fmt: skip
    refused = desk.post("/console/reply-inspections/new/", form)
    assert refused.status_code == 422
    assert "两位不同的判定人" in refused.content.decode()
    one = desk.post("/console/reply-inspections/new/", {**form, "second_judge": second.pk}).url
    made = ReplyInspection.objects.get()
    judging = f"{one}judge/"
    page = at_desk(first).get(judging).content.decode()
    assert ANSWER in page
    assert "分</" not in page  # nothing of the machine's score
    row = made.replies.get()
    empty = at_desk(second).post(judging, {"reply": row.pk, "verdict": "bad"})
    assert empty.status_code == 422
    bad = {"reply": row.pk, "verdict": "bad", "faults": ["basis"], "words": "没有写依据"}
    assert at_desk(second).post(judging, bad).status_code == 302
    assert "没有写依据" not in desk.get(one).content.decode()  # blind until both have judged
    assert "抽查还没有结束" in desk.get(f"{one}results/").content.decode()
    assert at_desk(first).post(judging, {"reply": row.pk, "verdict": "good"}).status_code == 302
    page = desk.get(one).content.decode()
    assert "没有写依据" in page
    settled = {"act": f"settle-{row.pk}", f"s{row.pk}-verdict": "good", f"s{row.pk}-reason": ""}
    assert desk.post(one, settled).status_code == 422
    assert desk.post(one, {**settled, f"s{row.pk}-reason": "咨询件不需要依据"}).url == one
    done = {"act": "conclude", "conclude-reason": "总体符合要求"}
    assert desk.post(one, done).url == one
    made.refresh_from_db()
    assert (made.status, made.faulty) == ("accepted", 0)
    sheet = desk.get(f"{one}results/?export=csv")
    text = b"".join(sheet.streaming_content).decode()  # type: ignore[attr-defined]
    assert "咨询件不需要依据" in text


def test_agents_and_administrators_see_no_inspections(
    city: City, supervisors: list[Staff], at_desk: SignIn
) -> None:
    for person in (city.wang, city.administrator):
        assert at_desk(person).get("/console/reply-inspections/").status_code == 404
