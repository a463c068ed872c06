"""WeChat's own paths: tokens, messages, users, menus, media, web authorisation."""

from minxin.simulator.api.routes import JOBS, ROUTES

__all__ = ["JOBS", "ROUTES"]
