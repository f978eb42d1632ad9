"""Kind or unkind, learned from the firm's own scores: for texts without one, as soon as there are a hundred reasons.

A multinomial naive Bayes of the presence of phrases (Rennie et al., "Tackling the Poor Assumptions of Naive Bayes Text
Classifiers", ICML 2003: a phrase counts once in a text, and a text is as long as it has phrases), whose log odds are
brought to a probability by Platt's sigmoid (Platt, "Probabilistic Outputs for Support Vector Machines", 1999, with his
smoothed targets). Both are learned on texts and judged on others, five times over, so that no text is judged by what
was learned from it; all texts of a customer lie in one fold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.proportions import Share, paired_difference, proportion
from bot.domain.reasons.tokens import grams, read
from bot.domain.sentiment import polarity

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Numbers = NDArray[float64]

LEAST_LEARNED = 100
LEAST_OF_EACH = 20
"""Reasons of detractors and of promoters each, so that every fold has some of both to learn from."""
FOLDS = 5
SMOOTHING = 0.5
STEPS, MOST_HALVES, RIDGE = 15, 10, 1e-9
RAREST = 2
"""A phrase of a single text is learned by heart and helps with no other."""


@dataclass(frozen=True)
class Labelled:
    """A text whose score says whether it is unkind; `fold` is a stable hash of its customer."""

    text: str
    unkind: bool
    fold: int = 0


@dataclass(frozen=True)
class Bayes:
    """The log odds of unkind that each known phrase adds to those of a text without any."""

    weights: Mapping[str, float]
    prior: float

    def log_odds(self, phrases: Iterable[str]) -> float:
        return self.prior + sum(self.weights.get(phrase, 0.0) for phrase in phrases)


@dataclass(frozen=True)
class Sigmoid:
    """Log odds of naive Bayes, which counts what depends on each other as if it did not, as a probability."""

    slope: float
    offset: float

    def probability(self, log_odds: float) -> float:
        return 1 / (1 + exp(max(-700.0, min(700.0, -(self.slope * log_odds + self.offset)))))


@dataclass(frozen=True, kw_only=True)
class Judge:
    """What tells unkind texts without a score: the lexicon, or what was learned from `n` scored reasons.

    `accuracy` is the share of texts judged right that were not learned from, and `baseline` that of the better of the
    lexicon and of taking all for what most are; both None before there is enough to learn from. What was learned is
    used only if it is better by more than chance.
    """

    n: int
    accuracy: Estimate | None = None
    baseline: Estimate | None = None
    learned: tuple[Bayes, Sigmoid] | None = None

    def is_unkind(self, text: str) -> bool | None:
        """Whether a text is unkind; None where the lexicon knows no word of it, or as many kind ones as unkind."""
        if self.learned is not None:
            bayes, sigmoid = self.learned
            return sigmoid.probability(bayes.log_odds(_phrases(text))) >= 0.5
        balance = polarity(text)
        return None if not balance else balance < 0


def learn(texts: Sequence[Labelled]) -> Judge:
    """Learn from scored reasons, of detractors (unkind) and promoters, what to judge texts without a score by."""
    unkind = sum(one.unkind for one in texts)
    n = len(texts)
    if n < LEAST_LEARNED or min(unkind, n - unkind) < LEAST_OF_EACH:
        return Judge(n=n)
    known = [(_phrases(one.text), one.unkind, one.fold % FOLDS) for one in texts]
    scores = _out_of_fold(known)
    right = _judged_right(scores, known)
    baseline = max(_lexicon_right(texts, unkind * 2 > n), [one.unkind is (unkind * 2 > n) for one in texts], key=sum)
    gain = paired_difference(right, baseline)
    truth = [label for _, label, _ in known]
    learned = (_bayes(known), _sigmoid(scores, truth)) if gain.low > 0 else None
    accuracy, usual = (proportion(Share(sum(each), n)) for each in (right, baseline))
    return Judge(n=n, accuracy=accuracy, baseline=usual, learned=learned)


_Known = tuple[frozenset[str], bool, int]
"""The phrases of a text, whether it is unkind, and its fold."""


def _phrases(text: str) -> frozenset[str]:
    return frozenset(grams(read(text)))


def _bayes(texts: Iterable[_Known]) -> Bayes:
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    of_each = Counter[bool]()
    for phrases, unkind, _ in texts:
        counts[unkind].update(phrases)
        of_each[unkind] += 1
    both = counts[True] + counts[False]
    vocabulary = [phrase for phrase, n in both.items() if n >= RAREST]
    total = {side: counted.total() + SMOOTHING * len(vocabulary) for side, counted in counts.items()}
    weights = {
        phrase: log((counts[True][phrase] + SMOOTHING) / total[True])
        - log((counts[False][phrase] + SMOOTHING) / total[False])
        for phrase in vocabulary
    }
    return Bayes(weights, log((of_each[True] + 1) / (of_each[False] + 1)))


def _out_of_fold(texts: Sequence[_Known]) -> list[float]:
    """The log odds of each text by what was learned from the other folds."""
    models = {fold: _bayes(one for one in texts if one[2] != fold) for fold in {fold for *_, fold in texts}}
    return [models[fold].log_odds(phrases) for phrases, _, fold in texts]


def _judged_right(scores: Sequence[float], texts: Sequence[_Known]) -> list[bool]:
    """Whether each text is judged right by a sigmoid that was fitted to the other folds."""
    sigmoids: dict[int, Sigmoid] = {}
    for fold in {fold for *_, fold in texts}:
        others = [(score, label) for score, (_, label, its) in zip(scores, texts, strict=True) if its != fold]
        sigmoids[fold] = _sigmoid([score for score, _ in others], [label for _, label in others])
    return [
        (sigmoids[fold].probability(score) >= 0.5) is label
        for score, (_, label, fold) in zip(scores, texts, strict=True)
    ]


def _lexicon_right(texts: Sequence[Labelled], usual: bool) -> list[bool]:
    """Whether the lexicon judges each text right; one that it knows nothing of is taken for what most are."""
    balances = ((one, polarity(one.text)) for one in texts)
    return [(balance < 0 if balance else usual) is one.unkind for one, balance in balances]


def _sigmoid(scores: Sequence[float], labels: Sequence[bool]) -> Sigmoid:
    """Platt's sigmoid by maximum likelihood, to targets that leave room for texts not seen yet.

    Newton's method with halved steps (Lin, Lin and Weng, "A Note on Platt's Probabilistic Outputs for Support Vector
    Machines", Machine Learning 68, 2007); the targets keep the maximum finite where the labels lie apart.
    """
    import numpy as np  # noqa: PLC0415  a bot at rest judges nothing

    design = np.column_stack([np.asarray(scores), np.ones(len(scores))])
    unkind = np.asarray(labels)
    of_unkind = int(unkind.sum())
    target = np.where(unkind, (of_unkind + 1) / (of_unkind + 2), 1 / (len(unkind) - of_unkind + 2))
    fitted = np.zeros(2)
    for _ in range(STEPS):
        fitted = _step(design, target, fitted)
    return Sigmoid(float(fitted[0]), float(fitted[1]))


def _step(design: "Numbers", target: "Numbers", fitted: "Numbers") -> "Numbers":
    """Where one step of Newton's leads, as far down it as the loss falls."""
    import numpy as np  # noqa: PLC0415

    def loss(at: "Numbers") -> float:
        z = design @ at
        return float(np.sum(np.logaddexp(0, z) - target * z))

    chance = np.exp(-np.logaddexp(0, -(design @ fitted)))
    curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + RIDGE * np.eye(2)
    step = np.linalg.solve(curvature, design.T @ (target - chance))
    now = loss(fitted)
    halves = (fitted + step / 2**times for times in range(MOST_HALVES))
    return next((there for there in halves if loss(there) < now), fitted)
