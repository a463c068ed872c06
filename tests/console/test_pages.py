"""Every page of the console renders, in Chinese and in English, and carries nothing inline."""

import re

import pytest

from minxin.agencies.models import AuditEntry, Staff
from tests.console.conftest import SignIn, Work
from tests.support.city import City


def _pages(city: City, work: Work) -> list[tuple[str, str]]:
    """Who opens what."""
    account = f"accounts/{city.account.pk}/"
    return [
        *(("wang", path) for path in ("", "tickets/", "inbox/", "knowledge/", "outgoing/")),
        ("wang", "password/"),
        ("wang", "totp/"),
        ("wang", f"tickets/{work.ticket.number}/"),
        ("wang", f"inbox/{work.dialogue.pk}/"),
        ("wang", "inbox/people/?view=waiting"),
        ("wang", f"inbox/{work.dialogue.pk}/thread/"),
        ("wang", f"knowledge/{work.entry.pk}/"),
        ("zhao", f"unanswered/{work.unanswered.pk}/"),
        ("editor", ""),
        ("editor", "knowledge/new/"),
        ("editor", "knowledge/import/"),
        ("editor", "knowledge/imports/"),
        ("editor", f"knowledge/{work.entry.pk}/"),
        ("editor", f"unanswered/{work.unanswered.pk}/"),
        ("operator", ""),
        ("operator", "accounts/new/"),
        ("operator", "accounts/filings/"),
        ("operator", f"{account}filings/change/"),
        ("operator", f"{account}filings/close/"),
        *(
            ("operator", account + path)
            for path in ("", "edit/", "credentials/", "greetings/", "menu/")
        ),
        ("operator", f"outgoing/{work.outgoing.pk}/"),
        *(
            ("operator", f"duties/{path}")
            for path in ("", "relay/", "opinion/new/", "requests/new/")
        ),
        ("administrator", ""),
        *(("administrator", path) for path in ("staff/", "staff/new/", "calendar/", "presets/")),
        *(("administrator", path) for path in ("calendar/new/", "agencies/", "agencies/new/")),
        ("administrator", f"staff/{city.wang.pk}/"),
        ("administrator", f"agencies/{city.police.pk}/"),
        ("auditor", ""),
        ("auditor", "audit/"),
        ("auditor", f"audit/{AuditEntry.objects.latest('pk').pk}/"),
        ("auditor", f"agencies/{city.police.pk}/"),
        ("auditor", f"staff/{city.wang.pk}/"),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders(
    city: City, work: Work, editor: Staff, at_desk: SignIn, language: str
) -> None:
    for who, path in _pages(city, work):
        desk = at_desk(editor if who == "editor" else getattr(city, who))
        desk.post("/console/language/", {"language": language, "next": "/console/"})
        answer = desk.get(f"/console/{path}")
        assert answer.status_code == 200, (who, path)
        page = answer.content.decode()
        if "<html" in page:
            assert f'<html lang="{language}"' in page
            assert ("Sign out" in page) is (language == "en"), (who, path)
        assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", page), (who, path)


def test_the_navigation_in_english(city: City, at_desk: SignIn) -> None:
    desk = at_desk(city.wang)
    desk.post("/console/language/", {"language": "en", "next": "/console/tickets/"})
    side = desk.get("/console/").content.decode().split("</nav>")[0].split("<nav")[1]
    assert not re.search(r"[\u4e00-\u9fff]", side)


def test_a_page_that_is_not_there_says_so_and_leaks_nothing(city: City, at_desk: SignIn) -> None:
    answer = at_desk(city.wang).get("/console/tickets/20261124-000000/")
    assert answer.status_code == 404
    assert "Traceback" not in answer.content.decode()
