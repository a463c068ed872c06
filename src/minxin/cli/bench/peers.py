"""What `minxin bench gateway` is measured beside: a bare echo on our server, and the usual stack."""

from typing import Any

from minxin.cli.bench.load import SECRETS

_HEADERS = [("content-type", "text/plain; charset=utf-8")]


class Echo:
    """RSGI: reads the body, answers `success`."""

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        await proto()
        proto.response_bytes(200, _HEADERS, b"success")


echo = Echo()


def usual_stack() -> Any:
    """wechatpy in Flask, as its documentation shows it: decrypts, echoes, encrypts, records nothing."""
    from flask import Flask, request
    from wechatpy import create_reply, parse_message
    from wechatpy.crypto import WeChatCrypto

    app = Flask("usual")
    crypto = WeChatCrypto(SECRETS.token, SECRETS.aes_key, SECRETS.app_id)

    @app.route("/wechat/<app_id>/callback", methods=["POST"])
    def callback(app_id: str) -> Any:
        signature = request.args["msg_signature"]
        timestamp, nonce = request.args["timestamp"], request.args["nonce"]
        plain = crypto.decrypt_message(request.data, signature, timestamp, nonce)
        message = parse_message(plain)
        reply = create_reply(message.content, message)
        sealed = crypto.encrypt_message(reply.render(), nonce, timestamp)
        return sealed, 200, {"content-type": "application/xml"}

    return app
