"""What one group says that another does not: log-odds with an informative Dirichlet prior, on answers.

Monroe, Colaresi and Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the Content of
Political Conflict", Political Analysis 16 (2008), equations 15, 19 and 22. Counted are answers that have a phrase and
not how often it stands in them, so that nobody is heard twice; each phrase is then a trial of its own in every answer,
and the terms of equation 19 for the answers without it, which vanish among the words of a corpus, stay.
"""

from math import log, sqrt

from bot.domain.metrics.proportions import Share

PRIOR_ANSWERS = 10
"""The prior weighs as much as so many answers in each group, of which as many have the phrase as in both together."""
KEY_Z = 2.58
"""|z| from which a phrase is told: two-sided 1 %."""


def log_odds(these: Share, those: Share) -> float:
    """The z of the log-odds ratio of a phrase in two groups: above 0 where `these` say it more often.

    Raises:
        ValueError: one group has no answers.
    """
    if not these.whole or not those.whole:
        raise ValueError("a group without answers says nothing")
    common = PRIOR_ANSWERS * (these.part + those.part) / (these.whole + those.whole)
    if not 0 < common < PRIOR_ANSWERS:
        return 0.0  # all have it, or none
    cells = [
        count + prior
        for group in (these, those)
        for count, prior in ((group.part, common), (group.whole - group.part, PRIOR_ANSWERS - common))
    ]
    ratio = log(cells[0] / cells[1]) - log(cells[2] / cells[3])
    return ratio / sqrt(sum(1 / cell for cell in cells))
