"""Pictures with a ticket: hers, kept before she files, seen by who may, gone when she leaves."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from minxin.agencies.models import Staff
from minxin.citizens.models import Citizen
from minxin.core.errors import Refused
from minxin.tickets import actions
from minxin.tickets.models import Attachment, Ticket
from minxin.tickets.rules import MOST_PICTURES_WAITING
from tests.core.test_pictures import located, photo
from tests.portal.conftest import Browser
from tests.portal.test_tickets import WORDS, filed, text_of, token_of
from tests.support.city import APP_ID, City


def file(content: bytes | None = None, name: str = "家门口.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, located() if content is None else content, "image/jpeg")


def upload(phone: Browser, content: bytes | None = None) -> HttpResponse:
    return phone.post(f"/m/{APP_ID}/pictures/", {"picture": file(content)})  # type: ignore[return-value]


def uploaded(phone: Browser, content: bytes | None = None) -> str:
    answer = upload(phone, content)
    assert answer.status_code == 200, answer.content
    return answer.json()["code"]  # type: ignore[attr-defined, no-any-return]


def shown(phone: Browser, code: str) -> HttpResponse:
    return phone.get(f"/m/{APP_ID}/pictures/{code}")  # type: ignore[return-value]


def desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def test_a_picture_is_filed_and_seen_by_her_and_the_agency_alone(
    xiaolin: Browser, stranger: Browser, city: City
) -> None:
    xiaolin.read("tickets/new")
    code = uploaded(xiaolin)
    assert shown(xiaolin, code)["Content-Type"] == "image/jpeg"
    ticket = filed(xiaolin, pictures=code)
    kept = Attachment.objects.get()
    assert (kept.ticket, kept.citizen) == (ticket, city.xiaolin)
    with kept.file.open("rb") as written:
        assert b"SecretPhoneMaker" not in written.read()
    assert f"pictures/{code}" in text_of(xiaolin.read(f"tickets/{ticket.number}/"))
    mine = shown(xiaolin, code)
    assert mine["Cache-Control"] == "private, no-store"
    stranger.read("tickets/")
    assert shown(stranger, code).status_code == 404
    where = f"/console/tickets/{ticket.number}/pictures/{code}"
    seen = desk(city.wang).get(where)
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert desk(city.outsider).get(where).status_code == 404
    assert Client().get(where).status_code == 302
    page = desk(city.wang).get(f"/console/tickets/{ticket.number}/").content.decode()
    assert where in page


def test_one_code_is_of_one_ticket_and_one_citizen(
    xiaolin: Browser, stranger: Browser, city: City
) -> None:
    xiaolin.read("tickets/new")
    code = uploaded(xiaolin)
    token = token_of(text_of(stranger.read("tickets/new")))
    theirs = stranger.send("tickets/new", text=WORDS, token=token, pictures=code)
    assert theirs.status_code == 422
    assert "失效" in text_of(theirs)
    assert WORDS in text_of(theirs)
    assert not Ticket.objects.exists()
    ticket = filed(xiaolin, pictures=code)
    token = token_of(text_of(xiaolin.read("tickets/new")))
    again = xiaolin.send("tickets/new", text="另一件事：井盖松动", token=token, pictures=code)
    assert again.status_code == 422
    assert Attachment.objects.get().ticket == ticket


def test_the_same_form_twice_files_once_with_its_pictures(xiaolin: Browser) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    code = uploaded(xiaolin)
    form = {"text": WORDS, "token": token, "pictures": code}
    first, second = xiaolin.send("tickets/new", **form), xiaolin.send("tickets/new", **form)
    assert first["Location"] == second["Location"]
    assert Ticket.objects.get().attachments.count() == 1


def test_without_a_script_pictures_come_with_the_form_and_survive_its_errors(
    xiaolin: Browser,
) -> None:
    token = token_of(text_of(xiaolin.read("tickets/new")))
    answer = xiaolin.post(
        f"/m/{APP_ID}/tickets/new",
        {
            "text": "短",
            "token": token,
            "picture": [file(), file(b"%PDF-1.7", "合同.jpg"), file(photo((90, 60)))],
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "合同.jpg：这个文件不是图片" in page
    codes = " ".join(Attachment.objects.order_by("pk").values_list("code", flat=True))
    assert f'value="{codes}"' in page
    assert len(codes.split()) == 2
    assert xiaolin.send("tickets/new", text=WORDS, token=token, pictures=codes).status_code == 302
    assert Ticket.objects.get().attachments.count() == 2


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"", b"GIF89a" + bytes(9), b"<svg/>"])
def test_a_file_that_lies_is_told_apart_and_leaves_nothing(
    xiaolin: Browser, content: bytes
) -> None:
    xiaolin.read("tickets/new")
    answer = upload(xiaolin, content)
    assert answer.status_code == 422
    assert answer.json()["problem"]  # type: ignore[attr-defined]
    assert not Attachment.objects.exists()


def test_ten_are_refused_and_the_rest_of_the_form_stays(xiaolin: Browser) -> None:
    xiaolin.read("tickets/new")
    codes = [uploaded(xiaolin, photo((50 + n, 40))) for n in range(10)]
    token = token_of(text_of(xiaolin.read("tickets/new")))
    form = {"text": WORDS, "token": token}
    answer = xiaolin.send("tickets/new", **form, pictures=" ".join(codes))
    assert answer.status_code == 422
    assert "一次最多 9 张" in text_of(answer)
    assert WORDS in text_of(answer)
    assert xiaolin.send("tickets/new", **form, pictures=" ".join(codes[:9])).status_code == 302


def test_the_same_picture_twice_is_one(xiaolin: Browser) -> None:
    xiaolin.read("tickets/new")
    assert uploaded(xiaolin) == uploaded(xiaolin)
    assert Attachment.objects.count() == 1


def test_what_is_never_filed_is_limited_and_forgotten_after_a_day(
    xiaolin: Browser, city: City, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    xiaolin.read("tickets/new")
    code = uploaded(xiaolin)
    now = timezone.now()
    name = Attachment.objects.get().file.name
    Attachment.objects.bulk_create(
        Attachment(
            code=f"c{n}",
            citizen=city.xiaolin,
            sha256=f"{n}",
            bytes=1,
            width=1,
            height=1,
            added_at=now,
        )
        for n in range(MOST_PICTURES_WAITING - 1)
    )
    assert "太多" in upload(xiaolin, photo((70, 70))).json()["problem"]  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget_pictures(now=now + timedelta(hours=23))
    assert shown(xiaolin, code).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_pictures(now=now + timedelta(hours=25)) == MOST_PICTURES_WAITING
    assert not Attachment.objects.exists()
    assert not default_storage.exists(name)


def test_she_takes_one_away_and_nobody_else_can(
    xiaolin: Browser,
    stranger: Browser,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    xiaolin.read("tickets/new")
    code = uploaded(xiaolin)
    stranger.read("tickets/")
    stranger.post(f"/m/{APP_ID}/pictures/{code}/drop")
    assert Attachment.objects.count() == 1
    name = Attachment.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert xiaolin.post(f"/m/{APP_ID}/pictures/{code}/drop").status_code == 200
    assert not default_storage.exists(name)
    assert xiaolin.post(f"/m/{APP_ID}/pictures/{code}/drop").status_code == 200
    filed_code = uploaded(xiaolin)
    filed(xiaolin, pictures=filed_code)
    xiaolin.post(f"/m/{APP_ID}/pictures/{filed_code}/drop")
    assert Attachment.objects.get().code == filed_code


def test_when_she_leaves_her_pictures_go_and_staff_read_that(
    xiaolin: Browser, city: City, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    xiaolin.read("tickets/new")
    code = uploaded(xiaolin)
    ticket = filed(xiaolin, pictures=code)
    waiting = uploaded(xiaolin, photo((80, 60)))
    names = list(Attachment.objects.values_list("file", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        actions.unlink_citizen(city.xiaolin.key, now=timezone.now())
    kept = Attachment.objects.get()
    assert (kept.code, kept.citizen, bool(kept.file)) == (code, None, False)
    assert kept.removed_at
    assert not [name for name in names if default_storage.exists(name)]
    for each in (code, waiting):
        assert shown(xiaolin, each).status_code == 404
    where = f"/console/tickets/{ticket.number}/"
    assert desk(city.wang).get(f"{where}pictures/{code}").status_code == 404
    assert "图片已于" in desk(city.wang).get(where).content.decode()


def test_a_file_that_a_stopped_process_left_behind_is_removed_later(
    xiaolin: Browser, city: City, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    xiaolin.read("tickets/new")
    filed(xiaolin, pictures=uploaded(xiaolin))
    name = Attachment.objects.get().file.name
    actions.unlink_citizen(city.xiaolin.key, now=timezone.now())  # stopped before it let go
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_pictures(now=timezone.now()) == 1
    assert not default_storage.exists(name)


def test_a_row_that_cannot_be_written_leaves_no_file(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    before = _files()
    monkeypatch.setattr(Attachment, "save", refuse)
    with pytest.raises(RuntimeError):
        actions.keep_picture(photo((33, 33)), actor=city.xiaolin, now=timezone.now())
    assert _files() == before


def _files() -> set[str]:
    root = timezone.now().strftime("tickets/%Y/%m")
    return set(default_storage.listdir(root)[1]) if default_storage.exists(root) else set()


def test_who_only_follows_sees_no_picture(xiaolin: Browser, stranger: Browser, city: City) -> None:
    xiaolin.read("tickets/new")
    code = uploaded(xiaolin)
    ticket = filed(xiaolin, place="东桥路", pictures=code)
    stranger.read("tickets/")
    her = Citizen.objects.exclude(pk=city.xiaolin.pk).get()
    actions.follow(ticket, actor=her, now=timezone.now())
    assert code not in text_of(stranger.read(f"tickets/followed/{ticket.number}/"))
    assert shown(stranger, code).status_code == 404


def test_a_request_that_says_it_is_huge_is_not_read(xiaolin: Browser) -> None:
    xiaolin.read("tickets/new")
    answer = xiaolin.generic(
        "POST",
        f"/m/{APP_ID}/pictures/",
        b"--x--",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
    )
    assert answer.status_code == 400


def test_the_action_counts_for_itself(city: City) -> None:
    """Also who comes by another door joins at most nine."""
    with pytest.raises(Refused, match="9"):
        actions.file(
            text=WORDS, citizen=city.xiaolin, account=city.account, source="portal", key="k",
            pictures=[f"c{n}" for n in range(10)], actor=city.xiaolin, now=timezone.now(),
        )  # fmt: skip
    assert not Ticket.objects.exists()
