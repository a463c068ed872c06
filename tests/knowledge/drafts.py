"""An entry as an editor would write it."""

from minxin.knowledge.actions import EntryDraft


def draft(
    question: str, answer: str = "请到窗口办理。", variants: tuple[str, ...] = ()
) -> EntryDraft:
    """A draft fit to be published."""
    return EntryDraft(
        question=question,
        answer=answer,
        variants=variants,
        source_title="云溪市办事指南",
        issuing_agency="云溪市人民政府",
        status="published",
    )
