"""Nothing in a quote tells who said it, and the rest of it stays."""

import pytest

from bot.domain.names import search_key
from bot.domain.reasons.masking import MASK, Names, mask, name_of

CUSTOMER = name_of("Nguyễn Thị An")
STAFF = Names(tuple(name_of(name) for name in ("Hà", "Trần Bình 2", "John Smith")))


def masked(text: str) -> str:
    return mask(text, CUSTOMER, STAFF, region="VN")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gọi mình 0912 345 678 nhé", f"Gọi mình {MASK} nhé"),
        ("+84 91 234 56 78", MASK),
        ("gọi +43 123 nhé", f"gọi {MASK} nhé"),
        ("gọi 004 984 nhé", f"gọi {MASK} nhé"),
        ("thư an.nguyen+1@mail.example.vn ạ", f"thư {MASK} ạ"),
        ("xem https://a.b/c?d=1 và shop.vn/abc", f"xem {MASK} và {MASK}"),
        ("nhắn @binhtran", f"nhắn {MASK}"),
        ("đơn #12 và KH123, xe 59A1-234.56", f"đơn {MASK} và {MASK}, xe {MASK}"),
        ("số tài khoản 00123456789", f"số tài khoản {MASK}"),
        ("Nguyễn Thị An ở đây", f"{MASK} ở đây"),
        ("nguyen thi an o day", f"{MASK} o day"),
        ("NGUYỄN THỊ AN", MASK),
        ("Bạn Hà chu đáo", f"Bạn {MASK} chu đáo"),
        ("ban ha chu dao", f"ban {MASK} chu dao"),
        ("Hà chu đáo, anh bình cũng vậy", f"{MASK} chu đáo, anh {MASK} cũng vậy"),
        ("John was rude, john smith too", f"{MASK} was rude, {MASK} too"),
        ("anh Dũng và cô Lan", f"anh {MASK} và cô {MASK}"),  # whoever they are
        ("Ms Lee helped", f"Ms {MASK} helped"),
    ],
)
def test_what_tells_who_it_was_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "trễ 2 lần, 10 điểm, hẹn 20/10",
        "mất 1.500.000đ, giá 500k",
        "ăn toàn món ngon",
        "an toan la tren het",  # a lone name in small letters may be any word
        "bình thường thôi",
        "Chị Em mình đều thích",
        "ANH THÍCH LẮM",
        "Hàng tốt",
        "",
    ],
)
def test_what_tells_nobody_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("name", ["Nguyễn Thị An", "Trần Bình", "John Smith"])
@pytest.mark.parametrize("said", ["gặp {} rồi", "{}", "cảm ơn {}, tạm biệt"])
def test_a_whole_name_is_masked_however_it_is_typed(name: str, said: str) -> None:
    for typed in (name, name.upper(), name.lower(), search_key(name)):
        shown = masked(said.format(typed))
        assert shown == said.format(MASK)


def test_a_name_without_letters_masks_nothing() -> None:
    assert mask("tốt", name_of("123"), Names((name_of("4"),)), region="VN") == "tốt"
