"""All addresses but the gateway's, which the root application answers itself."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("console/", include("minxin.console.urls")),
    path("m/", include("minxin.portal.urls")),
]
