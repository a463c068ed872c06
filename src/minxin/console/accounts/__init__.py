"""Accounts: the register, credentials and greetings, the menu, budgets,
connecting, third-party platforms."""

from minxin.console.accounts import (
    budgets,
    connect,
    divisions,
    filing,
    importing,
    menu,
    platforms,
    register,
)

urlpatterns = [
    *register.urlpatterns,
    *importing.urlpatterns,
    *divisions.urlpatterns,
    *filing.urlpatterns,
    *menu.urlpatterns,
    *budgets.urlpatterns,
    *connect.urlpatterns,
    *platforms.urlpatterns,
]
