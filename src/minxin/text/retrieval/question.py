"""What a question is about, without the words by which it is a question."""

import re

_ASKING = re.compile(
    r"请问|(?:具体|主要)?(?:包括|包含|有|指的?是?|是)?(?:什么样?的?|哪些|哪几[个项类条])"
    r"|是?(?:如何|怎么样?|怎样)|哪[个家里儿]|多少|多久|多长时间|几(?=[个项条])|为何|为什么|何时|谁|[吗呢]"
    r"|的(?=$|[?。,])"
)


def matter_of(question: str) -> str:
    """A folded question with a gap where it only asks: 如何, 有哪些, 多少. A document rarely holds these,
    so they would count as rare and telling. The question itself when nothing else is in it."""
    matter = _ASKING.sub(" ", question)
    return matter if matter.strip(" ?。,!") else question
