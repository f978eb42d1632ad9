"""Weights learned from who left: a logistic regression whose weights may not be negative."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Numbers = NDArray[np.float64]

RIDGE = 1.0


def nonnegative_weights(scores: Numbers, controls: Numbers, stayed: NDArray[np.bool_]) -> Numbers:
    """How much each score (rows are people, columns measures, from -1 to 1) speaks for staying, never below 0.

    The weights of least negative log-likelihood (Cox 1958) with a ridge, which keeps them finite where a measure
    separates the two completely; bounded by L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995). The intercept and the weights
    of the controls are free, and are not returned.
    """
    free, count = 1 + controls.shape[1], scores.shape[1]
    design = np.column_stack([np.ones(len(scores)), controls, scores])
    ridge = np.concatenate([[0.0], np.full(free - 1 + count, RIDGE)])
    sign = np.where(stayed, 1.0, -1.0)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margins = sign * (design @ weights)
        value = np.logaddexp(0, -margins).sum() + weights @ (ridge * weights) / 2
        return float(value), design.T @ (-sign * expit(-margins)) + ridge * weights

    bounds = [(None, None)] * free + [(0.0, None)] * count
    found = minimize(loss, np.zeros(free + count), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x[free:], dtype=float)
