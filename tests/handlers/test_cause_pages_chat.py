"""The pages of causes as staff ask for them: a picture and its caption, also where nothing is known yet."""

from storage.database import Database
from tests.factories import CHAT, add_staff
from tests.stage import Stage, last

CSM = 100
PAGES = {
    "gắn bó": "NPS và rời bỏ",
    "cơ hội": "Nên giữ khách ở đâu trước",
    "thử nghiệm": "Thử hai cách hỏi",
    "đội ngũ": "Đội ngũ giữ khách",
    "roi": "Mời khách quay lại có đáng không",
    "giữ chân theo gói": "Mua lại sau 3 tháng theo gói",
    "gắn bó theo độ tuổi": "Chênh lệch rời bỏ (chưa hài lòng − ủng hộ) theo độ tuổi",
    "cơ hội theo kênh": "Nên giữ khách ở đâu trước, theo kênh",
    "đội ngũ theo thẻ": "Đội ngũ giữ khách theo thẻ",
}


async def test_each_page_of_causes_is_one_picture_with_its_words_below(stage: Stage, database: Database) -> None:
    add_staff(database, CHAT + CSM, name="Hoa", language="vi")
    hoa = stage.person(CSM, name="Hoa", language="vi")
    for words, title in PAGES.items():
        hoa.send_text(f"/report {words}")
        await stage.settle()
        said = last(hoa.chat)
        assert said.content["photo"]
        assert title in str(said.content["caption"])
