"""Numbers in Chinese."""

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_VALUES = {**{word: at for at, word in enumerate(_DIGITS)}, "〇": 0, "两": 2}


def in_words(number: int) -> str:
    """1 to 9999 in Chinese: 12 is 十二, 120 一百二十, 1005 一千零五."""
    if not 0 < number < 10_000:
        raise ValueError(number)
    words, is_gap = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // value % 10
        if digit:
            words += ("零" if is_gap and words else "") + _DIGITS[digit] + unit
            is_gap = False
        else:
            is_gap = True
    return words.removeprefix("一") if words.startswith("一十") else words


def number_of(words: str) -> int:
    """The number that Chinese or Arabic numerals name, up to 99,999,999; 0 for none: 一百二十三, 两万, 二〇, 45."""
    if words.isascii():
        return int(words) if words.isdecimal() else 0
    if any(word not in _VALUES and word not in _UNITS and word != "万" for word in words):
        return 0
    if all(word in _VALUES for word in words):  # 二〇二六
        return int("".join(str(_VALUES[word]) for word in words)) if words else 0
    high, many, low = words.rpartition("万")
    return (_below(high) * 10_000 if many else 0) + _below(low)


def _below(words: str) -> int:
    total = digit = 0
    for word in words:
        if word in _UNITS:
            total += (digit or 1) * _UNITS[word]
            digit = 0
        else:
            digit = _VALUES.get(word, 0)
    return total + digit
