"""Documents: the list, drafting, the editor with its preview, their versions, the rows behind a number, the
files."""

from minxin.console.reports import documents, editor, periodic, versions

urlpatterns = [
    *documents.urlpatterns,
    *periodic.urlpatterns,
    *editor.urlpatterns,
    *versions.urlpatterns,
]
