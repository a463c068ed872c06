"""Comments under articles, by `msg_data_id` and `index`, counted from 0."""

from typing import Literal

from minxin.wechat._call import Call, Nothing, Struct

ALL, NORMAL, ELECTED = 0, 1, 2


class Reply(Struct, frozen=True):
    content: str
    create_time: int


class Comment(Struct, frozen=True):
    """`comment_type`: 1 when it was chosen, so that everybody reads it."""

    user_comment_id: int
    create_time: int
    content: str
    openid: str = ""
    comment_type: int = 0
    reply: Reply | None = None


class Page(Struct, frozen=True):
    total: int
    comment: tuple[Comment, ...] = ()


def _of(path: str, data_id: int, index: int, **more: object) -> Call[Nothing]:
    asked = {"msg_data_id": data_id, "index": index, **more}
    return Call("POST", f"/cgi-bin/comment/{path}", Nothing, payload=asked)


def open_(data_id: int, index: int = 0) -> Call[Nothing]:
    return _of("open", data_id, index)


def close(data_id: int, index: int = 0) -> Call[Nothing]:
    return _of("close", data_id, index)


def page(
    data_id: int, index: int = 0, *, begin: int = 0, count: int = 49, kind: Literal[0, 1, 2] = 0
) -> Call[Page]:
    """Fewer than fifty (88010)."""
    asked = {
        "msg_data_id": data_id, "index": index, "begin": begin, "count": count, "type": kind,
    }  # fmt: skip
    return Call("POST", "/cgi-bin/comment/list", Page, payload=asked)


def elect(data_id: int, comment: int, index: int = 0) -> Call[Nothing]:
    """Everybody may read it."""
    return _of("markelect", data_id, index, user_comment_id=comment)


def unelect(data_id: int, comment: int, index: int = 0) -> Call[Nothing]:
    return _of("unmarkelect", data_id, index, user_comment_id=comment)


def delete(data_id: int, comment: int, index: int = 0) -> Call[Nothing]:
    return _of("delete", data_id, index, user_comment_id=comment)


def reply(data_id: int, comment: int, content: str, index: int = 0) -> Call[Nothing]:
    """One answer; 88005 when there is one already."""
    return _of("reply/add", data_id, index, user_comment_id=comment, content=content)


def delete_reply(data_id: int, comment: int, index: int = 0) -> Call[Nothing]:
    return _of("reply/delete", data_id, index, user_comment_id=comment)
