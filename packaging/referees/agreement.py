"""What krippendorff, scikit-learn and numpy say of the same data. Usage: agreement.py < DATA.json

DATA is a list of cases, each one of
  {"units": [[0, 1, null], …]}          values by unit and annotator: Krippendorff's alpha, nominal
  {"first": ["a", …], "second": […]}    decisions of two annotators: Cohen's kappa
  {"counts": [[4, 1], [2, 0]]}          a table whose last cell cannot be: kappa over what independence expects of it
Prints a list with a number, or null where there is none, for each.
"""

import json
import math
import sys

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score


def alpha(units):
    data = np.array([[math.nan if v is None else v for v in unit] for unit in units], dtype=float).T
    return krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")


def quasi_independent(counts):
    """Expected counts from a log-linear model, solved by Newton's method: another way than fitting in turns."""
    table = np.array(counts, dtype=float)
    n = len(table)
    rows, columns = table.sum(1), table.sum(0)
    keep = [(i, j) for i in range(n) for j in range(n) if (i, j) != (n - 1, n - 1) and rows[i] and columns[j]]
    design = np.zeros((len(keep), 2 * n))
    for at, (i, j) in enumerate(keep):
        design[at, i] = design[at, n + j] = 1
    want = np.concatenate([rows, columns])
    theta = np.zeros(2 * n)
    theta[:n] = np.log(np.maximum(rows, 1e-9) / n)
    for _ in range(200):
        mean = np.exp(np.clip(design @ theta, -50, 50))
        step = np.linalg.pinv(design.T @ (design * mean[:, None])) @ (want - design.T @ mean)
        theta += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-13:
            break
    mean = np.exp(design @ theta)
    chance = sum(m for m, (i, j) in zip(mean, keep) if i == j) / table.sum()
    raw = np.trace(table) / table.sum()
    return (raw - chance) / (1 - chance)


def answer(case):
    if "units" in case:
        return alpha(case["units"])
    if "first" in case:
        return cohen_kappa_score(case["first"], case["second"])
    return quasi_independent(case["counts"])


def main():
    answers = [float(answer(case)) for case in json.load(sys.stdin)]
    print(json.dumps([None if math.isnan(a) else a for a in answers]))


if __name__ == "__main__":
    main()
