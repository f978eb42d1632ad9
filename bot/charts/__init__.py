"""The pictures of reports and plans: sheets of 1200 x 675, safe for the colour-blind, every word given by the caller.

matplotlib is imported when the first picture is drawn: it costs half a second and 100 MB that a bot at rest does not
need. `Figure` is used without pyplot, so that nothing global is kept and a worker thread may draw.
"""

from bot.charts.breakdown import MOST_SEGMENTS as MOST_SEGMENTS, breakdown_picture as breakdown_picture
from bot.charts.canvas import to_png as to_png
from bot.charts.cases import cases_picture as cases_picture
from bot.charts.colour_course import ColourCourse as ColourCourse, ColourLine as ColourLine
from bot.charts.drivers import DriverRow as DriverRow, DriversChart as DriversChart, drivers_picture as drivers_picture
from bot.charts.funnel import FunnelBar as FunnelBar, FunnelPicture as FunnelPicture, funnel_picture as funnel_picture
from bot.charts.health import HealthPicture as HealthPicture, health_picture as health_picture
from bot.charts.pictures import (
    BreakdownPicture as BreakdownPicture,
    CasesPicture as CasesPicture,
    FunnelStep as FunnelStep,
    PicturePoint as PicturePoint,
    PictureWords as PictureWords,
    PlanPicture as PlanPicture,
    PlanRow as PlanRow,
    ReportPicture as ReportPicture,
    ScoreDistribution as ScoreDistribution,
    TimeCurve as TimeCurve,
)
from bot.charts.plan import plan_picture as plan_picture
from bot.charts.portfolio import (
    COLOURS as COLOURS,
    ColourBar as ColourBar,
    PortfolioPicture as PortfolioPicture,
    portfolio_picture as portfolio_picture,
)
from bot.charts.report import report_picture as report_picture
