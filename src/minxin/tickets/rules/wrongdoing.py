"""Whether words report wrongdoing by officials. Pure.

Such a report (举报 of 公职人员违纪违法) belongs to the organs of discipline and supervision (12388), which 国办发
〔2020〕53号 excludes from 12345. It is not the nature 举报 of a ticket, by which citizens report a shop, a
factory, a neighbour. The words are ours: better one too many kept apart than one in the common inbox; who
keeps the register gives back what is none.
"""

# These alone say it.
_STRONG = (
    "受贿", "行贿", "索贿", "贿赂", "贪污", "以权谋私", "吃拿卡要", "买官卖官", "保护伞", "徇私枉法",
    "徇私舞弊", "滥用职权", "公款吃喝", "公车私用", "权钱交易", "权色交易", "挪用公款", "侵吞公款",
    "巨额财产来源不明", "索要好处费",
)  # fmt: skip
# An official, and what one may not do.
_OFFICIALS = (
    "局长", "书记", "主任", "科长", "处长", "镇长", "乡长", "县长", "区长", "市长", "所长", "队长",
    "干部", "公职人员", "公务员", "民警", "交警", "城管队员", "执法人员", "工作人员", "领导", "村官",
    "村支书", "法官", "检察官",
)  # fmt: skip
_DEEDS = (
    "收钱", "收红包", "收受", "好处费", "回扣", "违纪", "违法乱纪", "包庇", "勾结", "打点", "送礼",
    "送钱", "公款", "优亲厚友", "截留", "套取", "骗取补贴", "玩忽职守", "赌博", "私设小金库", "腐败",
)  # fmt: skip


def is_wrongdoing(text: str) -> bool:
    """Whether a text speaks of wrongdoing by officials."""
    if any(word in text for word in _STRONG):
        return True
    return any(word in text for word in _DEEDS) and any(word in text for word in _OFFICIALS)
