from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

from hypothesis import given, strategies as st

from bot.domain.silences import KnownLoss, Restatement, Silence, restate

START = datetime(2025, 1, 1, tzinfo=UTC)
SILENT_AFTER = 90


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def silence(lost: int, ended: int) -> Silence:
    return Silence(day(lost), day(ended))


def known(loss_id: int, lost: int, ended: int, *, inferred: bool = True) -> KnownLoss:
    return KnownLoss(loss_id=loss_id, silence=silence(lost, ended), inferred=inferred)


def silences(bought: Sequence[int]) -> list[Silence]:
    gaps = pairwise(sorted(bought))
    return [silence(before + SILENT_AFTER, after) for before, after in gaps if after > before + SILENT_AFTER]


def test_a_silence_that_nobody_knew_of_is_missing() -> None:
    assert restate([silence(90, 200)], []) == Restatement(missing=(silence(90, 200),))


def test_a_loss_that_is_known_stays_as_it_is() -> None:
    assert restate([silence(90, 200)], [known(1, 90, 200)]) == Restatement()


def test_a_purchase_in_between_shortens_the_loss_and_tells_another() -> None:
    restated = restate([silence(90, 100), silence(190, 300)], [known(1, 90, 300)])
    assert restated == Restatement(missing=(silence(190, 300),), moved=((1, silence(90, 100)),))


def test_a_loss_that_began_later_than_it_seemed_keeps_its_id() -> None:
    assert restate([silence(120, 300)], [known(1, 90, 300)]) == Restatement(moved=((1, silence(120, 300)),))


def test_a_loss_without_a_silence_never_was() -> None:
    assert restate([silence(300, 400)], [known(1, 90, 300)]) == Restatement(missing=(silence(300, 400),), false=(1,))


def test_two_losses_in_one_silence_become_one() -> None:
    restated = restate([silence(90, 300)], [known(1, 90, 100), known(2, 190, 300)])
    assert restated == Restatement(moved=((1, silence(90, 300)),), false=(2,))


def test_what_somebody_said_stands_and_is_not_counted_twice() -> None:
    assert restate([silence(90, 200)], [known(1, 30, 200, inferred=False)]) == Restatement()


@given(st.lists(st.sets(st.integers(0, 1500), max_size=6), min_size=1, max_size=4))
def test_the_order_in_which_books_come_in_makes_no_difference(batches: list[set[int]]) -> None:
    ids, bought = count(1), set[int]()
    record: dict[int, Silence] = {}
    for batch in batches:
        bought |= batch
        losses = [KnownLoss(loss_id=each, silence=one, inferred=True) for each, one in record.items()]
        restated = restate(silences(sorted(bought)), losses)
        record |= dict(restated.moved) | {next(ids): one for one in restated.missing}
        for loss_id in restated.false:
            del record[loss_id]
    assert sorted(record.values()) == silences(sorted(bought))
