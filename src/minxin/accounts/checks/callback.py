"""Does what WeChat pushes arrive, is it opened, does the answer come back sealed as it must?"""

import secrets as random_source
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext_noop

from minxin import wechat
from minxin.accounts.checks.asking import probe_push, said_of
from minxin.accounts.checks.probe import Probe, fine, problem, skipped, warning
from minxin.accounts.models import Mode
from minxin.accounts.rules import CheckResult

_PATIENCE = 4  # seconds; a gateway reads changed accounts within two
_TICKET_AGE = 3600  # seconds; tickets come every ten minutes


def check_callback(probe: Probe) -> CheckResult:
    """An echo and a push really go to the public address and come back, opened and sealed; WeChat has
    verified it (or pushes tickets)."""
    if probe.secrets is None:
        return skipped("callback")
    reached = _round_trip(probe, probe.secrets)
    if reached is not None:
        return reached
    if probe.given is not None:
        return _tickets(probe)
    if probe.account.verified_callback_at is None:
        return problem(
            "callback",
            gettext_noop("回调地址可以用，但还没有在微信开发者平台提交过。"),
            gettext_noop(
                "在“消息推送”里填写地址 %(address)s，Token和EncodingAESKey与这里一致，然后提交并启用。"
            ),
            address=probe.callback,
        )
    if not _is_https(probe.callback):
        return warning(
            "callback",
            gettext_noop("回调地址收发正常，但不是https。"),
            gettext_noop("请为本系统配置证书，把 MINXIN_PUBLIC_URL 改为 https 地址后重新提交。"),
        )
    return fine("callback", gettext_noop("回调地址验证和消息收发都正常。"))


def check_encryption(probe: Probe) -> CheckResult:
    """Safe mode; the others are told."""
    if probe.given is not None or probe.account.mode == Mode.SAFE:
        return fine("encryption", gettext_noop("使用安全模式。"))
    if probe.account.mode == Mode.COMPATIBLE:
        return warning(
            "encryption",
            gettext_noop("使用兼容模式，市民消息同时以明文传送。"),
            gettext_noop("请在微信开发者平台和“凭据”里都改为安全模式。"),
        )
    return warning(
        "encryption",
        gettext_noop("使用明文模式，市民消息不加密传送。"),
        gettext_noop("请先在“凭据”里填写EncodingAESKey，再在两边都改为安全模式。"),
    )


def _round_trip(probe: Probe, secrets: wechat.CallbackSecrets) -> CheckResult | None:
    """None when all went well."""
    refused = (
        gettext_noop("回调地址 %(address)s 有回答，但不是本系统的回答（HTTP %(status)s）。"),
        gettext_noop("请检查反向代理，把 /wechat/ 开头的请求原样转给本系统。"),
    )
    try:
        if probe.given is None:
            status = _echo(probe, secrets)
            if status:
                return problem("callback", *refused, address=probe.callback, status=status)
        status = _push(probe, secrets)
        if status:
            return problem("callback", *refused, address=probe.callback, status=status)
    except httpx.HTTPError:
        return problem(
            "callback",
            gettext_noop("回调地址 %(address)s 打不开。"),
            gettext_noop("请确认域名解析、80或443端口和反向代理，使外网可以访问这个地址。"),
            address=probe.callback,
        )
    return None


def _echo(probe: Probe, secrets: wechat.CallbackSecrets) -> int:
    """0 when the echo came back, else the HTTP status; a gateway that has not read the account yet is
    given some seconds."""
    echo = str(random_source.randbelow(10**18))
    for second in range(_PATIENCE + 1):
        query = wechat.sign_verification(
            secrets, echostr=echo, now=probe.now.timestamp() + second, nonce=_nonce()
        )
        answer = probe.http.get(probe.callback, params={**query, "probe": "1"})
        if answer.status_code == 200 and answer.text == echo:
            return 0
        if answer.status_code not in {403, 404}:
            break
        probe.sleep(1.0)
    return answer.status_code


def _push(probe: Probe, secrets: wechat.CallbackSecrets) -> int:
    inbound, word = probe_push(probe.account.original_id, {}, now=probe.now)
    for second in range(_PATIENCE + 1):
        query, body = wechat.seal_push(
            inbound, secrets, format=wechat.Format.XML, now=probe.now.timestamp() + second
        )
        answer = probe.http.post(probe.callback, params=query, content=body)
        if answer.status_code == 200 and said_of(answer.content, secrets) == word:
            return 0
        if answer.status_code not in {403, 404}:
            break
        probe.sleep(1.0)
    return answer.status_code


def _tickets(probe: Probe) -> CheckResult:
    at = probe.given.platform.ticket_at if probe.given else None
    if at is None or (probe.now - at).total_seconds() > _TICKET_AGE:
        return problem(
            "callback",
            gettext_noop("第三方平台超过1小时没有收到微信的票据。"),
            gettext_noop(
                "请核对微信开放平台上的“授权事件接收URL”、Token和Key，并确认外网可以访问。"
            ),
        )
    return fine("callback", gettext_noop("第三方平台的消息收发正常，票据按时收到。"))


def _is_https(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost"}


def _nonce() -> str:
    return str(random_source.randbelow(10**10))
