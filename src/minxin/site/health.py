"""Whether this process can do its work: `/healthz`, `/readyz`, `/metrics`."""

import asyncio
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

PLAIN = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
JSON = [("content-type", "application/json; charset=utf-8"), ("cache-control", "no-store")]
# Milliseconds that another writer may take before we call the database locked: ours take 50.
LOCKED_AFTER = 2_000


class Health:
    """Answers the three addresses that machines ask."""

    def __init__(self, gateway: Any | None) -> None:
        self._gateway = gateway
        self._is_migrated = False

    async def __call__(self, scope: Any, proto: Any) -> None:
        match scope.path:
            case "/healthz":
                proto.response_str(200, PLAIN, "ok\n")
            case "/metrics":
                headers = [("content-type", CONTENT_TYPE_LATEST), ("cache-control", "no-store")]
                proto.response_bytes(200, headers, generate_latest())
            case _:
                faults = await asyncio.to_thread(self.faults)
                answer = json.dumps(
                    {"ready": not faults, "waiting_for": faults}, ensure_ascii=False
                )
                proto.response_str(503 if faults else 200, JSON, answer + "\n")

    def faults(self) -> list[str]:
        """What is still missing, in words an operator understands; empty when ready."""
        faults = []
        if fault := self._database_fault():
            faults.append(fault)
        if self._gateway is not None and not self._gateway.is_ready():
            faults.append(f"gateway: {self._gateway.why_not_ready()}")
        awaited = settings.MINXIN_READY_FILE
        if awaited and not Path(awaited).exists():
            faults.append("demo city: still loading, or callback verification still running")
        return faults

    def _database_fault(self) -> str:
        close_old_connections()
        try:
            if not self._is_migrated:
                executor = MigrationExecutor(connection)
                if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                    return "database: migrations are still to be applied (minxin manage migrate)"
                self._is_migrated = True
            return _why_it_takes_no_writes()
        except Exception as error:
            return f"database: not reachable ({type(error).__name__})"
        finally:
            close_old_connections()


def _why_it_takes_no_writes() -> str:
    """Reading is not enough: what cannot be written is not acknowledged. Empty when it can be."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SHOW transaction_read_only")
            is_read_only = cursor.fetchone()[0] == "on"
            return "database: read-only" if is_read_only else ""
        cursor.execute("PRAGMA busy_timeout")
        patience = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {LOCKED_AFTER}")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.execute(
                    "DELETE FROM django_migrations WHERE 0"
                )  # a read-only file says so here
            finally:
                cursor.execute("ROLLBACK")
        except OperationalError as error:
            return f"database: takes no writes ({error})"
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
    return ""
