"""What may be posted to the control API."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

AppId = Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{4,64}$", examples=["wx0a1b2c3d4e5f6789"])]
GivenAppId = Annotated[str, Meta(min_length=1, max_length=64)]
GivenOpenid = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
Address = Annotated[str, Meta(max_length=1024)]
Number = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Moment = Annotated[float, Meta(ge=0, le=32_503_680_000)]  # to the year 3000
Domain = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,63}(\.[0-9A-Za-z-]{1,63}){0,8}$")]
Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]


Principal = Literal[
    "person", "enterprise", "government", "media", "other", "个人", "企业", "政府", "政府机构", "媒体",
    "其他组织",
]  # fmt: skip
Kind = Literal[
    "delay", "http_500", "drop", "lost_reply", "error", "bad_json", "expired_token",
    "token_taken", "duplicate_push", "out_of_order", "wrong_signature", "lost_push", "reject",
]  # fmt: skip
Place = Annotated[str, Meta(pattern=r"^(callback|review|\*|/[!-~]{0,200})$")]


class Posted(Struct, kw_only=True, forbid_unknown_fields=True):
    """A name that is not known is refused: a slip of the pen should not pass in silence."""


class AccountPosted(Posted):
    """A new account, or changes to one; what is absent is made up, or stays.

    `quotas`: how often a day a path may be called, instead of WeChat's number (0: without limit).
    `ip_list`: who may fetch a token (empty: everybody); others hear 40164.
    `js_domains`: JS接口安全域名, at most five, each the host of the pages without port (a domain's
    sub-domains do not count); empty: pages of this machine alone. Other pages hear, of wx.config,
    `invalid url domain`.
    """

    app_id: AppId | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    kind: Literal["subscription", "service"] | UnsetType = UNSET
    verified: bool | UnsetType = UNSET
    principal: Principal | UnsetType = UNSET
    original_id: Annotated[str, Meta(pattern="^gh_[0-9A-Za-z]{4,40}$")] | UnsetType = UNSET
    secret: Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{8,64}$")] | UnsetType = UNSET
    token: Annotated[str, Meta(pattern="^[0-9A-Za-z]{3,32}$")] | UnsetType = UNSET
    aes_key: Annotated[str, Meta(pattern="^[0-9A-Za-z]{43}$")] | UnsetType | None = UNSET
    mode: Literal["plain", "compatible", "safe"] | UnsetType = UNSET
    format: Literal["xml", "json"] | UnsetType = UNSET
    callback_url: Address | UnsetType | None = UNSET
    oauth_domain: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    js_domains: Annotated[list[Domain], Meta(max_length=5)] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=120)] | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET
    letter: Annotated[str, Meta(min_length=1, max_length=2)] | UnsetType = UNSET
    main: bool | UnsetType = UNSET
    quotas: dict[str, Annotated[int, Meta(ge=0)]] | UnsetType = UNSET
    ip_list: list[Annotated[str, Meta(max_length=45)]] | UnsetType = UNSET


class CitizenPosted(Posted):
    """A person with a phone of her own."""

    nickname: Name


class FollowPosted(Posted):
    """Who follows: a new citizen by `nickname`, one that is there by `citizen`, or who left by `openid`.

    `openid` beside `nickname` gives a new citizen that openid, for a history made elsewhere.
    """

    app_id: GivenAppId
    nickname: Name | None = None
    citizen: Number | None = None
    openid: Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{6,64}$")] | None = None
    scene: Annotated[str, Meta(max_length=64)] = ""
    silent: bool = False


class Act(Posted):
    """Something one follower does."""

    app_id: GivenAppId
    openid: GivenOpenid


class ScanPosted(Act):
    """She scans the account's QR code that carries `scene`."""

    scene: Annotated[str, Meta(min_length=1, max_length=64)]


class CodeScanned(Posted):
    """What her camera read in a QR code; `follow` presses the button of the account it belongs to."""

    citizen: Number
    text: Annotated[str, Meta(min_length=1, max_length=4096)]
    follow: bool = False


class PageConfigured(Posted):
    """What a page gives `wx.config`, and the page's own address up to the #."""

    app_id: Annotated[str, Meta(max_length=64)]
    url: Annotated[str, Meta(max_length=4096)]
    timestamp: Annotated[int, Meta(ge=0, le=999_999_999_999)]
    nonce: Annotated[str, Meta(max_length=128)]
    signature: Annotated[str, Meta(max_length=64)]


class ClickPosted(Act):
    """She taps the menu button of type click that has `key`."""

    key: Annotated[str, Meta(min_length=1, max_length=128)]


class ViewPosted(Act):
    """She taps the menu button of type view that opens `url`."""

    url: Address


class Spot(Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """A place on a map in degrees; `label` is its address, `name` what people call it."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    scale: Annotated[int, Meta(ge=1, le=28)] = 16
    label: Annotated[str, Meta(max_length=200)] = ""
    name: Annotated[str, Meta(max_length=100)] = ""


class TapPosted(Act):
    """She taps the button at a place of her menu, counted from 0: [1], or in a sub-menu [1, 0].

    `scanned` is the text of a code (scancode_*), `pictures` are media_ids that POST /sim/media
    answered (pic_*), `place` is where she is or wants to be (location_select).
    """

    button: Annotated[list[Annotated[int, Meta(ge=0, le=4)]], Meta(min_length=1, max_length=2)]
    scanned: Annotated[str, Meta(min_length=1, max_length=4096)] | None = None
    scan_type: Literal["qrcode", "barcode"] = "qrcode"
    pictures: (
        Annotated[
            list[Annotated[str, Meta(min_length=1, max_length=64)]],
            Meta(min_length=1, max_length=9),
        ]
        | None
    ) = None
    place: Spot | None = None


class SayPosted(Act):
    """She sends `text`, or `message`: {type, ...}; `client_id` comes back in `data` of the message."""

    text: str | None = None
    message: dict[str, Any] | None = None
    client_id: Annotated[str, Meta(max_length=64)] = ""


class BlockPosted(Act):
    """She refuses the account's messages (48002), or takes them again."""

    blocked: bool


class ReadPosted(Posted):
    """She looked at the chat."""

    app_id: GivenAppId
    citizen: Number


class FaultArgs(Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """What a fault needs to know; which of it counts depends on its kind."""

    seconds: Annotated[float, Meta(ge=0, le=3600)] | UnsetType = UNSET
    status: Annotated[int, Meta(ge=2, le=599)] | UnsetType = UNSET
    errcode: Annotated[int, Meta(ge=-1, le=99_999_999)] | UnsetType = UNSET
    errmsg: Annotated[str, Meta(max_length=400)] | UnsetType = UNSET
    mass_error: Annotated[int, Meta(ge=10001, le=30003)] | UnsetType = UNSET


class FaultPosted(Posted):
    """What goes wrong: at `callback`, in `review`, at an API path, or at `*` (every API path)."""

    endpoint: Place
    kind: Kind
    app_id: GivenAppId | None = None
    times: Number | None = None
    probability: Annotated[float, Meta(gt=0, le=1)] | None = None
    args: FaultArgs = FaultArgs()


class ClockPosted(Posted):
    """`set` is a Unix time or an ISO moment; `advance_s` is added; `rate` 60 makes a minute a second."""

    set: Moment | str | None = None
    advance_s: Annotated[float, Meta(ge=-3_200_000_000, le=3_200_000_000)] | None = None
    rate: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    frozen: bool | None = None
    reset: bool = False


class ActPosted(Posted):
    """What a reader does: `undo` takes a like, a 在看 or a bookmark back."""

    citizen: Number
    act: Literal["read", "share", "like", "zaikan", "collect", "finish"]
    scene: Annotated[int, Meta(ge=0, le=5)] = 0
    undo: bool = False


class CommentPosted(Posted):
    """A comment under an article."""

    citizen: Number
    content: Annotated[str, Meta(min_length=1, max_length=600)]


class SubscriptionPosted(Posted):
    """Her answer when she is asked for notices: on a page (1) or in an article (2). She is named by `openid`, or
    by the number of her phone (`citizen`)."""

    app_id: GivenAppId
    template_id: str
    choice: Literal["accept", "reject", "off"]
    openid: GivenOpenid | None = None
    citizen: Number | None = None
    scene: Annotated[int, Meta(ge=1, le=2)] = 1


class TemplatePosted(Posted):
    """A subscription template with a number of one's own choosing, of a title of the library."""

    app_id: GivenAppId
    template_id: Annotated[str, Meta(min_length=8, max_length=64)]
    library_id: Annotated[str, Meta(max_length=10)]


class AgentPosted(Posted):
    """An agent of WeChat's own customer service signs in or out; the first time she accepts.

    With `openid` she takes that citizen over from the agent who attends her.
    """

    app_id: GivenAppId
    kf_account: Annotated[str, Meta(min_length=1, max_length=60)]
    online: bool
    openid: GivenOpenid | None = None


class RecognitionPosted(Posted):
    """What reading a picture or a voice answers from now on."""

    app_id: GivenAppId
    kind: Literal[
        "idcard", "bizlicense", "driving", "drivinglicense", "bankcard", "platenum", "comm",
        "qrcode", "aicrop", "voice",
    ]  # fmt: skip
    answer: dict[str, Any]


class ComponentPosted(Posted):
    """A third-party platform; what is absent is made up, or stays. `message_url` holds $APPID$."""

    component_appid: AppId | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    secret: Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{8,64}$")] | UnsetType = UNSET
    token: Annotated[str, Meta(pattern="^[0-9A-Za-z]{3,32}$")] | UnsetType = UNSET
    aes_key: Annotated[str, Meta(pattern="^[0-9A-Za-z]{43}$")] | UnsetType = UNSET
    event_url: Address | UnsetType = UNSET
    message_url: Address | UnsetType = UNSET
    redirect_domain: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET


class AuthorizationPosted(Posted):
    """An account's administrator authorises a platform, with some permission sets, or revokes it."""

    component_appid: GivenAppId
    app_id: GivenAppId
    choice: Literal["authorize", "revoke"] = "authorize"
    functions: list[int] | None = None


class AcceptancePosted(Posted):
    """Try on a platform what WeChat tries before it may go out (全网发布检测)."""

    component_appid: GivenAppId


class CrowdPosted(Posted):
    """Many people follow at once; the account is not told."""

    app_id: GivenAppId
    count: Annotated[int, Meta(ge=1, le=1_000_000)]


class StormPosted(Posted):
    """`followers` of `accounts` accounts say something, `rate` times a second, for `seconds`.

    With `callback_url` (and `token`, `aes_key`, `mode`) accounts that are missing are made.
    """

    accounts: Annotated[int, Meta(ge=1, le=1000)] = 1
    followers: Annotated[int, Meta(ge=1, le=1_000_000)] = 1000
    rate: Annotated[float, Meta(gt=0, le=20_000)] = 100.0
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 10.0
    texts: list[Annotated[str, Meta(min_length=1, max_length=600)]] | None = None
    callback_url: Address | UnsetType = UNSET
    token: Annotated[str, Meta(pattern="^[0-9A-Za-z]{3,32}$")] | UnsetType = UNSET
    aes_key: Annotated[str, Meta(pattern="^[0-9A-Za-z]{43}$")] | UnsetType = UNSET
    mode: Literal["plain", "compatible", "safe"] | UnsetType = UNSET


class WecomApp(Posted):
    """An application of the enterprise in 企业微信, and the members who see it."""

    corp_id: Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{4,64}$")]
    agent_id: Number
    secret: Annotated[str, Meta(pattern="^[0-9A-Za-z_-]{8,64}$")]
    members: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=500)
    ]


class WecomRobot(Posted):
    """A robot of a group. `a_minute`: how many messages it takes a minute, 0 without limit; WeCom's own
    number is not confirmed by a source we could read, so that it is a setting here."""

    key: Annotated[str, Meta(pattern="^[0-9A-Za-z-]{8,80}$")]
    name: Name
    a_minute: Annotated[int, Meta(ge=0, le=10_000)] = 20


class WecomPosted(Posted):
    """An application, a robot, or both; those that are there stay."""

    app: WecomApp | None = None
    robot: WecomRobot | None = None
