"""Accounts: the register, credentials and greetings, the menu, the budgets."""

from minxin.console.accounts import budgets, menu, register

urlpatterns = [*register.urlpatterns, *menu.urlpatterns, *budgets.urlpatterns]
