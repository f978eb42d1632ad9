"""Reading a report as its reader does: from the text under the picture."""

import re
from pathlib import Path

from bot.playground.world import Message
from tests.retail.recount import Churn
from tests.retail.scene import Scene


def keep(scene: Scene, message: Message, name: Path) -> str:
    """Write the report's text and picture beside each other; returns the text."""
    text = str(message.content["caption"])
    name.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
    name.with_suffix(".png").write_bytes(scene.picture(message))
    return text


def read_nps(text: str) -> tuple[int, ...]:
    """The NPS and the ends of its interval."""
    number = r"([+−\d]+)"
    return _numbers(rf"NPS: {number} \({number} đến {number}\)", text)


def read_responses(text: str) -> tuple[int, ...]:
    """The surveys that were answered, and those whose time to answer is over."""
    return _numbers(r"Tỷ lệ phản hồi[^\n]*\n([\d.]+)/([\d.]+)", text)


def read_churn(text: str) -> Churn:
    """The lost, the customers at the start, and those at the end."""
    return Churn(
        *_numbers(r"Tỷ lệ rời bỏ[^\n]*\n([\d.]+)/([\d.]+)", text),
        *_numbers(r"Khách đang hoạt động: ([\d.]+)", text),
    )


def _numbers(pattern: str, text: str) -> tuple[int, ...]:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"no {pattern} in {text}")
    return tuple(int(number.replace(".", "").replace("−", "-")) for number in found.groups())
