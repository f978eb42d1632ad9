"""Made-up customers, staff, waves and win-backs, and the pages of reports that come of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from bot.domain import landmarks
from bot.domain.landmarks import Present
from bot.domain.loyalty_messages import Landmark, loyalty_report
from bot.domain.messages import Language
from bot.domain.metrics.landmark import associate
from bot.domain.metrics.opportunities import opportunities
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.staff_retention import retention_by_owner
from bot.domain.opportunity_messages import opportunity_report
from bot.domain.periods import parse_period
from bot.domain.report_messages import Report
from bot.domain.rules import WinBackRules
from bot.domain.segments import Dimension, SegmentName
from bot.domain.team_messages import Colleague, Window, team_report
from bot.domain.trial_messages import WordingTest, roi_report, wordings_report
from bot.domain.wave_results import compare
from bot.domain.win_back_trials import Drawn, judge
from bot.domain.wordings import Variant
from tests.wave_facts import a_comparing_wave, answers, tally

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
PERIOD = parse_period("90d", now=NOW, timezone="Asia/Ho_Chi_Minh")
NAMES = ("Nguyễn Thị Hoa", "Trần Văn Bình", "Lê Mai", "Phạm Quốc Cường", "Công Tằng Tôn Nữ Thanh Hương Giang")
EVERY = 200
PLANS, PLACES = ("vàng", "bạc", "đồng", ""), ("Hà Nội", "Huế", "Thành phố Hồ Chí Minh", "Bà Rịa - Vũng Tàu")


def someone(customer_id: int = 1, *, lost_after: float | None = None, **facts: object) -> Present:
    """A customer since a year, worth a million, of whom nothing else is known; lost so many days into the period."""
    usual: dict[str, object] = {
        "plan": "vàng",
        "location": "Huế",
        "joined_at": PERIOD.start - 365 * DAY,
        "value_minor": 1_000_000,
        "lost_at": None if lost_after is None else PERIOD.start + lost_after * DAY,
    }
    return Present(customer_id=customer_id, **usual | facts)  # type: ignore[arg-type]


def crowd(n: int, *, value: float = 3e6) -> list[Present]:
    """So many customers, of whom detractors, those who do not answer, and copper in Huế leave more often."""
    random, made = np.random.default_rng(1), []
    for number in range(n):
        answered, asked = random.random() < 0.6, random.random() < 0.7
        score = int(random.integers(0, 11)) if answered else None
        plan, place = PLANS[random.choice(4, p=[0.3, 0.4, 0.2, 0.1])], PLACES[random.integers(0, 4)]
        unhappy, silent = answered and (score or 0) <= 6, not answered and asked
        risk = 0.1 + 0.2 * unhappy + 0.1 * silent + 0.3 * (plan == "đồng" and place == "Huế")
        made.append(
            someone(
                number,
                plan=plan,
                location=place,
                joined_at=PERIOD.start - int(random.integers(5, 1200)) * DAY,
                value_minor=int(random.exponential(value)),
                lost_after=float(random.uniform(1, 89)) if random.random() < risk else None,
                score=score,
                was_asked=silent,
                gave_notice=bool(random.random() < 0.03),
                owner_id=int(random.integers(0, 5)) if random.random() < 0.9 else None,
            )
        )
    return made


def loyalty_page(people: list[Present], language: Language, *, every: int = 1) -> Report:
    followed = landmarks.follow(people, at=PERIOD.start, until=PERIOD.end)
    landmark = Landmark(at=PERIOD.start, until=PERIOD.end, days=90, every=every)
    found = associate(followed.watched, every=every)
    return loyalty_report(found, followed, landmark, period=PERIOD, currency="VND", language=language)


def opportunities_page(
    people: list[Present], language: Language, *, every: int = 1, by: Dimension | None = None
) -> Report:
    segments = landmarks.segments(
        people, lambda one: f"{one.plan} · {one.location}" if by is None else one.location, every=every
    )
    hidden = sum(one.lost.whole < 5 for one in segments)
    themes = {one.name: ["giá", "giao hàng", "thái độ"] for one in segments}
    return opportunity_report(
        opportunities(segments),
        themes=themes,
        hidden=hidden,
        period=PERIOD,
        currency="VND",
        so_far=False,
        language=language,
        every=every,
        by=by,
    )


def team_page(
    people: list[Present],
    language: Language,
    *,
    so_far: bool = False,
    own: int | None = None,
    every: int = 1,
    by: Dimension | None = None,
) -> Report:
    charges = landmarks.charges(people, at=PERIOD.start)
    plans = {SegmentName(text=plan): [one for one in people if one.plan == plan] for plan in PLANS}
    team = [
        Colleague(NAMES[one.owner_id], one, segment)
        for segment, theirs in (plans.items() if by is not None else ((None, people),))
        for one in retention_by_owner(landmarks.charges(theirs, at=PERIOD.start))
    ]
    window = Window(period=PERIOD, cycle=90, so_far=so_far)
    lost = Share(sum(one.left for one in charges), len(charges))
    unknown = len(people) - len(charges)
    return team_report(team, window, lost=lost, unknown=unknown, language=language, own=own, every=every, by=by)


def drawn(n: int, *, holdout: float = 0.3, asked: float = 0.3, left_alone: float = 0.1) -> list[Drawn]:
    """So many losses, by turns held out as often as meant, of whom the first shares come back in twenty days."""
    made = []
    for number in range(n):
        held_out = number % 10 < round(10 * holdout)
        place = number // 10 % 20
        is_back = place < 20 * (left_alone if held_out else asked)
        started_at = NOW - 200 * DAY + number * timedelta(seconds=1)
        back_at = started_at + 20 * DAY if is_back else None
        made.append(
            Drawn(
                customer_id=number,
                held_out=held_out,
                started_at=started_at,
                recovered_at=back_at,
                value_minor=3_000_000,
            )
        )
    return made


def roi_page(rules: WinBackRules, losses: list[Drawn], language: Language) -> Report:
    return roi_report(judge(losses, rules, now=NOW), rules, period=PERIOD, currency="VND", language=language)


def wording_tests(each: int) -> list[WordingTest]:
    """Waves with so many customers of each wording: a clear one, one without a difference, and one not over."""
    made = []
    for number, (first, second) in enumerate(((0.3, 0.6), (0.3, 0.31), (0.3, 0.5))):
        subject = "" if number else "lần giao hàng vừa rồi ở Huế"
        wave = a_comparing_wave(wave_id=number, starts_on=date(2026, 10, 1 + number), subject=subject)
        tallies = []
        for variant, share in ((Variant.A, first), (Variant.B, second)):
            count = int(share * each)
            tallies += answers(variant, {9: count}, silent=each - count)
        if number == 2:
            tallies.append(tally(outbox="sent", open=True, count=4))
        comparison = compare(wave, tallies)
        assert comparison is not None
        made.append(WordingTest(wave=wave, comparison=comparison))
    return made


def samples(people: list[Present], language: Language, *, every: int = EVERY) -> Iterator[Report]:
    """The pages that look at one customer in so many."""
    for page in (loyalty_page, opportunities_page, team_page):
        yield page(people, language, every=every)


def pages(n: int, language: Language, *, value: float = 3e6) -> Iterator[Report]:
    """Each page of `n` customers, and those of a sample."""
    people = crowd(n, value=value)
    yield from samples(crowd(n, value=value / EVERY), language)
    rules = WinBackRules(holdout=0.3, planned=max(60, n), cost=int(value / 60), margin=0.3)
    yield loyalty_page(people, language)
    yield opportunities_page(people, language)
    yield opportunities_page(people, language, every=EVERY, by=Dimension.LOCATION)
    yield team_page(people, language)
    yield team_page(people, language, so_far=True)
    yield team_page(people, language, own=0)
    yield team_page(people, language, own=404)
    yield team_page(people, language, own=0, every=EVERY, by=Dimension.TAG)
    yield roi_page(rules, drawn(n), language)
    yield roi_page(WinBackRules(holdout=0.3), drawn(n, holdout=0.9), language)
    yield roi_page(WinBackRules(), [], language)
    yield wordings_report(wording_tests(n // 2) if n else [], period=PERIOD, language=language)
