"""An editor finds what the city says, says otherwise, hears of its change, and settles it; the city sees her words."""

from datetime import datetime

from minxin.agencies import actions as agencies
from minxin.agencies.models import Staff
from minxin.agencies.rules import Role
from minxin.knowledge.models import Entry, UpperReview
from tests.console.conftest import SignIn
from tests.support.city import PASSWORD, SETUP, City
from tests.support.entries import entry


def test_it_is_narrowed_seen_from_above_and_looked_at_again(
    city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    above = entry(city.root, "怎样领取育儿补贴", "全市：一次500元。", now=now)
    desk = at_desk(editor)
    listed = desk.get("/console/inherited/").content.decode()
    assert "怎样领取育儿补贴" in listed
    assert "沿用" in listed
    page = desk.get(f"/console/inherited/{above.pk}/").content.decode()
    assert f"?upper={above.pk}&amp;as=instead" in page
    address = f"/console/knowledge/new/?upper={above.pk}&as=instead"
    form = desk.get(address)
    assert "全市：一次500元。" in form.content.decode()
    given = {
        "question": "怎样领取育儿补贴", "answer": "公安：一次800元。", "narrowing": "instead", "agency": city.police.pk,
        "status": "published", "source_title": "公安细则", "issuing_agency": "市公安局",
    }  # fmt: skip
    wrong = desk.post(address, given | {"narrowing": ""})
    assert wrong.status_code == 422
    assert "公安：一次800元。" in wrong.content.decode()
    assert desk.post(address, given).status_code == 302
    mine = Entry.objects.get(agency=city.police, overrides=above)
    assert "本地口径" in desk.get("/console/inherited/").content.decode()
    assert "全市：一次500元。" in desk.get(f"/console/knowledge/{mine.pk}/").content.decode()

    chief = agencies.add_staff(
        username="chief", name="总编", agency=city.root, role=Role.EDITOR, password=PASSWORD,
        must_change_password=False, actor=SETUP, now=now,
    )  # fmt: skip
    office = at_desk(chief)
    seen = office.get(f"/console/knowledge/{above.pk}/").content.decode()
    assert "下级另作的补充和口径" in seen
    assert "公安：一次800元。" in seen
    changed = {
        "question": above.question, "answer": "全市：一次600元。", "agency": city.root.pk, "status": "published",
        "source_title": above.source_title, "issuing_agency": above.issuing_agency, "is_binding": "on",
    }  # fmt: skip
    assert office.post(f"/console/knowledge/{above.pk}/", changed).status_code == 302

    assert "上级口径有变动" in desk.get("/console/").content.decode()
    review = UpperReview.objects.get()
    told = desk.get(f"/console/upper/{review.pk}/").content.decode()
    assert "全市：一次500元。" in told
    assert "全市：一次600元。" in told
    refused = desk.post(f"/console/upper/{review.pk}/", {"outcome": "right", "note": "还是对的"})
    assert refused.status_code == 422
    assert "还是对的" in refused.content.decode()
    settled = desk.post(f"/console/upper/{review.pk}/", {"outcome": "withdrawn", "note": "已统一"})
    assert settled.status_code == 302
    mine.refresh_from_db()
    assert mine.status == "retired"
    assert "写本地口径" not in desk.get(f"/console/inherited/{above.pk}/").content.decode()
    assert desk.get(address).status_code in (200, 404)
    assert desk.post(address, given).status_code == 422


def test_an_outsider_inherits_nothing_of_a_sibling(
    city: City, editor: Staff, at_desk: SignIn, now: datetime
) -> None:
    other = entry(city.water, "水费怎么交", now=now)
    desk = at_desk(editor)
    assert desk.get(f"/console/inherited/{other.pk}/").status_code == 404
    assert desk.get(f"/console/knowledge/new/?upper={other.pk}").status_code == 404
