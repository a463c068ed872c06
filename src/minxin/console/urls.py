"""The addresses of the console; `/console/events` is answered by the root application."""

from django.urls import URLPattern, URLResolver, include, path

from minxin.console import (
    accounts,
    agencies,
    audit,
    conversations,
    dispatching,
    home,
    knowledge,
    live,
    notices,
    reminders,
    reports,
    responsibilities,
    sign_in,
    supervision,
    tickets,
)

pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("acting-for/", home.choose_agency, name="choose_agency"),
    path("notices/read/", home.read_all, name="notices_read"),
    *live.urlpatterns,
    *notices.urlpatterns,
    *reminders.urlpatterns,
    *conversations.urlpatterns,
    *tickets.urlpatterns,
    *dispatching.urlpatterns,
    *responsibilities.urlpatterns,
    *knowledge.urlpatterns,
    *accounts.urlpatterns,
    *supervision.urlpatterns,
    *reports.urlpatterns,
    *agencies.urlpatterns,
    *audit.urlpatterns,
]

urlpatterns: list[URLPattern | URLResolver] = [
    *sign_in.urlpatterns,
    path("", include((pages, "console"))),
]
