"""Segmentation, masking and retrieval of Chinese text."""

import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minxin.text import Index, bigrams, mask, normal, words
from minxin.text.privacy import is_bank_card, is_id_number


def test_full_width_and_case_do_not_matter() -> None:
    assert normal("ＡＢＣ１２３") == "abc123"
    assert bigrams("身份证ABC") == ["身份", "份证", "abc"]
    assert "身份证" in words("补办身份证")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000谢谢", "电话138******00谢谢"),
        ("身份证11010519491231002X", "身份证1****************X"),
        ("身份证110105 19491231 002x", "身份证1****************x"),
        ("电话１３８００１３８０００谢谢", "电话138******00谢谢"),
        ("手机138-0013-8000", "手机138********00"),
        ("+86 13800138000", "+86**********00"),
        ("订单20261124138001380001", "订单20261124138001380001"),
        ("身份证110105194912310021", "身份证110105194912310021"),  # wrong check character
        ("卡号 6222 0212 3456 7894 0", "卡号 6222 0212 3456 7894 0"),  # fails Luhn
        ("卡号4111111111111111", "卡号4111********1111"),
        ("邮箱 zhang.san@example.com 请回", "邮箱 z***@*** 请回"),
        ("车牌京A12345违停", "车牌京A****5违停"),
        ("座机 0999-55501234", "座机 0999-******34"),
        ("2026年11月24日办理了3次", "2026年11月24日办理了3次"),
    ],
)
def test_private_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text(max_size=80))
def test_masking_keeps_text_without_digits_and_letters(text: str) -> None:
    narrow = unicodedata.normalize("NFKC", text)
    if not any((char.isascii() and char.isalnum()) or char.isdigit() for char in narrow):
        assert mask(text).replace("-", "－").replace("@", "＠").replace(".", "．") == text.replace(
            "-", "－"
        ).replace("@", "＠").replace(".", "．")


@given(st.text("0123456789", min_size=17, max_size=17))
def test_exactly_one_check_character_makes_an_id_number(digits: str) -> None:
    assert sum(is_id_number(digits + check) for check in "0123456789X") == 1


@given(st.text("0123456789", min_size=15, max_size=18))
def test_exactly_one_check_digit_makes_a_bank_card(digits: str) -> None:
    assert sum(is_bank_card(digits + check) for check in "0123456789") == 1


@given(st.text(max_size=60) | st.text("\ud800\udc00身份证丢了 ，a1\u3000", max_size=40))
def test_any_text_can_be_cut_and_asked(text: str) -> None:
    index = Index()
    index.build([(1, "居民身份证丢失后怎样补办"), (2, text)])
    assert all(hit.id in {1, 2} for hit in index.search(text))
    assert "".join(bigrams("补办" + text + "补办")).startswith("补办")
    assert "" not in words(text)


def test_rare_characters_are_characters() -> None:
    assert bigrams("𠮷野村") == ["𠮷野", "野村"]


@pytest.fixture
def index() -> Index:
    index = Index()
    index.build(
        [
            (1, "居民身份证丢失后怎样补办"),
            (2, "社会保障卡丢失后怎样补办"),
            (3, "新生儿怎样办理户口登记"),
        ]
    )
    return index


def test_the_right_text_comes_first(index: Index) -> None:
    assert next(hit.id for hit in index.search("身份证丢了咋补办")) == 1
    assert next(hit.id for hit in index.search("孩子上户口")) == 3


def test_nothing_known_finds_nothing(index: Index) -> None:
    assert index.search("quantum") == []
    assert index.search("") == []
    assert index.search("，。？") == []


def test_a_replaced_text_is_found_by_its_new_words_only(index: Index) -> None:
    index.put(3, "不动产登记需要什么材料")
    index.commit()
    assert [hit.id for hit in index.search("不动产")] == [3]
    assert all(hit.id != 3 for hit in index.search("新生儿户口"))
    assert len(index) == 3


def test_a_removed_text_is_not_found(index: Index) -> None:
    index.remove(1)
    index.commit()
    assert all(hit.id != 1 for hit in index.search("身份证补办"))


def test_the_best_window_of_a_long_text_counts() -> None:
    index = Index()
    filler = "关于进一步加强和改进工作的若干意见，各单位要高度重视，认真组织，抓好落实。" * 20
    scattered = filler.replace("高度", "公积金高度", 1) + filler.replace("认真", "提取认真", 1)
    together = filler + "职工购买住房可以提取公积金余额。" + filler
    index.build([(1, scattered + "余额"), (2, together)])
    assert index.search("公积金余额提取")[0].id == 2


def test_searches_go_on_while_the_index_is_written(index: Index) -> None:
    wrong: list[str] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            if index.search("身份证补办")[0].id != 1:
                wrong.append("another text came first")

    thread = threading.Thread(target=search)
    thread.start()
    for number in range(10, 40):
        index.put(number, f"第{number}号公告")
        index.commit()
    stop.set()
    thread.join()
    assert not wrong
