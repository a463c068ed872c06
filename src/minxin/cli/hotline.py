"""`minxin hotline`: the simulated 12345 platform of the fictional city, on the loopback."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port (MINXIN_HOTLINE_PORT)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; 1 where no division of the fictional city uses it."""
    import django

    django.setup()
    from django.conf import settings

    from minxin.demo.handing import common_secret
    from minxin.demo.hotline_server import serve

    found = common_secret()
    if found is None:
        print("没有区划使用模拟的12345平台。")
        return 1
    code, secret = found
    callback = f"http://127.0.0.1:{settings.MINXIN_PORT}/api/v1/handover/{code}"
    port = arguments.port or settings.MINXIN_HOTLINE_PORT
    serve(settings.MINXIN_HOME, port, secret=secret, callback_url=callback)
    return 0
