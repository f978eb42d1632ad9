"""The pictures of reports and plans: sheets of 1200 x 675, safe for the colour-blind, every word given by the caller.

matplotlib is imported when the first picture is drawn: it costs half a second and 100 MB that a bot at rest does not
need. `Figure` is used without pyplot, so that nothing global is kept and a worker thread may draw.
"""

from bot.charts.breakdown import MOST_SEGMENTS as MOST_SEGMENTS
from bot.charts.breakdown import breakdown_picture as breakdown_picture
from bot.charts.canvas import to_png as to_png
from bot.charts.cases import cases_picture as cases_picture
from bot.charts.colour_course import ColourCourse as ColourCourse
from bot.charts.colour_course import ColourLine as ColourLine
from bot.charts.drivers import DriverRow as DriverRow
from bot.charts.drivers import DriversChart as DriversChart
from bot.charts.drivers import drivers_picture as drivers_picture
from bot.charts.funnel import FunnelBar as FunnelBar
from bot.charts.funnel import FunnelPicture as FunnelPicture
from bot.charts.funnel import funnel_picture as funnel_picture
from bot.charts.health import HealthPicture as HealthPicture
from bot.charts.health import health_picture as health_picture
from bot.charts.pictures import BreakdownPicture as BreakdownPicture
from bot.charts.pictures import CasesPicture as CasesPicture
from bot.charts.pictures import FunnelStep as FunnelStep
from bot.charts.pictures import PicturePoint as PicturePoint
from bot.charts.pictures import PictureWords as PictureWords
from bot.charts.pictures import PlanPicture as PlanPicture
from bot.charts.pictures import PlanRow as PlanRow
from bot.charts.pictures import ReportPicture as ReportPicture
from bot.charts.pictures import ScoreDistribution as ScoreDistribution
from bot.charts.pictures import TimeCurve as TimeCurve
from bot.charts.plan import plan_picture as plan_picture
from bot.charts.portfolio import COLOURS as COLOURS
from bot.charts.portfolio import ColourBar as ColourBar
from bot.charts.portfolio import PortfolioPicture as PortfolioPicture
from bot.charts.portfolio import portfolio_picture as portfolio_picture
from bot.charts.report import report_picture as report_picture
