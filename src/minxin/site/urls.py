"""All addresses but the gateway's, which the root application answers itself."""

from django.urls import URLPattern, URLResolver, include, path

from minxin.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("docs/", views.document, name="docs"),
    path("docs/<path:page>", views.document, name="document"),
    path("console/", include("minxin.console.urls")),
    path("m/", include("minxin.portal.urls")),
    path("api/v1/", include("minxin.api.urls")),
]

handler400 = "minxin.site.views.bad_request"
handler403 = "minxin.site.views.forbidden"
handler404 = "minxin.site.views.not_found"
handler500 = "minxin.site.views.server_error"
