"""Accounts: the register, credentials and greetings, the menu."""

from minxin.console.accounts import menu, register

urlpatterns = [*register.urlpatterns, *menu.urlpatterns]
