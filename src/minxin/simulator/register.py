"""Accounts as WeChat registers them: made up where nothing is said, verified before they count."""

import os.path
from typing import Any

from msgspec import UNSET

from minxin.simulator import pushes, random_ids
from minxin.simulator.database import to_json
from minxin.simulator.people import COLOURS
from minxin.simulator.records import PRINCIPALS, Account
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import AccountPosted
from minxin.simulator.world import World
from minxin.wechat import CallbackSecrets, Format, Mode

_PLAIN = (
    "name", "kind", "verified", "original_id", "secret", "token", "oauth_domain", "description",
    "colour", "letter", "quotas",
)  # fmt: skip
_BY_WORDS = {words: key for key, words in PRINCIPALS.items()} | {"政府机构": "government"}


def _made_up(world: World, app_id: str) -> Account:
    count = len(world.accounts())
    return Account(
        app_id=app_id,
        name=f"公众号{count + 1}",
        kind="service",
        verified=True,
        principal="government",
        original_id=random_ids.original_id(),
        secret=random_ids.app_secret(),
        token=random_ids.letters(24),
        aes_key=random_ids.aes_key(),
        mode=Mode.SAFE,
        format=Format.XML,
        callback_url="",
        oauth_domain="",
        description="",
        colour=COLOURS[count % len(COLOURS)],
        letter="",
        menu=None,
    )


def _changed(world: World, account: Account, posted: AccountPosted) -> Account:
    fields: dict[str, Any] = {name: getattr(account, name) for name in Account.__slots__}
    for name in _PLAIN:
        value = getattr(posted, name)
        if value is not UNSET:
            fields[name] = value
    if posted.principal is not UNSET:
        principal = _BY_WORDS.get(posted.principal, posted.principal)
        if principal not in PRINCIPALS:
            raise ControlError(f"principal is one of {', '.join(PRINCIPALS)}")
        fields["principal"] = principal
    if posted.mode is not UNSET:
        fields["mode"] = Mode(posted.mode)
    if posted.format is not UNSET:
        fields["format"] = Format(posted.format)
    if posted.aes_key is not UNSET and posted.aes_key:
        fields["aes_key"] = posted.aes_key
    if posted.ip_list is not UNSET:
        fields["ip_list"] = tuple(posted.ip_list)
    if posted.js_domains is not UNSET:
        fields["js_domains"] = tuple(domain.lower() for domain in posted.js_domains)
    if posted.callback_url is not UNSET:
        fields["callback_url"] = posted.callback_url or ""
    if not fields["letter"] or (fields["name"] != account.name and posted.letter is UNSET):
        fields["letter"] = _letter(world, account.app_id, fields["name"])
    return Account(**fields)


def _letter(world: World, app_id: str, name: str) -> str:
    """What the avatar shows: the first character that tells it from the main account's name."""
    main = next((account.name for account in world.accounts() if account.app_id != app_id), "")
    shared = len(os.path.commonprefix([main, name]))  # noqa: RUF071  (names, not paths)
    return name[shared : shared + 1] or name[:1]


async def post(world: World, posted: AccountPosted) -> tuple[dict[str, Any], bool]:
    """Make or change an account; what is answered, and whether it is new.

    A callback address is verified first; when that fails nothing is kept, as at WeChat, and a
    `ControlError` says why. Credentials are answered for a new account only.
    """
    app_id = random_ids.app_id() if posted.app_id is UNSET else posted.app_id
    before = world.account(app_id)
    account = _changed(world, before or _made_up(world, app_id), posted)
    try:
        CallbackSecrets(account.app_id, account.token, account.aes_key or None, account.mode)
    except ValueError as error:
        raise ControlError(f"aes_key: {error}") from None
    owner = world.database.one(
        "SELECT app_id FROM accounts WHERE original_id = ? AND app_id != ?",
        account.original_id,
        app_id,
    )
    if owner is not None:
        raise ControlError(f"original_id {account.original_id} belongs to {owner['app_id']}", 409)
    is_verified = False
    if account.callback_url:
        if problem := await pushes.verify(world, account):
            raise ControlError(problem, 409, callback_verified=False)
        is_verified = True
    _keep(world, account, is_new=before is None, is_main=posted.main is True)
    answer: dict[str, Any] = {**account.as_json(), "callback_verified": is_verified}
    if before is None:
        answer |= {"secret": account.secret, "token": account.token, "aes_key": account.aes_key}
    world.hub.tell("accounts", {"app_id": app_id})
    return answer, before is None


def remove(world: World, app_id: str) -> None:
    """Take an account and its chats away."""
    world.account_or_404(app_id)
    database = world.database
    with database.transaction():
        database.run(
            "DELETE FROM windows WHERE openid IN (SELECT openid FROM followers WHERE app_id = ?)",
            app_id,
        )
        for table in _tables_by_account(world):
            database.run(f"DELETE FROM {table} WHERE app_id = ?", app_id)  # noqa: S608
    world.armed = None
    world.forget(app_id)
    world.hub.tell("accounts", {"app_id": app_id})


def _tables_by_account(world: World) -> list[str]:
    rows = world.database.all(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'app_id'"
    )
    return [row["name"] for row in rows]


def _keep(world: World, account: Account, *, is_new: bool, is_main: bool) -> None:
    values = {
        "name": account.name,
        "kind": account.kind,
        "verified": int(account.verified),
        "principal": account.principal,
        "original_id": account.original_id,
        "secret": account.secret,
        "token": account.token,
        "aes_key": account.aes_key,
        "mode": str(account.mode),
        "format": str(account.format),
        "callback_url": account.callback_url,
        "oauth_domain": account.oauth_domain,
        "description": account.description,
        "colour": account.colour,
        "letter": account.letter,
        "menu": None if account.menu is None else to_json(account.menu),
        "quotas": to_json(account.quotas),
        "ip_list": to_json(account.ip_list),
        "js_domains": to_json(account.js_domains),
    }
    if is_new:
        row = world.database.one("SELECT coalesce(max(position), 0) AS last FROM accounts")
        position = (row["last"] if row else 0) + 1
        world.database.insert(
            "accounts", app_id=account.app_id, position=position,
            created_at=world.clock.now(), **values,
        )  # fmt: skip
    else:
        names = ", ".join(f"{name} = ?" for name in values)
        world.database.run(
            f"UPDATE accounts SET {names} WHERE app_id = ?",  # noqa: S608
            *values.values(),
            account.app_id,
        )
    if is_main:
        world.database.run(
            "UPDATE accounts SET position = (SELECT min(position) - 1 FROM accounts) "
            "WHERE app_id = ?",
            account.app_id,
        )
    world.forget(account.app_id)
