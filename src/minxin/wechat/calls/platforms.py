"""What a third-party platform (第三方平台) calls with its own token, on behalf of many accounts."""

from minxin.wechat._call import Call, Nothing, Struct


class PlatformToken(Struct, frozen=True):
    component_access_token: str
    expires_in: int


class PreAuthCode(Struct, frozen=True):
    pre_auth_code: str
    expires_in: int


class Scope(Struct, frozen=True):
    id: int


class Function(Struct, frozen=True):
    funcscope_category: Scope


class Authorization(Struct, frozen=True):
    """What an account gave. The refresh token is what must never be lost."""

    authorizer_appid: str
    authorizer_refresh_token: str = ""
    authorizer_access_token: str = ""
    expires_in: int = 0
    func_info: tuple[Function, ...] = ()


class Authorized(Struct, frozen=True):
    authorization_info: Authorization


class Renewed(Struct, frozen=True):
    authorizer_access_token: str
    expires_in: int
    authorizer_refresh_token: str


class Kind(Struct, frozen=True):
    id: int


class Authorizer(Struct, frozen=True):
    """`service_type_info` 0, 1: 公众号, 2: 服务号; `verify_type_info` -1: not verified."""

    nick_name: str
    user_name: str
    service_type_info: Kind
    verify_type_info: Kind
    principal_name: str = ""
    head_img: str = ""
    alias: str = ""
    signature: str = ""


class Info(Struct, frozen=True):
    authorizer_info: Authorizer
    authorization_info: Authorization


class Listed(Struct, frozen=True):
    authorizer_appid: str
    refresh_token: str
    auth_time: int


class Page(Struct, frozen=True):
    total_count: int
    list: tuple[Listed, ...]


class Option(Struct, frozen=True):
    authorizer_appid: str
    option_name: str
    option_value: str


class CitizenOfCode(Struct, frozen=True):
    """Whose web authorisation code it was. `is_snapshotuser` 1: a stranger WeChat made up."""

    openid: str
    access_token: str
    refresh_token: str = ""
    expires_in: int = 7200
    scope: str = ""
    unionid: str | None = None
    is_snapshotuser: int = 0


_PATH = "/cgi-bin/component/"


def start_push(component_appid: str, component_secret: str) -> Call[Nothing]:
    """Let WeChat push the verify ticket, now and every ten minutes."""
    asked = {"component_appid": component_appid, "component_secret": component_secret}
    return Call("POST", f"{_PATH}api_start_push_ticket", Nothing, payload=asked, by="nobody")


def token(component_appid: str, component_appsecret: str, ticket: str) -> Call[PlatformToken]:
    """For the latest ticket."""
    asked = {
        "component_appid": component_appid,
        "component_appsecret": component_appsecret,
        "component_verify_ticket": ticket,
    }
    return Call("POST", f"{_PATH}api_component_token", PlatformToken, payload=asked, by="nobody")


def pre_auth_code(component_appid: str) -> Call[PreAuthCode]:
    asked = {"component_appid": component_appid}
    return Call("POST", f"{_PATH}api_create_preauthcode", PreAuthCode, payload=asked, by="platform")


def query_auth(component_appid: str, code: str) -> Call[Authorized]:
    """Tokens for an authorization code, once: not repeatable."""
    asked = {"component_appid": component_appid, "authorization_code": code}
    return Call(
        "POST", f"{_PATH}api_query_auth", Authorized, payload=asked, is_repeatable=False,
        by="platform",
    )  # fmt: skip


def renew(component_appid: str, authorizer_appid: str, refresh_token: str) -> Call[Renewed]:
    """A new token; it may come with another refresh token, which is to be kept first."""
    asked = {
        "component_appid": component_appid,
        "authorizer_appid": authorizer_appid,
        "authorizer_refresh_token": refresh_token,
    }
    return Call("POST", f"{_PATH}api_authorizer_token", Renewed, payload=asked, by="platform")


def info(component_appid: str, authorizer_appid: str) -> Call[Info]:
    asked = {"component_appid": component_appid, "authorizer_appid": authorizer_appid}
    return Call("POST", f"{_PATH}api_get_authorizer_info", Info, payload=asked, by="platform")


def page(component_appid: str, *, offset: int = 0, count: int = 500) -> Call[Page]:
    """Who authorised the platform, at most 500 at once."""
    asked = {"component_appid": component_appid, "offset": offset, "count": count}
    return Call("POST", f"{_PATH}api_get_authorizer_list", Page, payload=asked, by="platform")


def option(component_appid: str, authorizer_appid: str, name: str) -> Call[Option]:
    asked = {
        "component_appid": component_appid,
        "authorizer_appid": authorizer_appid,
        "option_name": name,
    }
    path = f"{_PATH}api_get_authorizer_option"
    return Call("POST", path, Option, payload=asked, by="platform")


def set_option(component_appid: str, authorizer_appid: str, name: str, value: str) -> Call[Nothing]:
    asked = {
        "component_appid": component_appid,
        "authorizer_appid": authorizer_appid,
        "option_name": name,
        "option_value": value,
    }
    path = f"{_PATH}api_set_authorizer_option"
    return Call("POST", path, Nothing, payload=asked, by="platform")


def citizen_of_code(component_appid: str, appid: str, code: str) -> Call[CitizenOfCode]:
    """A citizen's web authorisation code of an account that authorised the platform; works once."""
    asked = {
        "appid": appid,
        "code": code,
        "grant_type": "authorization_code",
        "component_appid": component_appid,
    }
    path = "/sns/oauth2/component/access_token"
    return Call("GET", path, CitizenOfCode, asked, is_repeatable=False, by="platform")
