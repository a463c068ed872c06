"""Through the doors: a citizen asks in WeChat, the city answers."""

import time

import httpx
import pytest

from tests.journeys.conftest import RunningCity, token

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]


def test_the_first_answer_takes_under_a_second(running: RunningCity) -> None:
    citizen = running.follow("初来")
    began = time.monotonic()
    assert "来源：" in citizen.say("身份证丢了怎么补")
    assert time.monotonic() - began < 1


def test_a_question_is_answered_with_its_source(running: RunningCity) -> None:
    citizen = running.follow("小林")
    assert any("云溪政务服务" in str(message.get("text")) for message in citizen.seen())
    said = citizen.say("公积金租房能提多少")
    assert "来源：《云溪市住房公积金业务指南》" in said
    assert f"/m/{running.app_id}/answers/" in said
    link = said.split('<a href="')[1].split('"')[0]
    page = httpx.get(link)
    assert page.status_code == 200
    assert "云金管〔2025〕7号" in page.text


def test_the_unknown_becomes_a_ticket_and_its_answer_arrives(running: RunningCity) -> None:
    citizen = running.follow("小林二")
    said = citizen.say("我家门口的自来水管漏了三天没人修")
    assert "来源：" not in said
    assert "哪里" in citizen.say("提交")
    assert "核对" in citizen.say("青禾路12号院")
    filed = citizen.say("确认")
    number = filed.split("编号 ")[1].split("。")[0]
    assert "承诺" in filed
    with running.staff("sunli") as console:
        page = console.get(f"/console/tickets/{number}/")
        assert "自来水管漏了三天" in page.text
        console.post(f"/console/tickets/{number}/", data={"act": "signed", **token(console)})
        answer = "已派抢修队更换水管，今天18点前恢复供水。"
        done = console.post(
            f"/console/tickets/{number}/",
            data={"act": "answer", "answer-text": answer, **token(console)},
        )
        assert "答复已发出" in done.text
    arrived = citizen.wait_for("更换水管")
    assert number in arrived
    assert "谢谢您告诉我们" in citizen.say("不满意")
    assert number in citizen.say("进度")


def test_an_expired_entry_is_not_given(running: RunningCity) -> None:
    citizen = running.follow("过时")
    said = citizen.say("申请居住证需要住满一年吗")
    assert "工本费 20 元" not in said
    assert "云公规〔2022〕8号" not in said
    assert "云公规〔2022〕8号" not in citizen.say("居住证要住多久才能办")


def test_staff_of_another_agency_see_nothing_and_change_nothing(running: RunningCity) -> None:
    citizen = running.follow("水务的事")
    number = citizen.file("小区自来水压力太低，五楼没有水")
    with running.staff("hejun") as outsider:
        assert outsider.get(f"/console/tickets/{number}/").status_code == 404
        assert number not in outsider.get("/console/tickets/").text
        data = {"act": "answer", "answer-text": "不归我管的答复", **token(outsider)}
        assert outsider.post(f"/console/tickets/{number}/", data=data).status_code == 404
        assert outsider.get("/console/tickets/XX-0000-0000/").status_code == 404
    assert "已派单" in citizen.say(number)
    assert not any("不归我管" in str(message) for message in citizen.seen())


def test_a_person_answers_and_hands_back(running: RunningCity) -> None:
    citizen = running.follow("要人工")
    assert "工作人员" in citizen.say("人工")
    with running.staff("wangfang") as console:
        people = console.get("/console/inbox/?view=waiting").text
        key = people.split('data-key="')[-1].split('"')[0]  # who has waited longest comes first
        console.post(f"/console/inbox/{key}/attend/", data=token(console))
        assert citizen.say("在吗") == ""
        sent = {"text": "您好，我是王芳，请说。", "token": "t1", **token(console)}
        console.post(f"/console/inbox/{key}/reply/", data=sent)
        citizen.wait_for("我是王芳")
        console.post(f"/console/inbox/{key}/hand-back/", data=token(console))
    assert "来源：" in citizen.say("身份证丢了怎么补")


def test_an_edit_is_answered_within_two_seconds(running: RunningCity) -> None:
    citizen = running.follow("等新答案")
    assert "来源：" not in citizen.say("云顶湖冬季冰场几点开放")
    with running.staff("zhoulin") as console:
        form = console.get("/console/knowledge/new/").text
        agency = form.split('name="agency"')[1].split('value="')[2].split('"')[0]
        entry = {
            "question": "云顶湖冬季冰场几点开放",
            "answer": "冰场开放时间为每天 9:00 至 21:00。",
            "source_title": "云顶湖冰场开放公告",
            "issuing_agency": "云溪市文化和旅游局",
            "status": "published",
            "agency": agency,
        }
        made = console.post("/console/knowledge/new/", data={**entry, **token(console)})
        assert "知识条目已建立" in made.text, made.text[:2000]
    time.sleep(2)
    assert "9:00 至 21:00" in citizen.say("云顶湖冬季冰场几点开放")


def test_a_wrong_password_is_told_and_locks_in_the_end(running: RunningCity) -> None:
    with httpx.Client(base_url=running.web, follow_redirects=True) as client:
        client.get("/console/sign-in/")
        for _ in range(5):
            form = {"login": "jiangping", "password": "wrong", **token(client)}
            answer = client.post("/console/sign-in/", data=form)
        assert "锁定" in answer.text
    assert running.process.poll() is None


def test_every_page_of_the_city_sends_a_strict_policy(running: RunningCity) -> None:
    for path in ("/", "/console/sign-in/", f"/m/{running.app_id}/", "/docs/", "/nothing-here"):
        policy = httpx.get(f"{running.web}{path}", follow_redirects=True).headers[
            "content-security-policy"
        ]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy, path


def test_what_the_simulator_refuses_waits_and_is_explained(running: RunningCity) -> None:
    citizen = running.follow("等送达")
    number = citizen.file("自来水表走得太快，想申请校表")
    fault = running.post(
        "/sim/faults",
        app_id=running.app_id,
        endpoint="/cgi-bin/message/custom/send",
        kind="error",
        times=1,
        args={"errcode": 45015},
    )
    with running.staff("sunli") as console:
        console.post(f"/console/tickets/{number}/", data={"act": "signed", **token(console)})
        data = {"act": "answer", "answer-text": "已约好明天上午上门校表。", **token(console)}
        console.post(f"/console/tickets/{number}/", data=data)
    until = time.monotonic() + 10
    with running.staff("wangfang") as console:
        while time.monotonic() < until:
            held = console.get("/console/outgoing/?status=held").text
            if "48 小时" in held:
                break
            time.sleep(0.3)
        assert "48 小时" in held
    assert fault["id"]
    citizen.say("在吗")
    citizen.wait_for("上门校表")


def test_the_city_shows_a_message_that_wechat_refused_and_what_to_do(running: RunningCity) -> None:
    with running.staff("wulei") as console:
        until = time.monotonic() + 20
        while "该市民关闭了接收消息" not in (
            page := console.get("/console/outgoing/", params={"status": "failed"}).text
        ):
            assert time.monotonic() < until, "the refused message is not in the list"
            time.sleep(0.3)
        link = page.split('data-href="')[1].split('"')[0]
        one = console.get(link).text
        assert "48002" in one
        assert "请通过其他方式联系" in one
        held = console.get("/console/outgoing/", params={"status": "held"}).text
        assert "超过48小时" in held
