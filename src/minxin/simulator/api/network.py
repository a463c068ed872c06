"""The addresses of WeChat, and whether it can reach the account's server."""

import asyncio
import ipaddress
import socket
import time
from typing import Any

from yarl import URL

from minxin.simulator.api.calls import Call
from minxin.simulator.asked import words
from minxin.simulator.refusals import Refused

OPERATORS = frozenset({"CHINANET", "UNICOM", "CAP", "DEFAULT"})
TRIES, PATIENCE = 3, 1.0  # connections, and seconds for each


async def callback_addresses(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/getcallbackip: from where the simulator pushes."""
    return {"ip_list": sorted({_own_address(call), "127.0.0.1"})}


async def api_addresses(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/get_api_domain_ip: where this call was taken."""
    return {"ip_list": [_own_address(call)]}


async def check_callback(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/callback/check: the callback's host resolved, and a connection to it measured."""
    asked = call.json()
    action = words(asked, "action", 40097)
    if action not in {"dns", "ping", "all"}:
        raise Refused(40097)
    operator = words(asked, "check_operator", 40097, default="DEFAULT")
    if operator not in OPERATORS:
        raise Refused(40097)
    url = URL(call.account.callback_url)
    addresses = await _resolve(url) if url.host else []
    found: dict[str, Any] = {}
    if action in {"dns", "all"}:
        found["dns"] = [{"ip": ip, "real_operator": operator} for ip in addresses]
    if action in {"ping", "all"}:
        found["ping"] = [await _connect(ip, url.port or 80, operator) for ip in addresses]
    return found


def _own_address(call: Call) -> str:
    """The address this call arrived at; a test in the same process has none."""
    server = call.request.scope.get("server") or ("",)
    try:
        return str(ipaddress.ip_address(server[0]))
    except ValueError:
        return "127.0.0.1"


async def _resolve(url: URL) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def _connect(ip: str, port: int, operator: str) -> dict[str, str]:
    """How many of a few connections failed, and how long the others took on average."""
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                _, writer = await asyncio.open_connection(ip, port)
        except (OSError, TimeoutError):
            continue
        took.append((time.perf_counter() - began) * 1000)
        writer.close()
    lost = (TRIES - len(took)) * 100 // TRIES
    average = sum(took) / len(took) if took else 0.0
    return {
        "ip": ip, "from_operator": operator, "package_loss": f"{lost}%", "time": f"{average:.3f}ms",
    }  # fmt: skip
