"""What customers of the shop make of its survey: invented, since the data have no answers, and the same each time.

Six in ten answer at once and three in twenty when they are reminded. The scores are drawn by the weights of SCORES,
most of them 8 to 10, and six in ten of those who answer say why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

SCORES = {10: 30, 9: 22, 8: 16, 7: 10, 6: 7, 5: 5, 4: 3, 3: 3, 2: 2, 1: 1, 0: 1}
WHEN = {"at once": 60, "reminded": 15, "never": 25}
WITH_A_REASON = 0.6
PLEASED = ("Hàng đẹp, đóng gói cẩn thận", "Giao nhanh, đúng hẹn", "Nhân viên nhiệt tình")
INDIFFERENT = ("Giá hơi cao so với chỗ khác", "Mẫu mã chưa nhiều", "Giao hàng còn chậm")
ANNOYED = ("Hàng vỡ mà đổi trả lâu quá", "Gọi mãi không ai nghe máy", "Giao thiếu hàng")


@dataclass(frozen=True)
class Opinion:
    """When somebody answers ("at once", "reminded", "never"), which score, and why; "" is not to say."""

    when: str
    score: int
    reason: str


def draw(customers: Iterable[str], *, seed: int) -> dict[str, Opinion]:
    """An opinion for each customer."""
    chance = Random(seed)
    return {customer: _opinion(chance) for customer in customers}


def _opinion(chance: Random) -> Opinion:
    (when,) = chance.choices(list(WHEN), list(WHEN.values()))
    (score,) = chance.choices(list(SCORES), list(SCORES.values()))
    said = PLEASED if score >= 9 else INDIFFERENT if score >= 7 else ANNOYED
    reason = chance.choice(said) if chance.random() < WITH_A_REASON else ""
    return Opinion(when, score, reason)
