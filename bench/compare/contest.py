"""Contenders in alternation, and the table of what came out."""

import statistics
from dataclasses import dataclass

from agreement import Disagreement, difference


@dataclass
class Side:
    """One contender. `open` starts it; results of `exact` ones must be the same to the last bit."""

    name: str
    exact: bool
    open: object


@dataclass
class Line:
    """One line of the table; every figure in `unit`, one for each round."""

    what: str
    cores: str
    ours: str
    peer: str
    our_figures: list
    peer_figures: list
    unit: str

    def ratios(self):
        """How many times faster ours is, by round."""
        faster = zip(self.our_figures, self.peer_figures)
        if self.unit == "s":
            return [peer / mine for mine, peer in faster]
        return [mine / peer for mine, peer in faster]


def contest(sides, rounds, apart=difference):
    """Runs all sides in turn, several rounds.

    Returns ({name: [answer of each round]}, largest difference from the first side's results).
    Raises Disagreement if results differ, as apart(results, other results) does.
    """
    running, answers, worst = {}, {side.name: [] for side in sides}, 0.0
    try:
        for side in sides:
            running[side.name] = side.open()
        for _ in range(rounds):
            for side in sides:
                answer = running[side.name].go()
                answers[side.name].append(answer)
                reference = answers[sides[0].name][0]
                worst = max(worst, _compare(sides[0], reference, side, answer, apart))
    finally:
        for child in running.values():
            child.close()
    return answers, worst


def _compare(first, reference, side, answer, apart):
    if "result" not in answer:
        return 0.0
    try:
        if first.exact and side.exact and answer["result"] != reference["result"]:
            raise Disagreement("not the same to the last bit")
        return apart(reference["result"], answer["result"])
    except Disagreement as e:
        raise Disagreement(f"{first.name} and {side.name}: {e}") from None


def table(lines):
    """The lines as a Markdown table, columns aligned."""
    rows = [["what", "cores", "ours", "", "peer", "", "faster: min", "median", "max"]]
    for line in lines:
        ratios = line.ratios()
        picked = (min(ratios), statistics.median(ratios), max(ratios))
        rows.append(
            [line.what, line.cores]
            + [line.ours, _figure(line.our_figures, line.unit)]
            + [line.peer, _figure(line.peer_figures, line.unit)]
            + [f"{ratio:.2f}x" for ratio in picked]
        )
    widths = [max(map(len, column)) for column in zip(*rows)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
        for row in rows
    )


def _figure(values, unit):
    return f"{statistics.median(values):.3g} {unit}"
