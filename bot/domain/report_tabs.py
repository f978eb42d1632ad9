"""The buttons under a report: to other reports, within this one, to other periods, and to files."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.domain.messages import Button, Keyboard
from bot.domain.report_forms import OVERVIEW, FileForm
from bot.domain.report_pages import BELOW, BROKEN_DOWN, KINDS, OF_SURVEYS, TABS, Page
from bot.domain.report_requests import Dimension, ReportRequest
from bot.domain.reports import Metric
from bot.domain.taps import ShowReport

TABS_A_ROW, CHOICES_A_ROW = 4, 5
PERIODS = ("30d", "90d", "this quarter", "this year")
EVERYTHING, BREAKDOWN, RESPONSES = "everything", "breakdown", "responses"
_KINDS = MappingProxyType({Page.FUNNEL: (None, *KINDS), Page.REASONS: KINDS})


def tabs(request: ReportRequest) -> Keyboard:
    """The rows of buttons under a report: tabs, what its own tab offers, and periods or else kinds of file.

    What a neighbour knows of a request stays as it is: its period, its metric, its breakdown.
    """
    asked = replace(request, form=None)
    others = (_button(asked, tab, _under(asked, tab)) for tab in TABS)
    neighbours = [_button(asked, OVERVIEW, _overview(asked)), *others]
    rows = [*_rows(neighbours, TABS_A_ROW), *_choices(asked)]
    return (*rows, _files(asked) if asked.files else _periods(asked))


def _choices(asked: ReportRequest) -> Iterator[tuple[Button, ...]]:
    if asked.page is None:
        yield tuple(_button(asked, metric, replace(asked, metric=metric)) for metric in Metric)
    if asked.by is not None:
        others = [_button(asked, by, replace(asked, by=by)) for by in Dimension]
        yield from _rows([_button(asked, EVERYTHING, replace(asked, by=None)), *others], CHOICES_A_ROW)
        return
    if asked.page in BROKEN_DOWN:
        yield (_button(asked, BREAKDOWN, replace(asked, by=Dimension.PLAN)),)
    if asked.page is Page.FUNNEL and asked.metric is None:
        responses = replace(asked, page=None, metric=Metric.RESPONSE_RATE, by=Dimension.PLAN)
        yield (_button(asked, RESPONSES, responses),)
    if asked.page in OF_SURVEYS:
        kinds = _KINDS[asked.page]
        yield tuple(_button(asked, kind or EVERYTHING, replace(asked, metric=kind)) for kind in kinds)
    below = BELOW.get(asked.tab, ()) if asked.tab else ()
    yield from _rows([_button(asked, page, _page(asked, page)) for page in below], CHOICES_A_ROW)


def _periods(asked: ReportRequest) -> tuple[Button, ...]:
    periods = (_button(asked, period, replace(asked, period=period)) for period in PERIODS)
    return (*periods, _button(asked, "files", replace(asked, files=True)))


def _files(asked: ReportRequest) -> tuple[Button, ...]:
    bare = replace(asked, files=False)
    return (_button(asked, "back", bare), *(_button(asked, form, replace(bare, form=form)) for form in FileForm))


def _overview(asked: ReportRequest) -> ReportRequest:
    return replace(asked, metric=None, by=None, page=None)


def _under(asked: ReportRequest, tab: Page) -> ReportRequest:
    """The request that leads to a tab from this one."""
    if tab is Page.TREND:
        return replace(asked, metric=asked.metric or Metric.NPS, by=None, page=None)
    if tab is Page.SEGMENTS:
        return replace(asked, metric=asked.metric or Metric.NPS, by=asked.by or Dimension.PLAN, page=None)
    return _page(asked, tab)


def _page(asked: ReportRequest, page: Page) -> ReportRequest:
    metric = asked.metric if page in OF_SURVEYS and asked.metric in KINDS else None
    return replace(asked, metric=metric, by=None, page=page)


def _button(asked: ReportRequest, name: str, there: ReportRequest) -> Button:
    chosen = there == asked or name == asked.tab
    return Button("tab", ShowReport(there.words), {"tab": name, "chosen": chosen})


def _rows(buttons: Sequence[Button], longest: int) -> Iterator[tuple[Button, ...]]:
    return (tuple(buttons[start : start + longest]) for start in range(0, len(buttons), longest))
