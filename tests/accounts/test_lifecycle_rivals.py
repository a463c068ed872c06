"""Several people at one filing, or at one account, in the same moment: one of them wins, whole."""

import pytest

from tests.support.databases import EITHER_DATABASE, own_database

NOW = """
from datetime import datetime
from zoneinfo import ZoneInfo
now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
from minxin.accounts import actions
from minxin.accounts.actions import FilingTold, StepTaken
from minxin.accounts.models import Account, FilingStep, LifecycleFiling
from minxin.accounts.rules.lifecycle import Kind, Step
from minxin.agencies.models import Staff
from minxin.core.actors import System
from minxin.core.errors import Refused
"""
MAKE = f"""{NOW}
from tests.support.city import build_city
build_city(now)
"""
BEGIN = f"""{NOW}
clerk = Staff.objects.get(username="hetao")
try:
    actions.begin_filing(Account.objects.get(), Kind.CLOSE, FilingTold(reason="合并"), actor=clerk, now=now)
    print("begun")
except Refused:
    print("refused")
"""
SIGN = f"""{NOW}
clerk, filing = Staff.objects.get(username="hetao"), LifecycleFiling.objects.get(kind="close")
try:
    actions.take_step(filing, Step.SIGN, StepTaken(on=now.date(), person="丁一鸣"), actor=clerk, now=now)
    print("signed")
except Refused:
    print("refused")
"""
RENAME = """{NOW}
account = Account.objects.get()
actions.update(account, name="云溪{name}", kind=account.kind, is_verified=account.is_verified,
               principal=account.principal, region_code=account.region_code, actor=System("t"), now=now)
print("renamed")
"""
COUNT = f"""{NOW}
change = LifecycleFiling.objects.get(kind="change")
acts = list(FilingStep.objects.filter(filing__kind="close").order_by("id").values_list("act", flat=True))
print(acts, change.changes["name"]["before"], change.changes["name"]["after"] == Account.objects.get().name)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", EITHER_DATABASE)
def test_whoever_comes_second_changes_nothing(kind: str) -> None:
    with own_database(kind) as database:
        database.run(MAKE)
        assert sorted(database.run_all([BEGIN] * 3)) == ["begun", "refused", "refused"]
        assert sorted(database.run_all([SIGN] * 3)) == ["refused", "refused", "signed"]
        renames = [RENAME.format(NOW=NOW, name=name) for name in ("警方", "平安")]
        assert database.run_all(renames) == ["renamed", "renamed"]
        assert database.run(COUNT) == "['begin', 'sign'] 云溪公安 True"
