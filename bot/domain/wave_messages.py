"""What staff read of a wave: the dry run, the panel that is kept up to date, the question before a recall."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.metrics.estimates import comparable
from bot.domain.metrics.proportions import smallest_visible
from bot.domain.names import cut
from bot.domain.taps import ListWave, SwitchWave
from bot.domain.wave_funnels import Tally, funnel_of
from bot.domain.wave_rehearsals import Place
from bot.domain.wave_requests import WaveRequestError
from bot.domain.wave_results import compare, comparison_facts, score_of_list
from bot.domain.waves import SWITCHES, Status, Switch, Wave

MOST_DAYS = 8
LONGEST_WORD = 60
LONGEST_BUTTON = 24


def misunderstood(error: WaveRequestError, language: Language) -> Message:
    """Which word plans no wave, and what to write instead."""
    known = [cut(value, LONGEST_WORD) for value in error.known]
    facts = {"fault": error.fault, "word": cut(error.word, LONGEST_WORD), "known": known}
    return Message("waves/misunderstood", language, facts)


def usage(waves: Sequence[Wave], language: Language) -> Message:
    """How a wave is planned, and a button for each that was begun lately."""
    rows = tuple((_open_button(wave),) for wave in waves)
    return Message("waves/usage", language, {"begun": len(waves)}, rows)


def _open_button(wave: Wave) -> Button:
    facts = {
        "kind": wave.kind,
        "subject": cut(wave.subject, LONGEST_BUTTON),
        "status": wave.status,
        "starts_on": wave.starts_on.isoformat(),
    }
    return Button("wave", SwitchWave(wave.wave_id, Switch.SHOW), facts)


def draft_message(wave: Wave, places: Sequence[Place], language: Language) -> Message:
    """The dry run: who gets it, by day, who is held by which rule, and when it ends."""
    by_day = Counter(place.day for place in places if place.day is not None)
    shown = sorted(by_day.items())
    later = Counter(str(place.rule) for place in places if place.day is not None and place.rule)
    facts = _facts(wave) | {
        "total": len(places),
        **_prospect(places),
        "days": [{"day": day.isoformat(), "count": count} for day, count in shown[:MOST_DAYS]],
        "more_days": max(0, len(shown) - MOST_DAYS),
        "finishes_on": shown[-1][0].isoformat() if shown else None,
        "later": dict(later.most_common()),
        "wordings": [{"variant": one, "name": wave.wording(one)} for one in wave.variants],
        **_split_facts(wave, places),
    }
    return Message("waves/draft", language, facts, keyboard(facts))


def _prospect(places: Sequence[Place]) -> dict[str, object]:
    """How many a wave will reach, and how many it will not by which rule."""
    refused = Counter(str(place.rule) for place in places if place.day is None and place.rule)
    return {"goes": sum(place.day is not None for place in places), "refused": dict(refused.most_common())}


def as_begun(panel: Message, places: Sequence[Place]) -> Message:
    """The panel of a wave before its first message: whom it will reach, in the numbers of the dry run."""
    return replace(panel, facts={**panel.facts, **_prospect(places)})


def _split_facts(wave: Wave, places: Sequence[Place]) -> dict[str, object]:
    """How many get each wording, and how large a difference in the response rate they can show."""
    sizes = Counter(place.variant for place in places if place.day is not None)
    halves = [sizes[variant] for variant in wave.variants] if wave.compares else []
    visible = smallest_visible(min(halves)) if halves and comparable(*halves) else None
    return {"halves": halves, "visible": visible}


def panel_message(
    wave: Wave, tallies: Sequence[Tally], *, recallable: int, language: Language, first: bool = True
) -> Message:
    """The wave as it runs; `first` False says that somebody else had pressed before."""
    facts = panel_facts(wave, tallies, recallable=recallable) | {"first": first}
    return Message("waves/panel", language, facts, keyboard(facts))


def panel_facts(wave: Wave, tallies: Sequence[Tally], *, recallable: int) -> dict[str, object]:
    """What the panel says; plain values, since progress waits in the outbox."""
    funnel, comparison, score = funnel_of(tallies), compare(wave, tallies), score_of_list(wave, tallies)
    return _facts(wave) | {
        "total": funnel.total,
        "waiting": funnel.waiting,
        "sent": funnel.sent,
        "answered": funnel.answered,
        "commented": funnel.commented,
        "unreachable": funnel.unreachable,
        "recalled": funnel.recalled,
        "held": dict(funnel.held),
        "comparison": comparison_facts(comparison) if comparison else None,
        "score": asdict(score) if score and score.n else None,
        "recallable": recallable,
        "first": True,
    }


def _facts(wave: Wave) -> dict[str, object]:
    return {
        "wave_id": wave.wave_id,
        "kind": wave.kind,
        "subject": wave.subject,
        "status": wave.status,
        "words": wave.words,
        "per_day": wave.per_day,
        "starts_on": wave.starts_on.isoformat(),
        "ends_on": wave.ends_on.isoformat() if wave.ends_on else None,
        "weekdays": sorted(wave.weekdays),
        "recallable": 0,
    }


def keyboard(facts: Mapping[str, object]) -> Keyboard:
    """The switches of a wave's present state."""
    wave_id, status = int(str(facts["wave_id"])), Status(str(facts["status"]))
    switches = tuple(Button(switch, SwitchWave(wave_id, switch)) for switch in SWITCHES.get(status, ()))
    rows = [switches] if switches else []
    if facts["recallable"]:
        rows.append((Button(Switch.RECALL, SwitchWave(wave_id, Switch.RECALL)),))
    if status is not Status.CANCELLED:
        show = (Button("refresh", SwitchWave(wave_id, Switch.SHOW)),) if status is not Status.DRAFT else ()
        rows.append((Button("list", ListWave(wave_id)), *show))
    return tuple(rows)


def recall_question(wave: Wave, recallable: int, language: Language) -> Message:
    """Whether the messages are really to be deleted."""
    sure, back = (Button(switch, SwitchWave(wave.wave_id, switch)) for switch in (Switch.RECALL_SURE, Switch.SHOW))
    return Message("waves/recall", language, {"count": recallable}, ((sure, back),))


def recalled(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """What a recalled message says where it cannot be deleted any more."""
    return Message("waves/recalled", language, facts)
