import pytest
from hypothesis import given, strategies as st

from bot.domain import taps

ids = st.integers(min_value=0, max_value=2**63 - 1)
words = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_", max_size=12)


@given(run_id=ids, score=st.integers(0, 10), outbox_id=ids)
def test_what_is_packed_is_unpacked_as_it_was(run_id: int, score: int, outbox_id: int) -> None:
    tap = taps.Score(run_id, score, outbox_id)
    assert taps.unpack(tap.pack()) == tap


@given(win_back_id=ids, reason=words, outbox_id=ids)
def test_words_travel_too(win_back_id: int, reason: str, outbox_id: int) -> None:
    tap = taps.LeavingReason(win_back_id, reason, outbox_id)
    assert taps.unpack(tap.pack()) == tap


def test_a_payload_over_64_bytes_is_refused_where_it_is_made() -> None:
    fits = taps.ChooseLanguage("x" * 62)
    assert len(fits.pack().encode()) == 64
    with pytest.raises(ValueError, match="64 bytes"):
        taps.ChooseLanguage("x" * 63).pack()
    with pytest.raises(ValueError, match="64 bytes"):
        taps.ChooseLanguage("ạ" * 21).pack()


def test_a_value_cannot_hold_the_separator() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        taps.ChooseLanguage("v:i").pack()


@pytest.mark.parametrize("payload", ["", "s", "zz:1:2:3", "s:1:2", "s:1:2:3:4", "s:one:2:3", "s:1:2:", ":::"])
def test_what_no_button_of_ours_carries_is_refused(payload: str) -> None:
    with pytest.raises(taps.MalformedTapError):
        taps.unpack(payload)


@given(st.text(max_size=64))
def test_no_payload_does_anything_but_unpack_or_be_refused(payload: str) -> None:
    try:
        tap = taps.unpack(payload)
    except taps.MalformedTapError:
        return
    assert type(tap) in taps.TAPS.values()


def test_every_kind_of_tap_has_a_code_of_its_own() -> None:
    assert set(taps.TAPS.values()) == set(taps.Tap.__subclasses__())
    assert all(taps.TAPS[tap.code] is tap for tap in taps.Tap.__subclasses__())


def test_a_canned_reply_is_sent_by_its_second_tap_alone() -> None:
    assert [taps.CannedReply(1, "sorry", send).sends for send in ("no", "yes", "")] == [False, True, False]
