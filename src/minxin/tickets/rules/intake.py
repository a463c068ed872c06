"""What is taken in, and what its words tell."""

from datetime import timedelta

SHORTEST_TEXT = 4


# Working days, ours: no national rule sets a limit; the words of local rules differ.
LONGEST_EXTENSION = 30


LONGEST_TEXT = 2000
LONGEST_WORDS = 500  # of a remark, a reason, a comment


# Pictures with one filing or one supplement, as WeChat itself lets one choose at once; and in all with a
# ticket, what was added later included. Ours.
MOST_PICTURES = 9
MOST_PICTURES_IN_ALL = 27


# How long a citizen has to add what she is asked for, in working days, and how often she may add. Ours.
SUPPLEMENT_DAYS = 5
MOST_SUPPLEMENTS = 20


# What one citizen may have uploaded without filing it, and for how long it is kept for her. Ours.
MOST_PICTURES_WAITING = 30
PICTURES_WAIT = timedelta(days=1)


# Words that tell the nature of a demand (国办发〔2020〕53号 names the five classes).
_NATURE_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("report", ("举报", "检举")),
    ("complaint", ("投诉", "扰民", "乱收费", "态度恶劣", "不合理", "违规", "噪音", "噪声", "油烟")),
    ("suggestion", ("建议", "希望能", "能不能增加", "可否增设")),
    ("consult", ("请问", "咨询", "怎么办理", "如何办理", "什么时候", "多少钱", "需要什么")),
)


def guess_nature(text: str) -> str:
    """The nature a text speaks of; 求助 when nothing tells. Staff can change it."""
    for nature, words in _NATURE_WORDS:
        if any(word in text for word in words):
            return nature
    return "help"


def matching(text: str, keywords: str) -> int:
    """How many characters of a category's keywords (comma separated) stand in a text."""
    words = keywords.replace("，", ",").replace("、", ",").split(",")
    return sum(len(word.strip()) for word in words if word.strip() and word.strip() in text)


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Whether two numbers are degrees; infinite ones and what is no number are not."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def says_something(text: str) -> bool:
    """Whether there are words in a text, of whatever script; signs and emoji alone say nothing."""
    return sum(char.isalnum() for char in text) >= 2
