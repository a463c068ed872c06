"""What WeChat pushes, as frozen values: six kinds of messages, the events, and `Unknown`.

`WIRE` names, per attribute, where the value stands in the push (a dotted path) and how it is read.
The codec reads and writes through this one table, so the two directions cannot disagree.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

Wire = tuple[str, str, str]  # attribute, dotted path, kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What every push carries: `account` is the gh_ id, `created_at` a Unix time in seconds."""

    account: str
    openid: str
    created_at: int
    WIRE: ClassVar[tuple[Wire, ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePush(Push):
    """A message a citizen sent. `article_id` and `article_index` are set when it came from an article,
    `business_id` when it was meant for a merchant below this account."""

    message_id: int
    article_id: str | None = None
    article_index: int | None = None
    business_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(MessagePush):
    """Words. `menu_id` is set when an item of a msgmenu was tapped."""

    content: str
    menu_id: str | None = None
    WIRE = (("content", "Content", "text"), ("menu_id", "bizmsgmenuid", "text?"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(MessagePush):
    picture_url: str
    media_id: str
    WIRE = (("picture_url", "PicUrl", "text"), ("media_id", "MediaId", "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice(MessagePush):
    """`recognition` is being withdrawn by WeChat: usually None."""

    media_id: str
    format: str
    media_id_16k: str | None = None
    recognition: str | None = None
    WIRE = (
        ("media_id", "MediaId", "text"),
        ("format", "Format", "text"),
        ("media_id_16k", "MediaId16K", "text?"),
        ("recognition", "Recognition", "text?"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(MessagePush):
    media_id: str
    thumb_media_id: str
    WIRE = (("media_id", "MediaId", "text"), ("thumb_media_id", "ThumbMediaId", "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortVideo(MessagePush):
    media_id: str
    thumb_media_id: str
    WIRE = Video.WIRE


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(MessagePush):
    """Degrees; `scale` is the map's zoom."""

    latitude: float
    longitude: float
    scale: int
    label: str
    WIRE = (
        ("latitude", "Location_X", "float"),
        ("longitude", "Location_Y", "float"),
        ("scale", "Scale", "int"),
        ("label", "Label", "text"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(MessagePush):
    title: str
    description: str
    url: str
    WIRE = (
        ("title", "Title", "text"),
        ("description", "Description", "text"),
        ("url", "Url", "text"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Push):
    """`scene` (without `qrscene_`) and `ticket` are set when a QR code was scanned."""

    scene: str | None = None
    ticket: str | None = None
    WIRE = (("scene", "EventKey", "scene?"), ("ticket", "Ticket", "text?"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(Push):
    """WeChat asks that all data of this person be deleted now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Push):
    """A follower scanned the account's QR code."""

    scene: str
    ticket: str
    WIRE = (("scene", "EventKey", "text"), ("ticket", "Ticket", "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReported(Push):
    latitude: float
    longitude: float
    precision: float
    WIRE = (
        ("latitude", "Latitude", "float"),
        ("longitude", "Longitude", "float"),
        ("precision", "Precision", "float"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuClicked(Push):
    key: str
    WIRE = (("key", "EventKey", "text"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuViewed(Push):
    url: str
    menu_id: str | None = None
    WIRE = (("url", "EventKey", "text"), ("menu_id", "MenuId", "text?"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramOpened(Push):
    page: str
    menu_id: str | None = None
    WIRE = (("page", "EventKey", "text"), ("menu_id", "MenuId", "text?"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeScanned(Push):
    """`event` is scancode_push or scancode_waitmsg (which waits for our reply)."""

    event: str
    key: str
    scan_type: str
    result: str
    WIRE = (
        ("key", "EventKey", "text"),
        ("scan_type", "ScanCodeInfo.ScanType", "text"),
        ("result", "ScanCodeInfo.ScanResult", "text"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotosPicked(Push):
    """`event` is pic_sysphoto, pic_photo_or_album or pic_weixin; the images follow as messages."""

    event: str
    key: str
    count: int
    digests: tuple[str, ...]
    WIRE = (
        ("key", "EventKey", "text"),
        ("count", "SendPicsInfo.Count", "int"),
        ("digests", "SendPicsInfo.PicList", "pictures"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationPicked(Push):
    """A location message follows."""

    key: str
    latitude: float
    longitude: float
    scale: int
    label: str
    place: str | None = None
    WIRE = (
        ("key", "EventKey", "text"),
        ("latitude", "SendLocationInfo.Location_X", "float"),
        ("longitude", "SendLocationInfo.Location_Y", "float"),
        ("scale", "SendLocationInfo.Scale", "int"),
        ("label", "SendLocationInfo.Label", "text"),
        ("place", "SendLocationInfo.Poiname", "text?"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSent(Push):
    """`status` is success, failed:user block or failed: system failed."""

    message_id: int
    status: str
    WIRE = (("message_id", "MsgID", "int"), ("status", "Status", "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MassSent(Push):
    """`copyright` and `articles` are WeChat's own structures, as nested mappings."""

    message_id: int
    status: str
    total: int
    filtered: int
    sent: int
    failed: int
    copyright: Any = None
    articles: Any = None
    WIRE = (
        ("message_id", "MsgID", "int"),
        ("status", "Status", "text"),
        ("total", "TotalCount", "int"),
        ("filtered", "FilterCount", "int"),
        ("sent", "SentCount", "int"),
        ("failed", "ErrorCount", "int"),
        ("copyright", "CopyrightCheckResult", "raw?"),
        ("articles", "ArticleUrlResult", "raw?"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Push):
    """`status`: 0 published, 1 running, 2 originality failed, 3 failed, 4 audit failed, 5 deleted, 6 banned.

    `failed`: the number of the article that failed, or a list of them, counted from 1.
    """

    publish_id: str
    status: int
    article_id: str | None = None
    detail: Any = None
    failed: Any = None
    WIRE = (
        ("publish_id", "PublishEventInfo.publish_id", "text"),
        ("status", "PublishEventInfo.publish_status", "int"),
        ("article_id", "PublishEventInfo.article_id", "text?"),
        ("detail", "PublishEventInfo.article_detail", "raw?"),
        ("failed", "PublishEventInfo.fail_idx", "raw?"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionAnswered(Push):
    """What she chose when asked for notices: mappings with TemplateId, SubscribeStatusString, PopupScene."""

    answers: Any
    WIRE = (("answers", "SubscribeMsgPopupEvent.List", "list"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChanged(Push):
    answers: Any
    WIRE = (("answers", "SubscribeMsgChangeEvent.List", "list"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSent(Push):
    results: Any
    WIRE = (("results", "SubscribeMsgSentEvent.List", "list"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Push):
    agent: str
    WIRE = (("agent", "KfAccount", "text"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(Push):
    agent: str
    WIRE = (("agent", "KfAccount", "text"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSwitched(Push):
    from_agent: str
    to_agent: str
    WIRE = (("from_agent", "FromKfAccount", "text"), ("to_agent", "ToKfAccount", "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPassed(Push):
    """`event`: qualification_verify_success, naming_verify_success, annual_renew or verify_expired."""

    event: str
    expires_at: int
    WIRE = (("expires_at", "ExpiredTime", "int"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationFailed(Push):
    """`event`: qualification_verify_fail or naming_verify_fail."""

    event: str
    failed_at: int
    reason: str
    WIRE = (("failed_at", "FailTime", "int"), ("reason", "FailReason", "text"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationChanged(Push):
    """`event`: user_info_modified, user_authorization_revoke or user_authorization_cancellation."""

    event: str
    person: str
    app_id: str
    revoked: str | None = None
    WIRE = (
        ("person", "OpenID", "text"),
        ("app_id", "AppID", "text"),
        ("revoked", "RevokeInfo", "text?"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Push):
    """A push of a kind we do not know: kept whole. `kind` is MsgType, or `event:` and the Event."""

    kind: str
    message_id: int | None = None
    fields: Any = None


MESSAGES: dict[str, type[MessagePush]] = {
    "text": Text,
    "image": Image,
    "voice": Voice,
    "video": Video,
    "shortvideo": ShortVideo,
    "location": Location,
    "link": Link,
}
EVENTS: dict[str, type[Push]] = {
    "subscribe": Followed,
    "unsubscribe": Unfollowed,
    "SCAN": Scanned,
    "LOCATION": LocationReported,
    "CLICK": MenuClicked,
    "VIEW": MenuViewed,
    "view_miniprogram": MiniProgramOpened,
    "scancode_push": CodeScanned,
    "scancode_waitmsg": CodeScanned,
    "pic_sysphoto": PhotosPicked,
    "pic_photo_or_album": PhotosPicked,
    "pic_weixin": PhotosPicked,
    "location_select": LocationPicked,
    "TEMPLATESENDJOBFINISH": TemplateSent,
    "MASSSENDJOBFINISH": MassSent,
    "PUBLISHJOBFINISH": Published,
    "subscribe_msg_popup_event": SubscriptionAnswered,
    "subscribe_msg_change_event": SubscriptionChanged,
    "subscribe_msg_sent_event": SubscriptionSent,
    "kf_create_session": SessionOpened,
    "kf_close_session": SessionClosed,
    "kf_switch_session": SessionSwitched,
    "qualification_verify_success": VerificationPassed,
    "naming_verify_success": VerificationPassed,
    "annual_renew": VerificationPassed,
    "verify_expired": VerificationPassed,
    "qualification_verify_fail": VerificationFailed,
    "naming_verify_fail": VerificationFailed,
    "user_info_modified": AuthorizationChanged,
    "user_authorization_revoke": AuthorizationChanged,
    "user_authorization_cancellation": AuthorizationChanged,
}
KIND_OF: dict[type[Push], str] = {cls: kind for kind, cls in MESSAGES.items()}
EVENT_OF: dict[type[Push], str] = {}
for _event, _class in EVENTS.items():
    EVENT_OF.setdefault(_class, _event)

Inbound = Push
