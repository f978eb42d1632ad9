"""The rules of one business, as values with good defaults. `touchpoint.toml` may change each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from bot.domain.lunar import LunarDay
from bot.domain.measures import Measure
from bot.domain.messages import Language
from bot.domain.reasons.themes import ThemeTemplate
from bot.domain.touchpoints import Group, Kind


@dataclass(frozen=True, kw_only=True)
class TetRules:
    """The quiet of Tết: nothing of these groups goes out from so many days before the first day of the lunar year.

    It ends so many days after it: by default with the 7th of the first month, on which the festival is over.
    """

    groups: frozenset[Group] = frozenset({Group.SURVEY, Group.WIN_BACK})
    days_before: int = 3
    days_after: int = 6


@dataclass(frozen=True, kw_only=True)
class ContactRules:
    """When a customer may be written to, over all kinds. Clocks count what was sent.

    `clocks` is the least time between two messages of one kind, `group_clocks` between two of one group (a survey's
    reminder belongs to its survey), `floor` between any two; `weekly_cap` counts any seven days. Quiet hours, weekdays
    (Monday is 1) and days are the customer's own; on other weekdays and on `holidays` only greetings go out.
    """

    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    floor: timedelta = timedelta(hours=24)
    weekly_cap: int = 3
    weekdays: frozenset[int] = frozenset(range(1, 8))
    group_clocks: Mapping[Group, timedelta] = field(
        default_factory=lambda: {Group.SURVEY: timedelta(days=90), Group.PLAN: timedelta(days=3)}
    )
    clocks: Mapping[Kind, timedelta] = field(
        default_factory=lambda: {
            Kind.NPS: timedelta(days=180),
            Kind.CES: timedelta(days=90),
            Kind.CSAT: timedelta(days=90),
            Kind.CHECK_IN: timedelta(days=25),
            Kind.PROGRESS: timedelta(days=80),
            Kind.BIRTHDAY: timedelta(days=360),
            Kind.WIN_BACK: timedelta(days=180),
            Kind.OFFER: timedelta(days=180),
            Kind.FOLLOW_UP: timedelta(days=90),
            Kind.CASE_CES: timedelta(days=30),
        }
    )
    holidays: frozenset[date] = frozenset()
    tet: TetRules = TetRules()


@dataclass(frozen=True, kw_only=True)
class SurveyRules:
    """When surveys are due. `nps_per_day` drips the calendar's NPS so that answers can be read and answered.

    What the customer writes `reason_within` of the score is its reason, unless they skip the question.
    """

    nps_every: timedelta = timedelta(days=180)
    nps_first_after: timedelta = timedelta(days=30)
    nps_per_day: int = 200
    ces_after: timedelta = timedelta(hours=1)
    csat_after: timedelta = timedelta(hours=1)
    reminder_after: timedelta = timedelta(days=4)
    closes_after: timedelta = timedelta(days=14)
    reason_within: timedelta = timedelta(days=1)


class Owner(StrEnum):
    """Whose turn a milestone is."""

    CUSTOMER = "customer"
    COMPANY = "company"


@dataclass(frozen=True, kw_only=True)
class MeasureTemplate:
    """What a milestone is measured by: the way from `start` to `target`, up or down, in `unit`."""

    name: Mapping[Language, str]
    unit: Mapping[Language, str]
    target: float
    start: float = 0


@dataclass(frozen=True, kw_only=True)
class MilestoneTemplate:
    """What is reached by when. With `proof` a customer's own tick waits until staff confirm it.

    `tip` names a template below templates/<language>/tips/, sent `tip_days` before the milestone is due.
    """

    key: str
    after_days: int
    title: Mapping[Language, str]
    owner: Owner = Owner.CUSTOMER
    proof: bool = False
    measure: MeasureTemplate | None = None
    tip: str = ""
    tip_days: int = 7


@dataclass(frozen=True, kw_only=True)
class PlanTemplate:
    """A success plan to start from: what is reached by when, counted in days from the start.

    Check-ins and progress messages come every so many calendar months; 0 turns them off. `goals` are the reasons to
    choose from when the customer is asked why they bought. `segments`, such as "plan=gold", say for whom it is meant
    (empty: for everybody); with `automatic` it starts by itself for whoever of them links their chat. `then` is the
    template that a completed plan goes on with.
    """

    key: str
    name: Mapping[Language, str]
    goal: Mapping[Language, str]
    milestones: tuple[MilestoneTemplate, ...]
    check_in_months: int = 1
    progress_months: int = 3
    goals: tuple[Mapping[Language, str], ...] = ()
    segments: tuple[str, ...] = ()
    automatic: bool = False
    then: str = ""


@dataclass(frozen=True, kw_only=True)
class SuccessRules:
    """How success plans are judged, and what a completed one asks for.

    A plan is behind when a milestone is overdue for `behind_after`, or its measure lags behind the time that has passed
    by more than `behind_share`; it is stuck when a milestone is overdue for `stuck_after`. Who is asked for a review
    goes to `review_url`, and who recommends the business hands on `referral_url`; without one it is not asked for.
    """

    behind_after: timedelta = timedelta(days=3)
    behind_share: float = 0.25
    stuck_after: timedelta = timedelta(days=21)
    goal_within: timedelta = timedelta(days=1)
    review_url: str = ""
    referral_url: str = ""


@dataclass(frozen=True, kw_only=True)
class BirthdayRules:
    """Greetings go out at `at`, local time; `leap_day_on` is the day of those who were born on 29 February."""

    enabled: bool = True
    at: time = time(9, 0)
    leap_day_on: str = "02-28"


@dataclass(frozen=True, kw_only=True)
class HolidayGreeting:
    """A greeting to everybody at `at`, local time, on a day of each year: month and day, common or lunar."""

    key: str
    text: Mapping[Language, str]
    lunar: str = ""
    day: str = ""
    at: time = time(9, 0)

    @property
    def lunar_day(self) -> LunarDay | None:
        """The lunar day, if it is one."""
        return LunarDay(int(self.lunar[:2]), int(self.lunar[3:])) if self.lunar else None


@dataclass(frozen=True, kw_only=True)
class CheckInRules:
    """What happens to a plan's check-ins that nobody answers.

    After `backs_off_after` in a row they come half as often; after `stops_after` the customer's manager is told, and
    they wait for a word of the customer.
    """

    backs_off_after: int = 2
    stops_after: int = 4


@dataclass(frozen=True, kw_only=True)
class WinBackRules:
    """Asking those who left. `silent_after` marks as lost whoever bought nothing for so long; None leaves it to staff.

    The one offer follows `offer_after_reason` after the reason, or `offer_after_silence` after a question unanswered.

    The share `holdout` of those lost, drawn by lot, is left alone, so that what win-back brings can be told; it is told
    once, when `planned` of both together were followed for `followed_for`. `cost` is what asking one costs, in minor
    units of the business's currency, and `margin` the share of revenue that stays; 0 is not known.
    """

    enabled: bool = True
    silent_after: timedelta | None = timedelta(days=90)
    ask_after: timedelta = timedelta(days=1)
    reasons: tuple[str, ...] = ("price", "quality", "service", "no_need", "other_shop", "other")
    offer_after_reason: timedelta = timedelta(days=3)
    offer_after_silence: timedelta = timedelta(days=7)
    offer: Mapping[Language, str] = field(default_factory=dict)
    holdout: float = 0.0
    planned: int = 400
    followed_for: timedelta = timedelta(days=90)
    cost: int = 0
    margin: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TeamRules:
    """How members of staff are held against what was to be expected; `cycle` is the least that is looked at."""

    cycle: timedelta = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class DeliveryRules:
    """How the sender works. `per_second` is the bulk rate over all chats; a lease must outlive two send time-outs."""

    per_second: float = 25.0
    in_flight: int = 16
    timeout: timedelta = timedelta(seconds=20)
    lease: timedelta = timedelta(seconds=60)
    attempts: int = 8
    group_per_minute: int = 20


@dataclass(frozen=True, kw_only=True)
class SignUpRules:
    """Whether a person without a link becomes a customer by /start, and how long a link works."""

    open: bool = True
    link_lasts: timedelta = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class CaseRules:
    """How cases are handled. `answer_within` and `solve_within` count business time: `opens` to `closes` on `weekdays`.

    So they are about one working day and two, the 24 and 48 hours that customers think of. Monday is 1; the holidays
    are those of the contact policy. A customer's reply within `reopens_within` opens a resolved case again;
    `nps_again_after` a case was resolved the customer is asked whether it helped. Of a customer's messages in a row at
    most one is confirmed in `acknowledges_every`.
    """

    answer_within: timedelta = timedelta(hours=8)
    solve_within: timedelta = timedelta(hours=16)
    opens: time = time(8, 0)
    closes: time = time(17, 30)
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    reopens_within: timedelta = timedelta(days=7)
    nps_again_after: timedelta = timedelta(days=90)
    acknowledges_every: timedelta = timedelta(hours=1)


TICKET_SOLVED = "ticket_solved"
"""The event that a ticket of the business's help desk makes when it is solved."""


@dataclass(frozen=True, kw_only=True)
class TriggerRules:
    """An event of another system that asks a survey: a usage event by its name, or `ticket_solved`.

    It is asked `after` the event and about `subject`, one customer at most once in `once_per`, and never about
    something that was older than `fresh_for` when it was told.
    """

    event: str
    survey: Kind
    subject: Mapping[Language, str] = field(default_factory=dict)
    after: timedelta = timedelta(hours=1)
    once_per: timedelta = timedelta(days=30)
    fresh_for: timedelta = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class SegmentScorecard:
    """Weights of its own for a segment such as "plan=gold"; what is not named keeps the general weight."""

    segment: str
    weights: Mapping[Measure, float]


@dataclass(frozen=True, kw_only=True)
class HealthRules:
    """How customers' health is scored: weights, lines from the worst value to the best, and borders of the colours.

    A score up to `red_up_to` is red and up to `yellow_up_to` yellow; to rise out of a colour it takes `hysteresis`
    points more. Staff are told of a red customer, and of a fall by `drop` within `drop_within`. Usage is counted in a
    `window` and the one before it; an answer is halfway back to neutral after `survey_half_life`.

    `events` names the events that are use of the product: none named is all but those that ask a survey, and None is
    no event at all. Who has any is judged by them, and who has none by purchases; only the weights of one count.
    """

    enabled: bool = True
    weights: Mapping[Measure, float] = field(
        default_factory=lambda: {
            Measure.TREND: 10,
            Measure.FREQUENCY: 10,
            Measure.BREADTH: 10,
            Measure.RECENCY: 0,
            Measure.USE_TREND: 10,
            Measure.USE_FREQUENCY: 10,
            Measure.USE_BREADTH: 10,
            Measure.USE_RECENCY: 0,
            Measure.SURVEY: 20,
            Measure.ENGAGEMENT: 15,
            Measure.MILESTONES: 15,
            Measure.SUPPORT: 15,
            Measure.SENTIMENT: 5,
        }
    )
    onboarding: Mapping[Measure, float] = field(
        default_factory=lambda: {
            Measure.FIRST_USE: 35,
            Measure.FIRST_EVENTS: 35,
            Measure.CONNECTED: 20,
            Measure.ENGAGEMENT: 10,
            Measure.SURVEY: 10,
            Measure.MILESTONES: 10,
            Measure.SUPPORT: 15,
        }
    )
    onboarding_for: timedelta = timedelta(days=30)
    scorecards: tuple[SegmentScorecard, ...] = ()
    lines: Mapping[Measure, tuple[float, float]] = field(
        default_factory=lambda: {
            Measure.TREND: (0, 1),
            Measure.FREQUENCY: (0, 1),
            Measure.BREADTH: (0, 0.5),
            Measure.RECENCY: (90, 0),
            Measure.FIRST_USE: (0, 2),
            Measure.USE_TREND: (0, 1),
            Measure.USE_FREQUENCY: (0, 0.8),
            Measure.USE_BREADTH: (0, 3),
            Measure.USE_RECENCY: (30, 0),
            Measure.FIRST_EVENTS: (0, 10),
            Measure.SURVEY: (0, 100),
            Measure.ENGAGEMENT: (0, 0.8),
            Measure.CONNECTED: (0, 1),
            Measure.MILESTONES: (0, 1),
            Measure.SUPPORT: (2, 0),
            Measure.SENTIMENT: (-1, 1),
        }
    )
    events: tuple[str, ...] | None = ()
    window: timedelta = timedelta(days=90)
    survey_half_life: timedelta = timedelta(days=90)
    red_up_to: int = 50
    yellow_up_to: int = 75
    hysteresis: int = 3
    drop: int = 15
    drop_within: timedelta = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class DigestRules:
    """When each CSM is told what waits for them, on business days; None is never.

    Who has been silent for `silent_share` of the time after which a customer counts as lost is named before it passes.
    """

    at: time | None = time(8, 0)
    silent_share: float = 0.75


@dataclass(frozen=True, kw_only=True)
class ReviewRules:
    """When managers are told how it went: each week on `weekday` (Monday is 1), and on each month's first business day.

    None is never. What falls on a day of rest is told on the next business day.
    """

    weekly_at: time | None = time(8, 30)
    weekday: int = 1
    monthly_at: time | None = time(8, 30)


@dataclass(frozen=True, kw_only=True)
class RetentionRules:
    """How long what people wrote is kept: reasons, messages, feedback, notes. None is for ever; scores always are."""

    texts: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class PrivacyRules:
    """Who answers for the data, as `/privacy` says it: the company, where it is, how to reach it; "" is not said."""

    legal_name: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportRules:
    """Where the bands of reports begin: of ages in years, and of what a customer bought in the last 365 days.

    The edges of value are minor units of the business's currency; without any, customers are put into quarters.
    """

    ages: tuple[int, ...] = (18, 25, 35, 45, 55)
    values: tuple[int, ...] = ()


@dataclass(frozen=True)
class MoneyRules:
    """What reports about money assume.

    A customer's life counts for `horizon_months` at most. `margin` is the share of revenue that is left (None: not
    known), `discount` what a year takes off money to come. Who renewed a contract is followed for `stays_for`. Under
    500 customers RFM scores by four borders each: days since the last purchase, and purchases and money in a year.
    """

    horizon_months: int = 36
    margin: float | None = None
    discount: float = 0.0
    stays_for: timedelta = timedelta(days=90)
    rfm_days: tuple[int, ...] = (30, 90, 180, 365)
    rfm_purchases: tuple[int, ...] = (1, 2, 4, 8)
    rfm_spent: tuple[int, ...] = (500_000, 2_000_000, 5_000_000, 20_000_000)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything a business may set about how it treats its customers.

    `pepper` is the secret with which the ids of forgotten people are made unreadable. At `webhook_url`, if it is set,
    another system is told of answers and cases.
    """

    business: str = "Touchpoint"
    timezone: str = "Asia/Ho_Chi_Minh"
    language: Language = Language.VI
    currency: str = "VND"
    phone_region: str = "VN"
    staff_chat_id: int | None = None
    admin_ids: frozenset[int] = frozenset()
    pepper: str = field(default="", repr=False)
    webhook_url: str = field(default="", repr=False)
    contact: ContactRules = ContactRules()
    surveys: SurveyRules = SurveyRules()
    plans: tuple[PlanTemplate, ...] = ()
    success: SuccessRules = SuccessRules()
    check_ins: CheckInRules = CheckInRules()
    birthday: BirthdayRules = BirthdayRules()
    greetings: tuple[HolidayGreeting, ...] = ()
    themes: tuple[ThemeTemplate, ...] = ()
    win_back: WinBackRules = WinBackRules()
    delivery: DeliveryRules = DeliveryRules()
    sign_up: SignUpRules = SignUpRules()
    cases: CaseRules = CaseRules()
    health: HealthRules = HealthRules()
    money: MoneyRules = MoneyRules()
    digest: DigestRules = DigestRules()
    reviews: ReviewRules = ReviewRules()
    retention: RetentionRules = RetentionRules()
    triggers: tuple[TriggerRules, ...] = (TriggerRules(event=TICKET_SOLVED, survey=Kind.CES),)
    privacy: PrivacyRules = PrivacyRules()
    reports: ReportRules = ReportRules()
    team: TeamRules = TeamRules()
