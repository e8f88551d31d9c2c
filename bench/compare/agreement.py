"""Whether contenders computed the same numbers. A fast wrong answer wins nothing."""

import math

TOLERANCE = 1e-3
EXACT = 1e-9


class Disagreement(Exception):
    """Says who differs from whom, and where."""


def difference(ours, other, theta_tolerance=EXACT):
    """Largest difference of l21 and scores, relative to the patient's largest score.

    Both are lists of [theta, l21, scores ...], one a patient. Raises Disagreement if they differ in
    theta, in the number of scores, or by more than TOLERANCE.
    """
    if len(ours) != len(other):
        raise Disagreement(f"{len(ours)} patients against {len(other)}")
    worst = 0.0
    for number, (mine, yours) in enumerate(zip(ours, other)):
        where = f"patient {number}: "
        if len(mine) != len(yours):
            raise Disagreement(f"{where}{len(mine)} figures against {len(yours)}")
        if not all(map(math.isfinite, mine + yours)):
            raise Disagreement(f"{where}a figure is not finite")
        if abs(mine[0] - yours[0]) > theta_tolerance * mine[0]:
            raise Disagreement(f"{where}theta {mine[0]} against {yours[0]}")
        largest = max(map(abs, mine[2:]))
        apart = max(abs(a - b) for a, b in zip(mine[1:], yours[1:])) / largest
        if apart > TOLERANCE:
            raise Disagreement(f"{where}off by {apart:.1e} of the largest score {largest:.3g}")
        worst = max(worst, apart)
    return worst


def error(exact, other):
    """How far integrals are off: the sum of the scores' differences by that of their sizes.

    The largest of all patients; both lists are as above. Raises Disagreement if they differ in the
    number of scores.
    """
    worst = 0.0
    for number, (right, found) in enumerate(zip(exact, other, strict=True)):
        if len(right) != len(found):
            raise Disagreement(f"patient {number}: {len(right)} figures against {len(found)}")
        apart = sum(abs(a - b) for a, b in zip(right[2:], found[2:]))
        worst = max(worst, apart / sum(map(abs, right[2:])))
    return worst
