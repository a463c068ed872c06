"""What the simulator knows, as frozen values."""

from dataclasses import dataclass, field
from typing import Any

from minxin.simulator.database import Row, from_json
from minxin.wechat import CallbackSecrets, Format, Mode

PRINCIPALS = {
    "person": "个人",
    "enterprise": "企业",
    "government": "政府",
    "media": "媒体",
    "other": "其他组织",
}


@dataclass(frozen=True, slots=True)
class Account:
    """An Official Account as WeChat keeps it. `kind`: subscription (公众号) or service (服务号)."""

    app_id: str
    name: str
    kind: str
    verified: bool
    principal: str
    original_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    mode: Mode
    format: Format
    callback_url: str
    oauth_domain: str
    description: str
    colour: str
    letter: str
    menu: list[dict[str, Any]] | None
    quotas: dict[str, int] = field(default_factory=dict)
    ip_list: tuple[str, ...] = ()
    js_domains: tuple[str, ...] = ()

    @property
    def secrets(self) -> CallbackSecrets:
        return CallbackSecrets(self.app_id, self.token, self.aes_key or None, self.mode)

    @property
    def may_send(self) -> bool:
        """Customer-service messages, users, tags: for verified accounts (else 48001)."""
        return self.verified and self.principal != "person"

    @property
    def may_have_menu(self) -> bool:
        return self.kind == "service" or self.may_send

    @property
    def may_authorise(self) -> bool:
        """Web authorisation: verified service accounts, and verified government and media accounts."""
        return self.may_send and (
            self.kind == "service" or self.principal in {"government", "media"}
        )

    def as_json(self) -> dict[str, Any]:
        """Without credentials."""
        return {
            "app_id": self.app_id,
            "name": self.name,
            "kind": self.kind,
            "verified": self.verified,
            "principal": self.principal,
            "original_id": self.original_id,
            "callback_url": self.callback_url,
            "mode": str(self.mode),
            "format": str(self.format),
            "js_domains": list(self.js_domains),
            "description": self.description,
            "colour": self.colour,
            "letter": self.letter,
        }


def account_from(row: Row) -> Account:
    return Account(
        app_id=row["app_id"],
        name=row["name"],
        kind=row["kind"],
        verified=bool(row["verified"]),
        principal=row["principal"],
        original_id=row["original_id"],
        secret=row["secret"],
        token=row["token"],
        aes_key=row["aes_key"],
        mode=Mode(row["mode"]),
        format=Format(row["format"]),
        callback_url=row["callback_url"],
        oauth_domain=row["oauth_domain"],
        description=row["description"],
        colour=row["colour"],
        letter=row["letter"],
        menu=None if row["menu"] is None else from_json(row["menu"]),
        quotas=from_json(row["quotas"]),
        ip_list=tuple(from_json(row["ip_list"])),
        js_domains=tuple(from_json(row["js_domains"])),
    )


@dataclass(frozen=True, slots=True)
class Follower:
    """A citizen as one account knows her; she may have stopped following, or only opened a page."""

    app_id: str
    openid: str
    citizen: int
    is_following: bool
    is_blocked: bool
    followed_at: float | None
    subscribe_scene: str
    qr_scene: str
    last_act_at: float
    is_typing_until: float
    remark: str = ""
    is_blacklisted: bool = False


def follower_from(row: Row) -> Follower:
    return Follower(
        app_id=row["app_id"],
        openid=row["openid"],
        citizen=row["citizen"],
        is_following=bool(row["is_following"]),
        is_blocked=bool(row["is_blocked"]),
        followed_at=row["followed_at"],
        subscribe_scene=row["subscribe_scene"],
        qr_scene=row["qr_scene"],
        last_act_at=row["last_act_at"],
        is_typing_until=row["is_typing_until"],
        remark=row["remark"],
        is_blacklisted=bool(row["is_blacklisted"]),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one push. `reply` is what the citizen sees of it, in the form of `seen`."""

    status: str
    reply: dict[str, Any] | None
    elapsed_ms: float
    tries: int
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        found = {
            "status": self.status,
            "reply": self.reply,
            "elapsed_ms": round(self.elapsed_ms, 2),
            "tries": self.tries,
        }
        return {**found, "reason": self.reason} if self.reason else found
