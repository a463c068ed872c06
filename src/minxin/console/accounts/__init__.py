"""Accounts: the register, credentials and greetings, the menu, budgets,
connecting, third-party platforms."""

from minxin.console.accounts import budgets, connect, filing, menu, platforms, register

urlpatterns = [
    *register.urlpatterns,
    *filing.urlpatterns,
    *menu.urlpatterns,
    *budgets.urlpatterns,
    *connect.urlpatterns,
    *platforms.urlpatterns,
]
