"""A number of a report as it may be printed or written to a file, whatever it counts."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.metrics.estimates import NOT_COMPARABLE, Change, Estimate, Sufficiency, shown, sufficiency


class FigureUnit(StrEnum):
    """What a figure's value is in. Money is in minor units of the figure's currency, a share from 0 to 1.

    What two shares are apart is from -1 to 1.
    """

    POINTS = "points"
    SHARE = "share"
    APART = "apart"
    MONEY = "money"
    DAYS = "days"
    NUMBER = "number"
    RATE = "rate"
    MULTIPLE = "multiple"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with its n and interval.

    `key` names it in the templates (`figure_name`), `segment` whom it is about where that is not everybody, and `note`
    is the key of the sentence that says why there is no value.
    """

    key: str
    unit: FigureUnit
    n: int
    estimate: Estimate | None
    change: Change = NOT_COMPARABLE
    segment: str = ""
    currency: str = ""
    note: str = ""

    @property
    def sufficiency(self) -> Sufficiency:
        return sufficiency(self.n)

    @property
    def visible(self) -> Estimate | None:
        """The value with its interval, unless it rests on so few that a person could be recognised."""
        return shown(self.estimate)
