"""How long a sheet of so many accounts takes, from the file to the register and back.

    python -m tests.accounts.importing 10000

Half of the accounts are there already and differ. A database of its own in a temporary folder, with the
settings of the product; one line of JSON on stdout, times in seconds. Fails when the import takes longer
than a minute, or a transaction more than 50 ms of the processor (by the clock on the wall it also waits
for whatever else the machine does).
"""

import gc
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ALLOWED_SECONDS, ALLOWED_MS = 60, 50
TITLES = ("序号", "名称", "平台", "类型", "主办单位", "是否认证", "认证主体", "认证到期", "系统归属", "层级", "区划",
          "功能定位", "备案号", "微信号", "链接", "主管单位", "运维单位", "外包到期", "分管领导", "责任人", "管理员",
          "互动入口", "开设日期")  # fmt: skip
PLATFORMS = ("公众号", "服务号", "微博", "抖音", "快手", "视频号", "今日头条", "小程序")


def rows(count: int, *, keeper: str) -> list[list[str]]:
    """So many accounts, as an office would list them."""
    return [
        [str(number), f"云溪第{number}号", PLATFORMS[number % len(PLATFORMS)], "", "云溪市公安局", "是",
         "云溪市公安局", "2027年3月1日", "政府系统", "市级", "990100", "信息公开、政民互动", f"云备{number}",
         f"yunxi{number}", f"https://accounts.example/{number}", "云溪市府办", "", "46500", "赵明", "王芳", keeper,
         "菜单“互动—我要咨询”", "2020/5/4"]
        for number in range(count)
    ]  # fmt: skip


def book(lines: list[list[str]]) -> bytes:
    """The same as a file, below a line across."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as made:
        sheet = made.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, len(TITLES) - 1, "云溪市政务新媒体台账")
        for at, line in enumerate([list(TITLES), *lines], start=1):
            sheet.write_row(at, 0, line)
    return content.getvalue()


class Longest:
    """How long the transactions of this connection take, in milliseconds."""

    def __init__(self) -> None:
        from django.db import connection

        self.taken: list[tuple[float, float]] = []  # by the clock on the wall, by the processor
        self._since = (0.0, 0.0)
        self._commit = connection._commit
        connection._commit = self._ended  # type: ignore[method-assign]
        connection.execute_wrappers.append(self._seen)

    def _seen(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith("BEGIN"):
            self._since = (time.perf_counter(), time.thread_time())  # the lock is ours from here
        return answer

    def _ended(self) -> None:
        self._commit()
        wall, processor = time.perf_counter() - self._since[0], time.thread_time() - self._since[1]
        self.taken.append((wall * 1000, processor * 1000))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="minxin-importing-") as home:
        os.environ |= {"MINXIN_HOME": home, "DJANGO_SETTINGS_MODULE": "minxin.site.settings"}
        import django

        django.setup()
        told = measure(count)
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    within = told["seconds"] <= ALLOWED_SECONDS and told["longest_transaction_cpu_ms"] <= ALLOWED_MS
    sys.exit(not within)


def measure(count: int) -> dict[str, Any]:
    """Everything a worker does with the sheet."""
    from django.core.management import call_command
    from django.utils import timezone

    from minxin.accounts import actions
    from minxin.accounts.models import Account
    from minxin.accounts.tasks.importing import work
    from tests.accounts.sheets import counts, matched, uploaded, written
    from tests.support.city import build_city

    call_command("migrate", verbosity=0)
    city, now = build_city(timezone.now()), timezone.now()

    def brought_in(lines: list[list[str]]) -> tuple[Any, dict[str, float]]:
        content, began = book(lines), time.perf_counter()
        job = uploaded(content, agency=city.police, actor=city.operator, now=now, name="a.xlsx")
        opened = time.perf_counter()
        matched(job, now=now)
        told = time.perf_counter()
        written(job, now=now)
        ended = time.perf_counter()
        assert job.status == "done", job.note
        return job, {
            "opened": opened - began, "compared": told - opened, "written": ended - told
        }  # fmt: skip

    brought_in(rows(count // 2, keeper="周航"))
    gc.collect()
    gc.freeze()  # as `minxin worker` begins
    longest = Longest()
    job, took = brought_in(rows(count, keeper="林青"))
    began = time.perf_counter()
    actions.undo_sheet(job, actor=city.operator, now=now)
    work(job.pk)
    job.refresh_from_db()
    assert job.status == "undone", job.status
    undone = time.perf_counter() - began
    assert Account.objects.count() == count // 2 + 1
    return {
        "rows": count,
        **counts(job),
        "seconds": round(sum(took.values()), 2),
        **{f"{name}_seconds": round(value, 2) for name, value in took.items()},
        "undone_seconds": round(undone, 2),
        "transactions": len(longest.taken),
        "longest_transaction_ms": round(max(wall for wall, _ in longest.taken), 1),
        "longest_transaction_cpu_ms": round(max(busy for _, busy in longest.taken), 1),
        "p99_transaction_ms": round(sorted(longest.taken)[len(longest.taken) * 99 // 100][0], 1),
        "database_bytes": sum(
            path.stat().st_size for path in Path(os.environ["MINXIN_HOME"]).rglob("*.sqlite3*")
        ),
    }


if __name__ == "__main__":
    main()
