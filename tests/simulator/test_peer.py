"""A library nobody here wrote takes the simulator for WeChat: wechatpy opens pushes, seals replies."""

import warnings
from typing import Any

import pytest
from aiohttp import web

from tests.simulator.conftest import AES_KEY, APP_ID, TOKEN, Simulator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    wechatpy = pytest.importorskip("wechatpy", reason="wechatpy is a benchmark peer")
    crypto_of = pytest.importorskip("wechatpy.crypto")
    utils = pytest.importorskip("wechatpy.utils")


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_wechatpy_verifies_opens_and_answers(simulator: Simulator, mode: str) -> None:
    crypto = crypto_of.WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    heard: list[Any] = []

    async def verify(request: web.Request) -> web.Response:
        query = request.query
        utils.check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
        return web.Response(text=query["echostr"])

    async def receive(request: web.Request) -> web.Response:
        query, body = request.query, await request.read()
        is_sealed = query.get("encrypt_type") == "aes"
        if is_sealed:
            signed = (query["msg_signature"], query["timestamp"], query["nonce"])
            body = crypto.decrypt_message(body, *signed)
        message = wechatpy.parse_message(body)
        heard.append(message)
        text = wechatpy.create_reply(f"收到{getattr(message, 'content', '')}", message).render()
        if is_sealed:
            text = crypto.encrypt_message(text, query["nonce"], query["timestamp"])
        return web.Response(text=text)

    application = web.Application()
    application.router.add_get("/callback", verify)
    application.router.add_post("/callback", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
        await simulator.account(callback_url=address, mode=mode)
        openid = await simulator.follow()
        outcome = await simulator.say(openid, "身份证丢了")
    finally:
        await runner.cleanup()
    assert outcome["status"] == "answered"
    assert outcome["reply"]["text"] == "收到身份证丢了"
    assert [(one.type, one.source) for one in heard] == [("event", openid), ("text", openid)]
    assert heard[0].event == "subscribe"
    assert heard[1].id > 10**16
