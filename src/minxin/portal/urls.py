"""The addresses of the portal: `/m/<AppID>/…`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path

from minxin.accounts.queries import main_portal_account
from minxin.portal import (
    citizens,
    following,
    knowledge,
    library,
    malicious,
    passages,
    public,
    redirects,
    sign_in,
    tickets,
    wechat,
    wrongdoing,
)
from minxin.portal.base import framed


def entrance(request: HttpRequest) -> HttpResponse:
    """`/m/`: the home of the area's main account."""
    account = main_portal_account()
    if account is None:
        return render(request, "portal/open_in_wechat.html", {"account": None}, status=404)
    return redirect("portal:home", app_id=account.app_id)


of_an_account = [
    *knowledge.urlpatterns,
    *passages.urlpatterns,
    *library.urlpatterns,
    *following.urlpatterns,
    *public.urlpatterns,
    *tickets.urlpatterns,
    *redirects.urlpatterns,
    *malicious.urlpatterns,
    *wrongdoing.urlpatterns,
    *citizens.urlpatterns,
    *wechat.urlpatterns,
]

app_name = "portal"
urlpatterns = [
    path("", framed(entrance), name="entrance"),
    path("oauth/callback", framed(sign_in.oauth), name="oauth"),
    path("<slug:app_id>/", include(of_an_account)),
]
