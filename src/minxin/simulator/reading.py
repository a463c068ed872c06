"""Articles on the phone: the page a link opens, and what its reader does (`/sim/articles`)."""

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from minxin.simulator import articles, pages, people
from minxin.simulator.api import agents, comments, subscriptions
from minxin.simulator.asking import answer, integer, posted
from minxin.simulator.clock import china
from minxin.simulator.database import from_json, to_json
from minxin.simulator.refusals import ControlError
from minxin.simulator.requests import (
    ActPosted,
    AgentPosted,
    CommentPosted,
    RecognitionPosted,
    SubscriptionPosted,
    TemplatePosted,
)
from minxin.simulator.world import World

# An article is its own sandboxed document: its HTML may carry styles, and nothing else.
POLICY = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; sandbox"

# The same words inside the phone's reader, which measures their height; nothing in them may run.
BODY_POLICY = (
    "default-src 'none'; img-src 'self' data: http://*.localhost:* http://localhost:* "
    "http://127.0.0.1:*; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-same-origin"
)


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


def _citizen(request: Request) -> int | None:
    return integer(request, "citizen") if "citizen" in request.query_params else None


async def listing(request: Request) -> Response:
    """The articles of an account, newest first."""
    world = _world(request)
    account = world.account_or_404(request.query_params.get("app_id"))
    rows = world.database.all(
        "SELECT * FROM articles WHERE app_id = ? AND is_deleted = 0 "
        "ORDER BY published_at DESC, id DESC LIMIT 200",
        account.app_id,
    )
    return answer([articles.as_json(world, row) for row in rows])


async def bookmarks(request: Request) -> Response:
    """What a citizen collected, the newest first; what was deleted since is still in the list."""
    world, citizen = _world(request), integer(request, "citizen")
    people.citizen_json(world, citizen)
    rows = world.database.all(
        "SELECT a.*, c.at AS collected_at FROM article_acts c JOIN articles a ON a.id = c.article "
        "WHERE c.citizen = ? AND c.act = 'collect' ORDER BY c.id DESC LIMIT 200",
        citizen,
    )
    return answer(
        [
            {**articles.as_json(world, row, citizen), "collected_at": row["collected_at"]}
            for row in rows
        ]
    )


async def article(request: Request) -> Response:
    """One article with its counts and the comments a reader sees; `citizen` says who reads."""
    world = _world(request)
    row = articles.by_slug(world, request.path_params["slug"])
    citizen = _citizen(request)
    found = articles.as_json(world, row, citizen)
    return answer({**found, "comments": comments.under(world, row, citizen)})


async def body(request: Request) -> Response:
    """The words and pictures of an article alone; what was deleted is not shown (404)."""
    row = articles.by_slug(_world(request), request.path_params["slug"])
    if row["is_deleted"]:
        raise ControlError("the article was deleted", 404)
    content = from_json(row["content"])
    text = f'<body class="h5 h5-body">{content["content"]}</body>'
    return pages.document(str(content["title"]), text, policy=BODY_POLICY)


async def act(request: Request) -> Response:
    """A reader reads, shares, likes, marks 在看, collects, or takes it back."""
    world, asked = _world(request), await posted(request, ActPosted)
    row = articles.by_slug(world, request.path_params["slug"])
    if asked.undo:
        has_counted = articles.undo(world, row, asked.citizen, asked.act)
    else:
        has_counted = articles.act(world, row, asked.citizen, asked.act, scene=asked.scene)
    return answer({"counted": has_counted, "counts": articles.counts(world, row)})


async def comment(request: Request) -> Response:
    """A reader writes; the account alone reads it until it chooses it."""
    world, asked = _world(request), await posted(request, CommentPosted)
    row = articles.by_slug(world, request.path_params["slug"])
    number = comments.write(world, row, asked.citizen, asked.content)
    return answer({"user_comment_id": number}, 201)


async def subscribe(request: Request) -> Response:
    """She allows a notice, refuses it, or turns it off."""
    world, asked = _world(request), await posted(request, SubscriptionPosted)
    account = world.account_or_404(asked.app_id)
    if asked.citizen is not None:
        follower = people.known_as(world, account, asked.citizen)
    else:
        follower = people.follower_or_404(world, account, asked.openid)
    if asked.choice == "off":
        await subscriptions.refuse(world, account, follower, asked.template_id)
    else:
        await subscriptions.answer(
            world, account, follower, asked.template_id, accepts=asked.choice == "accept",
            scene=asked.scene,
        )  # fmt: skip
    return answer({"choice": asked.choice})


async def subscriptions_of(request: Request) -> Response:
    """GET: what a phone shows when a page asks her for a notice. POST: her word."""
    if request.method == "POST":
        return await subscribe(request)
    world = _world(request)
    account = world.account_or_404(request.query_params.get("app_id"))
    return answer(subscriptions.shown(world, account, request.query_params.get("template_id", "")))


async def keep_template(request: Request) -> Response:
    """A template under a number that is known beforehand; twice is once."""
    world, asked = _world(request), await posted(request, TemplatePosted)
    account = world.account_or_404(asked.app_id)
    return answer(subscriptions.keep(world, account, asked.template_id, asked.library_id), 201)


async def agent(request: Request) -> Response:
    """An agent of WeChat's own customer service comes or goes."""
    world, asked = _world(request), await posted(request, AgentPosted)
    account = world.account_or_404(asked.app_id)
    await agents.be_online(world, account, asked.kf_account, is_online=asked.online)
    if asked.openid is not None:
        follower = people.follower_or_404(world, account, asked.openid)
        await agents.switch(world, account, follower, asked.kf_account)
    return answer({"online": asked.online})


async def recognition(request: Request) -> Response:
    """What a picture or a voice says."""
    world, asked = _world(request), await posted(request, RecognitionPosted)
    account = world.account_or_404(asked.app_id)
    world.database.run(
        "INSERT OR REPLACE INTO recognitions (app_id, kind, answer) VALUES (?, ?, ?)",
        account.app_id, asked.kind, to_json(asked.answer),
    )  # fmt: skip
    return answer({"kind": asked.kind})


async def material(request: Request) -> Response:
    """The bytes of permanent material: a cover, a picture inside an article."""
    row = _world(request).database.one(
        "SELECT body, content_type FROM materials WHERE media_id = ?",
        request.path_params["media_id"],
    )
    if row is None:
        raise ControlError("there is no such material, or it was deleted", 404)
    return Response(row["body"], media_type=row["content_type"], headers=pages.HEADERS)


async def page(request: Request) -> Response:
    """GET /s/<address>: the article as a document of its own; drafts can be looked at before."""
    world, slug = _world(request), request.path_params["slug"]
    if slug.startswith("draft."):
        return _draft(world, slug)
    row = world.database.one("SELECT * FROM articles WHERE slug = ?", slug)
    if row is None:
        return pages.notice("参数错误", "没有这篇文章，请核对链接。", status=404)
    if row["is_deleted"]:
        return pages.notice("该内容已被发布者删除", "")
    account = world.account(row["app_id"])
    when = china(row["published_at"]).strftime("%Y年%m月%d日 %H:%M")
    return _document(account.name if account else "", when, from_json(row["content"]))


def _draft(world: World, slug: str) -> Response:
    index, _, media_id = slug.removeprefix("draft.").partition(".")
    row = world.database.one("SELECT * FROM drafts WHERE media_id = ?", media_id)
    contents = [] if row is None else from_json(row["articles"])
    if row is None or not index.isdecimal() or not 1 <= int(index) <= len(contents):
        return pages.notice("预览已失效", "草稿已删除，或者已经发布。", status=404)
    account = world.account(row["app_id"])
    return _document(account.name if account else "", "预览", contents[int(index) - 1])


def _document(account: str, when: str, content: dict[str, object]) -> Response:
    source = str(content.get("content_source_url") or "")
    link = f'<p class="h5-source"><a href="{escape(source)}">阅读原文</a></p>' if source else ""
    author = f"<span>{escape(str(content['author']))}</span>" if content.get("author") else ""
    body = (
        '<body class="h5"><article class="h5-article">'
        f"<h1>{escape(str(content['title']))}</h1>"
        f'<p class="h5-byline">{author}<span>{escape(account)}</span><time>{escape(when)}</time></p>'
        f"<div>{content['content']}</div>{link}</article></body>"
    )
    return pages.document(str(content["title"]), body, policy=POLICY)
