"""What an account may call: its kind, its verification and its principal decide (else 48001).

Sources: the notes of the official pages on each family (customer-service messages, template
messages, mass sends, web authorisation, and the publishing interface after July 2025).
"""

from enum import StrEnum

from minxin.simulator.records import Account


class Need(StrEnum):
    """What a call asks of the account; the value is the sentence of the generated page."""

    NOTHING = "所有账号"
    VERIFIED = "已认证的账号"
    MENU = "服务号，或已认证的账号"
    TEMPLATE = "已认证的服务号"
    MASS_BY_OPENID = "已认证的服务号（按 OpenID）"
    PUBLISH = "已认证的账号（个人主体除外）"


def allows(account: Account, need: Need) -> bool:
    """Whether WeChat lets this account call."""
    match need:
        case Need.NOTHING:
            return True
        case Need.MENU:
            return account.may_have_menu
        case Need.TEMPLATE | Need.MASS_BY_OPENID:
            return account.may_send and account.kind == "service"
        case Need.VERIFIED | Need.PUBLISH:
            return account.may_send
