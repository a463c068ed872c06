"""What people say of a sheet they bring in: the file, where its titles stand, which column is what."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minxin.accounts.importing.columns import Column
from minxin.accounts.models import Platform, SheetImport
from minxin.agencies.models import Agency, Staff
from minxin.agencies.queries import agencies_for, home_of, may
from minxin.agencies.rules import Permission
from minxin.core.uploads import MAX_BYTES

FIRST_ROWS = 30  # of each sheet, to choose and match columns by


class UploadForm(forms.Form):
    """A sheet to bring in, and the agency it belongs to."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("这个文件是空的，请重新选择。"),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.ods"}),
    )
    agency = forms.ModelChoiceField(label="", queryset=Agency.objects.none())

    def __init__(
        self,
        *args: Any,
        staff: Staff,
        permission: Permission,
        words: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        own = agencies_for(staff, permission).filter(is_active=True)
        agency = self.fields["agency"]
        agency.queryset = own  # type: ignore[attr-defined]
        home = home_of(staff)
        is_hers = home is not None and may(staff, permission, home)
        agency.initial = home if is_hers else own.first()
        agency.label, agency.help_text = words["agency"], words["agency_help"]
        self.fields["file"].help_text = words["file_help"]

    def clean_file(self) -> Any:
        """Too large a file is refused before it is kept."""
        given = self.cleaned_data["file"]
        if given.size > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 20 MB，请拆分后分批导入。"))
        return given


class PlaceForm(forms.Form):
    """Which sheet, and where its titles stand."""

    sheet = forms.TypedChoiceField(label=gettext_lazy("工作表"), coerce=int)
    header_row = forms.IntegerField(
        label=gettext_lazy("列名在第几行"), min_value=1, max_value=FIRST_ROWS,
        help_text=gettext_lazy("列名占几行的，写最后一行。"),
    )  # fmt: skip
    header_rows = forms.IntegerField(label=gettext_lazy("列名占几行"), min_value=1, max_value=3)

    def __init__(self, job: SheetImport, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            (at, sheet["name"] or job.file_name) for at, sheet in enumerate(job.sheets)
        ]

    def clean(self) -> dict[str, Any]:
        """Titles stand on rows that are there."""
        given = super().clean() or {}
        if given.get("header_rows", 1) > given.get("header_row", 1):
            self.add_error("header_rows", _("列名占的行数不能比所在的行还多。"))
        return given


class ColumnsForm(forms.Form):
    """One field for each column that has a title or something under it, and what holds where a row
    says nothing."""

    columns: ClassVar[Sequence[Column]]

    default_platform = forms.ChoiceField(
        label=gettext_lazy("没有写平台的账号"), required=False,
        choices=[("", gettext_lazy("算有误，逐行说明")), *Platform.choices],
    )  # fmt: skip

    def __init__(self, width: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            ("", _("不导入")),
            *((column.name, str(column.title)) for column in self.columns),
        ]
        for at in range(width):
            self.fields[f"column_{at}"] = forms.ChoiceField(choices=offered, required=False)

    @property
    def defaults(self) -> list[Any]:
        """The fields that are none of columns."""
        return [self[name] for name in self.fields if not name.startswith("column_")]
