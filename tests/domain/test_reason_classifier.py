"""Kind or unkind, learned from the firm's own scores: calibrated, cross-validated, and used only if it is better."""

import numpy as np
import pytest
from scipy.optimize import minimize

from bot.domain.metrics.proportions import paired_difference
from bot.domain.reasons import classifier
from bot.domain.reasons.classifier import LEAST_LEARNED, LEAST_OF_EACH, Judge, Labelled, Sigmoid, learn

# Phrases that the lexicon does not know, so that only what was learned can tell them.
SAD = ["giao muộn", "gọi mãi", "sai màu", "thiếu đồ"]
GLAD = ["đúng hẹn", "đủ đồ", "đẹp như hình", "có quà"]


def texts(n: int, noise: float = 0.0, seed: int = 3) -> list[Labelled]:
    generator = np.random.default_rng(seed)
    unkind = generator.random(n) < 0.4
    flipped = generator.random(n) < noise
    pool = [(SAD if one ^ flip else GLAD) for one, flip in zip(unkind, flipped, strict=True)]
    said = [f"{words[generator.integers(4)]}, {words[generator.integers(4)]}" for words in pool]
    return [Labelled(text, bool(label), fold) for fold, (text, label) in enumerate(zip(said, unkind, strict=True))]


def test_what_scores_teach_is_used_where_it_is_right_more_often_than_the_lexicon() -> None:
    judge = learn(texts(300, noise=0.05))
    assert judge.learned is not None
    assert judge.accuracy is not None
    assert judge.baseline is not None
    assert judge.accuracy.n == judge.n == 300
    assert judge.accuracy.value == pytest.approx(0.95, abs=0.04)
    assert judge.baseline.value < judge.accuracy.low
    assert judge.is_unkind("giao muon va goi mai") is True  # typed without accents too
    assert judge.is_unkind("đúng hẹn, có quà") is False


def test_nothing_is_learned_from_under_a_hundred_reasons_or_from_one_side() -> None:
    assert learn(texts(LEAST_LEARNED - 1)) == Judge(n=LEAST_LEARNED - 1)
    one_sided = [Labelled("chậm", unkind=n < LEAST_OF_EACH - 1, fold=n) for n in range(200)]
    assert learn(one_sided) == Judge(n=200)


def test_what_is_not_better_than_taking_all_for_what_most_are_is_not_used() -> None:
    judge = learn(texts(200, noise=0.5))
    assert judge.learned is None
    assert judge.accuracy is not None
    assert judge.is_unkind("giao muộn") is None


def test_the_lexicon_is_the_one_to_beat_where_it_knows_the_words() -> None:
    known = [Labelled("chậm" if n % 3 else "tốt", unkind=bool(n % 3), fold=n) for n in range(150)]
    judge = learn(known)
    assert judge.baseline is not None
    assert judge.baseline.value == 1
    assert judge.learned is None


@pytest.mark.parametrize(("text", "unkind"), [("chậm", True), ("tốt", False), ("tốt, chậm", None), ("xanh", None)])
def test_before_that_the_lexicon_judges_and_says_when_it_cannot(text: str, *, unkind: bool | None) -> None:
    assert Judge(n=0).is_unkind(text) is unkind


def test_texts_of_one_customer_are_never_judged_by_what_was_learned_from_the_others() -> None:
    """Who says the same odd thing each time is learned by heart within a fold, and not known in any other."""
    by_heart = [Labelled(f"chuyện {chr(97 + n % 20) * 2} lạ", unkind=n % 20 < 8, fold=n % 20) for n in range(200)]
    honest, leaky = learn(by_heart), learn([Labelled(one.text, one.unkind, n // 20) for n, one in enumerate(by_heart)])
    assert honest.accuracy is not None
    assert leaky.accuracy is not None
    assert honest.accuracy.value < 0.7 < leaky.accuracy.value


def test_the_probability_is_that_with_which_such_texts_are_unkind() -> None:
    """Four in ten are unkind and a fifth say the opposite: .32 of .44 sad texts and .08 of .56 glad ones are unkind."""
    judge = learn(texts(1500, noise=0.2))
    assert judge.learned is not None
    bayes, sigmoid = judge.learned
    for pool, truth in ((SAD, 0.32 / 0.44), (GLAD, 0.08 / 0.56)):
        phrases = [classifier._phrases(f"{one}, {other}") for one in pool for other in pool]  # noqa: SLF001  never shown
        chances = [sigmoid.probability(bayes.log_odds(one)) for one in phrases]
        assert np.mean(chances) == pytest.approx(truth, abs=0.08)


def test_the_sigmoid_is_the_maximum_that_scipy_finds() -> None:
    generator = np.random.default_rng(5)
    labels = generator.random(200) < 0.3
    scores = generator.normal(size=200) * 4 + 3 * labels
    target = np.where(labels, (labels.sum() + 1) / (labels.sum() + 2), 1 / ((~labels).sum() + 2))

    def loss(at: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
        z = at[0] * scores + at[1]
        return float(np.sum(np.logaddexp(0, z) - target * z))

    slope, offset = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}).x
    found = classifier._sigmoid(list(scores), list(labels))  # noqa: SLF001
    assert (found.slope, found.offset) == pytest.approx((slope, offset), abs=1e-4)


def test_labels_that_lie_apart_leave_the_sigmoid_finite() -> None:
    found = classifier._sigmoid([-9.0] * 30 + [9.0] * 30, [False] * 30 + [True] * 30)  # noqa: SLF001
    assert 0.9 < found.probability(9.0) < 1


def test_a_probability_stays_one_however_large_the_odds_are() -> None:
    assert Sigmoid(1, 0).probability(1e6) == 1
    assert Sigmoid(1, 0).probability(-1e6) == pytest.approx(0)


def test_the_paired_difference_covers_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(11)
    hit = 0
    for _ in range(400):
        both = generator.random(80)
        first, second = both < 0.8, (both + generator.random(80) * 0.5) % 1 < 0.7
        found = paired_difference(list(map(bool, first)), list(map(bool, second)))
        hit += found.low <= 0.1 <= found.high
    assert hit / 400 > 0.92


def test_the_paired_difference_is_agresti_and_mins() -> None:
    """Half a case in each cell: of 100, the first alone is right in 20 and the second alone in 10."""
    first = [True] * 20 + [False] * 10 + [True] * 70
    second = [False] * 20 + [True] * 10 + [True] * 70
    found = paired_difference(first, second)
    assert found.value == pytest.approx(0.1)
    centre, variance = 10 / 102, (31 - 100 / 102) / 102**2
    assert (found.low, found.high) == pytest.approx(
        (centre - 1.96 * variance**0.5, centre + 1.96 * variance**0.5), abs=1e-4
    )
    assert paired_difference([], []).low < 0 < paired_difference([], []).high
