"""今日待办 counts the comments that nobody has dealt with."""

from django.urls import reverse
from django.utils import timezone

from minxin.conversations.models.comments import Comment, CommentedArticle
from tests.console.conftest import SignIn
from tests.support.city import City


def test_open_comments_wait_on_the_start_page_of_who_may_read_them(
    city: City, at_desk: SignIn
) -> None:
    now = timezone.now()

    def waiting() -> str:
        return at_desk(city.wang).get("/console/").content.decode()

    assert "待处理的留言" not in waiting()
    article = CommentedArticle.objects.create(
        account=city.account, data_id=1, title="今晚停水", published_at=now
    )
    rows = [
        Comment.objects.create(
            article=article, number=number, text="几点来水？", said_at=now, changed_at=now
        )
        for number in (1, 2)
    ]
    page = waiting()
    assert "待处理的留言" in page
    assert f"{reverse('console:comments')}?state=open" in page
    assert "待处理的留言" not in at_desk(city.outsider).get("/console/").content.decode()
    Comment.objects.filter(pk=rows[0].pk).update(done_at=now)
    Comment.objects.filter(pk=rows[1].pk).update(reply="明早六点。", replied_at=now)
    assert "待处理的留言" not in waiting()
