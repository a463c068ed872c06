"""Documents: the list, drafting, the editor with its preview, the rows behind a number, the files."""

from minxin.console.reports import documents, editor

urlpatterns = [*documents.urlpatterns, *editor.urlpatterns]
