"""`/settings`, as customers meet it."""

import pytest

from storage.database import Database
from tests.factories import add_customer, row
from tests.stage import Stage, labels, last

SHOWN = {
    "vi": [
        ["✅ Khảo sát ý kiến"],
        ["✅ Lộ trình của tôi"],
        ["✅ Lời chúc"],
        ["✅ Ưu đãi, lời mời quay lại"],
        ["🔘 Giờ nào cũng được", "Sáng, 8–12 giờ"],
        ["Chiều, 13–18 giờ", "Tối, 18–22 giờ"],
    ],
    "en": [
        ["✅ Surveys"],
        ["✅ My success plan"],
        ["✅ Greetings"],
        ["✅ Offers, invitations back"],
        ["🔘 Any usual time", "Mornings, 8–12"],
        ["Afternoons, 13–18", "Evenings, 18–22"],
    ],
}


@pytest.mark.parametrize("language", SHOWN)
async def test_choices_are_made_by_buttons_that_change_in_place(
    stage: Stage, database: Database, language: str
) -> None:
    add_customer(database, language=language)
    an = stage.person()
    an.send_text("/settings")
    await stage.settle()
    page = last(an.chat)
    assert labels(page) == SHOWN[language]
    (survey,), (_, morning) = SHOWN[language][0], SHOWN[language][4]
    an.tap(page.message_id, survey)
    await stage.settle()
    an.tap(page.message_id, morning)
    await stage.settle()
    assert last(an.chat) is page
    assert labels(page)[0] == [survey.replace("✅", "🔕")]
    assert labels(page)[4][1] == f"🔘 {morning}"
    assert labels(page)[4][0] == SHOWN[language][4][0].removeprefix("🔘 ")
    known = row(database, "customer")
    assert (known["topics_off"], known["hours"]) == ("surveys", "morning")
    an.tap(page.message_id, survey.replace("✅", "🔕"))
    await stage.settle()
    assert labels(page)[0] == [survey]
    assert row(database, "customer")["topics_off"] is None
