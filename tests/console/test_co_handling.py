"""王芳 asks the water bureau for its part; 陈静 reads what she needs while it is hers, and answers."""

from minxin.tickets.models import CoTask, Ticket
from tests.console.conftest import SignIn, Work
from tests.support.city import City


def test_asked_answered_and_seen_beside_the_reply(city: City, work: Work, at_desk: SignIn) -> None:
    main, other = at_desk(city.wang), at_desk(city.outsider)
    address = f"/console/tickets/{work.ticket.number}/"
    main.post(address, {"act": "accept"})
    form = "co_handled"
    sent = {
        "act": form, f"{form}-agency": city.water.pk, f"{form}-asked": "", f"{form}-working_days": "1",
    }  # fmt: skip
    assert main.post(address, sent).status_code == 422
    assert main.post(address, {**sent, f"{form}-asked": "请查水管"}).url == address
    task = CoTask.objects.get()
    one = f"/console/co-tasks/{task.pk}/"
    assert work.ticket.number in other.get("/console/co-tasks/").content.decode()
    page = other.get(one).content.decode()
    assert "请查水管" in page
    assert "东桥路口的路灯坏了三天" in page
    for hidden in (city.xiaolin.pk, "市民</h2>"):
        assert hidden not in page
    assert other.get(address).status_code == 404
    assert main.get(one).status_code == 404
    refused = main.post(address, {"act": "answer", "answer-text": "路灯已经修好，今晚亮灯。"})
    assert refused.status_code == 422
    assert "协办单位还没有反馈" in refused.content.decode()
    assert other.post(one, {"act": "co_signed"}).url == one
    assert other.post(one, {"act": "co_answered", "answer-words": ""}).status_code == 422
    assert other.post(one, {"act": "co_answered", "answer-words": "水管没有问题"}).url == one
    assert "水管没有问题" in main.get(address).content.decode()
    after = other.get(one).content.decode()
    assert "东桥路口的路灯坏了三天" not in after
    assert "水管没有问题" in after
    main.post(address, {"act": "answer", "answer-text": "路灯已经修好，今晚亮灯。"})
    assert Ticket.objects.get().status == "answered"


def test_taken_back_by_the_main_unit(city: City, work: Work, at_desk: SignIn) -> None:
    main, other = at_desk(city.wang), at_desk(city.outsider)
    address = f"/console/tickets/{work.ticket.number}/"
    main.post(address, {"act": "accept"})
    form = "co_handled"
    main.post(
        address,
        {
            "act": form, f"{form}-agency": city.water.pk, f"{form}-asked": "请查水管",
            f"{form}-working_days": "1",
        },
    )  # fmt: skip
    task = CoTask.objects.get()
    form = "co_recalled"
    main.post(address, {"act": form, f"{form}-task": task.pk, f"{form}-words": "已经查明"})
    task.refresh_from_db()
    assert task.status == "recalled"
    late = other.post(
        f"/console/co-tasks/{task.pk}/", {"act": "co_answered", "answer-words": "水管没有问题"}
    )
    assert late.status_code == 422
    assert "水管没有问题" in late.content.decode()  # nothing typed is lost
