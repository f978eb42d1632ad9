"""The page itself: one skeleton, filled with the words of one language."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LANGUAGES = ("vi", "en")
_RANGE = re.compile(r"([a-z]+)[a-z0-9-]*\s*(?:;\s*q=([01](?:\.\d{0,3})?))?")
_HERE = Path(__file__).parent
_environment = Environment(
    loader=FileSystemLoader([_HERE, _HERE.parents[1] / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def spoken_first(accepted: str, default: str) -> str:
    """Which of our languages an Accept-Language header (RFC 9110, 12.5.4) likes best, or else the default."""
    likes = {tag: float(quality or 1) for tag, quality in reversed(_RANGE.findall(accepted.lower()))}
    ours = {language: likes[language] for language in LANGUAGES if likes.get(language)}
    return max(ours, key=ours.__getitem__, default=default)


@cache
def words(language: str) -> dict[str, str]:
    """Every word on the page: the blocks of templates/<language>/playground/page.j2, by name."""
    template = _environment.get_template(f"{language}/playground/page.j2")
    return {name: "".join(block(template.new_context())).strip() for name, block in template.blocks.items()}


def render_page(language: str) -> str:
    """The HTML of the page in one language."""
    spoken = {code: words(code) for code in LANGUAGES}
    page = _environment.get_template("page.html")
    return page.render(language=language, words=spoken[language], spoken=spoken)
