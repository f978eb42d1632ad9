"""A figure hides what rests on too few."""

import pytest

from bot.domain.figures import Figure, FigureUnit
from bot.domain.metrics.estimates import Estimate, Sufficiency


@pytest.mark.parametrize(
    ("n", "seen", "said"),
    [(4, False, Sufficiency.HIDDEN), (5, True, Sufficiency.FEW), (30, True, Sufficiency.ENOUGH)],
)
def test_a_value_of_fewer_than_five_stays_hidden(n: int, seen: bool, said: Sufficiency) -> None:
    estimate = Estimate(0.5, 0.2, 0.8, n)
    figure = Figure(key="gross_retention", unit=FigureUnit.SHARE, n=n, estimate=estimate)
    assert figure.visible == (estimate if seen else None)
    assert figure.sufficiency is said


def test_what_could_not_be_reckoned_has_no_value() -> None:
    assert Figure(key="gross_retention", unit=FigureUnit.SHARE, n=0, estimate=None).visible is None
