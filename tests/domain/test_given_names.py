import unicodedata

import pytest

from bot.domain.given_names import given_name, is_organisation
from bot.domain.messages import Language

BOTH = tuple(Language)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Nguyễn Thị An", "An"),
        ("Nguyen Van An", "An"),
        ("Đỗ Thị Lan Anh", "Anh"),
        ("Quỳnh Như", "Như"),
        ("An", "An"),
        ("  ", ""),
        (unicodedata.normalize("NFD", "Trần Quốc Việt"), "Việt"),
        ("NGUYỄN VĂN ĐỨC", "Đức"),
        ("trần thị hoa", "Hoa"),
        ("TS. Lê Minh", "Minh"),
        ("Nguyễn Thị An 2", "An"),
        ("Chị Lan", "Lan"),
        ("Phạm Thu Hà (Huế)", "Hà"),
        ("Võ Văn Kiệt, MBA", "Kiệt"),
    ],
)
def test_a_vietnamese_person_is_called_by_the_last_word(language: Language, name: str, given: str) -> None:
    assert given_name(name, language) == given


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("John Smith", "John"),
        ("Anne-Marie O'Brien", "Anne-Marie"),
        ("JANE DOE", "Jane"),
        ("Dr. Jane Doe", "Jane"),
        ("Mr John Paul Jones", "John"),
        ("Smith, John", "John"),
        ("John Smith, PhD", "John"),
        ("J. Smith", "J. Smith"),
        ("Peter Nguyen", "Peter"),
        ("José García", "José"),
    ],
)
def test_a_person_of_another_name_is_called_by_the_first_word(language: Language, name: str, given: str) -> None:
    assert given_name(name, language) == given


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(("name", "given"), [("An Nguyễn", "An"), ("Minh Anh Tran", "Anh"), ("Lê Nguyễn", "Nguyễn")])
def test_a_vietnamese_name_may_be_written_the_western_way(language: Language, name: str, given: str) -> None:
    assert given_name(name, language) == given


@pytest.mark.parametrize(("language", "given"), [(Language.EN, "Tom"), (Language.VI, "Han")])
def test_what_could_be_either_follows_the_language_that_the_person_speaks(language: Language, given: str) -> None:
    assert given_name("Tom Han", language) == given


@pytest.mark.parametrize(("language", "given"), [(Language.EN, "Mr Smith"), (Language.VI, "Smith")])
def test_of_whom_only_the_family_is_known_keeps_the_title(language: Language, given: str) -> None:
    assert given_name("Mr Smith", language) == given


@pytest.mark.parametrize("name", ["Khách 12346", "Khách hàng", "0912345678", "Mr", ""])
@pytest.mark.parametrize("language", BOTH)
def test_what_is_no_name_calls_nobody(name: str, language: Language) -> None:
    assert given_name(name, language) == ""


@pytest.mark.parametrize(
    "name",
    [
        "Công ty TNHH Hoa Mai",
        "CTY CP An Phát",
        "Cửa hàng Minh Long",
        "Trường Tiểu học Kim Đồng",
        "Trung tâm Anh ngữ Sao Mai",
        "Shop Bé Na",
        "Acme Ltd.",
        "Smith & Co",
        "Café Sài Gòn",
    ],
)
def test_an_organisation_has_no_given_name(name: str) -> None:
    assert is_organisation(name)
    assert [given_name(name, language) for language in BOTH] == ["", ""]


@pytest.mark.parametrize("name", ["Trương Văn Học", "Nguyễn Trung Tâm", "Cô Ba", "Ngân Hà", "Inca Roca"])
def test_a_person_is_no_organisation(name: str) -> None:
    assert not is_organisation(name)
