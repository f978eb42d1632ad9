"""What is encrypted, what is left as it is, and what is noticed."""

import base64

import pytest
from hypothesis import given, strategies as st

from storage.keyring import PLAIN, Key, Keyring, MissingKeyError, TamperedError, new_secret

PLACE = "answer.reason"
OLD, NEW = Key(new_secret()), Key(new_secret())
ON = Keyring((OLD,))
ROTATED = Keyring((NEW, OLD))
LEAVING = Keyring((OLD,), writes_plain=True)
TEXTS = st.text() | st.sampled_from(["enc1:", "txt1:", "txt1:enc1:", ON.seal("a", PLACE)])


@given(TEXTS)
def test_every_text_comes_back_whatever_it_looks_like(words: str) -> None:
    for keyring in (PLAIN, ON, ROTATED, LEAVING):
        assert keyring.open(keyring.seal(words, PLACE), PLACE) == words


@given(TEXTS)
def test_a_text_stored_without_keys_is_read_with_them_and_never_taken_for_a_ciphertext(words: str) -> None:
    assert ON.open(PLAIN.seal(words, PLACE), PLACE) == words


def test_an_ordinary_text_is_stored_as_it_is_without_keys_and_an_empty_one_always() -> None:
    assert PLAIN.seal("đắt quá", PLACE) == "đắt quá"
    assert LEAVING.seal("đắt quá", PLACE) == "đắt quá"
    assert (PLAIN.seal("", PLACE), ON.seal("", PLACE)) == ("", "")


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert ON.seal("đắt quá", PLACE) != ON.seal("đắt quá", PLACE)


def test_the_first_key_encrypts_and_every_key_decrypts() -> None:
    before, after = ON.seal("đắt", PLACE), ROTATED.seal("đắt", PLACE)
    assert before.startswith(f"enc1:{OLD.id}:")
    assert after.startswith(f"enc1:{NEW.id}:")
    assert (ROTATED.open(before, PLACE), LEAVING.open(before, PLACE)) == ("đắt", "đắt")


@pytest.mark.parametrize("keyring", [PLAIN, ON])
def test_a_missing_key_is_named_and_so_is_the_place(keyring: Keyring) -> None:
    with pytest.raises(MissingKeyError, match=f"{PLACE}.*{NEW.id}.*ENCRYPTION_KEYS"):
        keyring.open(ROTATED.seal("đắt", PLACE), PLACE)


def test_a_text_that_was_moved_to_another_column_is_noticed() -> None:
    with pytest.raises(TamperedError, match=r"loss\.reason"):
        ON.open(ON.seal("đắt", PLACE), "loss.reason")


@given(st.integers(0, 10_000))
def test_no_character_of_a_ciphertext_can_change_unnoticed(number: int) -> None:
    stored = ON.seal("đắt quá", PLACE)
    mark = len(f"enc1:{OLD.id}:")
    place = mark + number % (len(stored) - mark)
    changed = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
    with pytest.raises(TamperedError):
        ON.open(changed, PLACE)


@pytest.mark.parametrize("rest", ["", "AAAA", "no base64!", "é"])
def test_what_is_no_ciphertext_behind_its_mark_is_noticed(rest: str) -> None:
    with pytest.raises(TamperedError):
        ON.open(f"enc1:{OLD.id}:{rest}", PLACE)


def test_an_index_is_the_same_for_the_same_value_and_tells_nothing_without_the_key() -> None:
    number = "+84912345678"
    assert ON.index(number, PLACE) == ON.index(number, PLACE)
    assert len({ON.index(number, PLACE), ROTATED.index(number, PLACE), ON.index(number, "x"), number}) == 4
    assert set(ROTATED.indexes(number, PLACE)) == {number, ON.index(number, PLACE), ROTATED.index(number, PLACE)}
    assert LEAVING.index(number, PLACE) == number


@pytest.mark.parametrize("secret", ["", "short", base64.urlsafe_b64encode(b"x" * 31).decode(), "*" * 44])
def test_a_key_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Key(secret)
