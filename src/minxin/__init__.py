"""民信 Minxin: government accounts on WeChat, run and supervised in one place."""

__version__ = "0.1.0"
