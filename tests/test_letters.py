"""The letters of pictures: each line drawn once as an image, and where matplotlib draws it letter by letter."""

import sys
from io import BytesIO
from subprocess import check_output

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image

from bot.charts import letters, to_png
from bot.charts.canvas import DPI, HEIGHT, WHOLE, WIDTH, new_figure, new_panel
from bot.charts.letters import Line, LineRenderer, Sheet
from bot.charts.pictures import PictureWords

WORDS = PictureWords(title="Ổn định", subtitle="9,2 %", no_answers="", too_few="")


def _ink(text: str, canvas: type[FigureCanvasAgg], angle: float) -> tuple[int, int, int, int]:
    """The first and the last row and column with ink."""
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI)
    figure.text(0.3137, 0.5171, text, fontsize=14, rotation=angle, va="center")
    canvas(figure)
    picture = Image.open(BytesIO(to_png(figure))).convert("L")
    rows, columns = np.nonzero(np.asarray(picture) < 160)
    return rows.min(), rows.max(), columns.min(), columns.max()


@pytest.mark.parametrize("angle", [0, 90])
@pytest.mark.parametrize("text", ["1", "3", "–", "9,2 %", "jỮg (n = 1.535)", "Ổn định"])
def test_a_line_lies_where_its_letters_would_lie(text: str, angle: float) -> None:
    with rc_context({"text.hinting": "none"}):
        lettered = _ink(text, FigureCanvasAgg, angle)
    assert _ink(text, Sheet, angle) == pytest.approx(lettered, abs=1)


def test_numbers_beside_each_other_stand_on_one_ground() -> None:
    assert len({_ink(number, Sheet, 0)[1] for number in "1247"}) == 1


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that are laid out, by renderers that know none before."""
    found: list[str] = []
    lay_out = LineRenderer._drawn  # noqa: SLF001  what is counted

    def count(renderer: LineRenderer, text: str, letters: FontProperties) -> Line:
        found.append(text)
        return lay_out(renderer, text, letters)

    monkeypatch.setattr(LineRenderer, "_drawn", count)
    monkeypatch.setattr(LineRenderer, "_lines", {})
    return found


def test_each_line_is_laid_out_once_for_all_pictures(laid_out: list[str]) -> None:
    for _ in range(2):
        figure = new_figure(WORDS)
        new_panel(figure, WHOLE, "n = 5").set_xticks([0, 1], ["a", "a"])
        assert Image.open(BytesIO(to_png(figure))).mode == "RGB"
    assert sorted(text for text in laid_out if text in {"Ổn định", "9,2 %", "n = 5", "a"}) == [
        "9,2 %",
        "a",
        "n = 5",
        "Ổn định",
    ]


def test_so_many_lines_are_kept_and_no_more(laid_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST_LINES", 2)
    measure, prop = LineRenderer(WIDTH, HEIGHT, DPI).get_text_width_height_descent, FontProperties(size=10)
    for text in ("a", "b", "a", "c", "c", "a"):
        measure(text, prop, ismath=False)
    assert laid_out == ["a", "b", "c", "a"]


def test_a_size_or_weight_of_its_own_is_a_line_of_its_own() -> None:
    renderer = LineRenderer(WIDTH, HEIGHT, DPI)
    widths = [
        renderer.get_text_width_height_descent("n = 5", FontProperties(size=size, weight=weight), ismath=False)[0]
        for size, weight in ((10, "normal"), (12, "normal"), (12, "bold"))
    ]
    assert widths == sorted(set(widths))


def test_dollars_are_measured_as_letters() -> None:
    measure = LineRenderer(WIDTH, HEIGHT, DPI).get_text_width_height_descent
    assert (
        measure("$1 – $2", FontProperties(size=10), ismath=True)[0]
        > measure("1 – 2", FontProperties(size=10), ismath=True)[0]
    )


def test_what_is_loaded_with_the_first_picture_is_not_looked_through_for_garbage() -> None:
    loaded = "import gc, matplotlib.figure, bot.charts.letters; print(gc.get_freeze_count() > len(gc.get_objects()))"
    assert check_output([sys.executable, "-c", loaded], text=True).strip() == "True"
