"""My tickets: file with pictures, follow, rate, ask again."""

from minxin.portal.tickets import acts, filing, mine, notices, pictures, survey

urlpatterns = [
    *filing.urlpatterns,
    *pictures.urlpatterns,
    *mine.urlpatterns,
    *acts.urlpatterns,
    *notices.urlpatterns,
    *survey.urlpatterns,
]
