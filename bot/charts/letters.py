"""Letters drawn a line at a time: laying each out twice and drawing it alone took half the time of a picture."""

import gc
from dataclasses import dataclass
from math import cos, radians, sin
from typing import ClassVar

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from numpy.typing import NDArray
from typing_extensions import override

SUBPIXELS = 64  # of FreeType in a pixel
MOST_LINES = 2_000
"""So many lines are kept for other pictures, which take some 10 MB: most numbers and labels come again."""

# What is loaded by now stays: to look through all of it for garbage took a tenth of a second, amid a picture.
gc.freeze()


@dataclass(frozen=True)
class Line:
    """A line of text as an image, which begins `left` and `below` its origin in whole pixels, and its measures."""

    image: NDArray[np.uint8]
    left: int
    below: int
    measures: tuple[float, float, float]  # pixels of width, of height, and of height under the letters' ground


class LineRenderer(RendererAgg):
    """Draws a line of text as one image, which is made when it is first measured, for all pictures.

    Its letters are not moved onto whole pixels: that takes longest, and sets small letters unevenly. None is a formula.
    """

    _lines: ClassVar[dict[tuple[str, float, str | int, float], Line]] = {}

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]

    @override
    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: object) -> tuple[float, float, float]:
        return self._line(s, prop).measures

    @override
    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: object = False,
        mtext: object = None,
    ) -> None:
        line, turn = self._line(s, prop), radians(angle)
        left = x + line.left * cos(turn) + line.below * sin(turn)
        bottom = y - line.left * sin(turn) + line.below * cos(turn)
        self._renderer.draw_text_image(line.image, round(left), round(bottom), angle, gc)

    def _line(self, text: str, letters: FontProperties) -> Line:
        key = (text, letters.get_size_in_points(), letters.get_weight(), self.dpi)
        if (line := self._lines.get(key)) is None:
            if len(self._lines) >= MOST_LINES:
                self._lines.clear()
            line = self._lines[key] = self._drawn(text, letters)
        return line

    def _drawn(self, text: str, letters: FontProperties) -> Line:
        font: FT2Font = self._prepare_font(letters)  # type: ignore[no-untyped-call]
        font.set_text(text, flags=LoadFlags.NO_HINTING)
        font.draw_glyphs_to_bitmap()
        image = font.get_image()
        (left, _), (width, height), descent = font.get_bitmap_offset(), font.get_width_height(), font.get_descent()
        above = (height - descent) // SUBPIXELS + 1
        measures = (width / SUBPIXELS, height / SUBPIXELS, descent / SUBPIXELS)
        return Line(image, left // SUBPIXELS, len(image) - above, measures)


class Sheet(FigureCanvasAgg):
    """What a figure is drawn on, with such letters."""

    renderer: LineRenderer

    @override
    def get_renderer(self) -> LineRenderer:
        if not hasattr(self, "renderer"):
            self.renderer = LineRenderer(*self.get_width_height(physical=True), self.figure.dpi)
        return self.renderer
