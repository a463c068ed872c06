"""Accounts: the register, credentials and greetings, the menu, connecting, third-party platforms."""

from minxin.console.accounts import connect, menu, platforms, register

urlpatterns = [
    *register.urlpatterns,
    *menu.urlpatterns,
    *connect.urlpatterns,
    *platforms.urlpatterns,
]
