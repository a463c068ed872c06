"""Accounts: the register, filings, credentials and greetings, the menu, budgets,
connecting, third-party platforms."""

from minxin.console.accounts import (
    budgets,
    connect,
    divisions,
    filing,
    filing_one,
    importing,
    lifecycle,
    menu,
    platforms,
    register,
)

urlpatterns = [
    *register.urlpatterns,
    *importing.urlpatterns,
    *lifecycle.urlpatterns,
    *filing_one.urlpatterns,
    *divisions.urlpatterns,
    *filing.urlpatterns,
    *menu.urlpatterns,
    *budgets.urlpatterns,
    *connect.urlpatterns,
    *platforms.urlpatterns,
]
