"""The page itself: one skeleton, filled with the words of one language."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LANGUAGES = ("vi", "en")
_HERE = Path(__file__).parent
_environment = Environment(
    loader=FileSystemLoader([_HERE, _HERE.parents[1] / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


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
