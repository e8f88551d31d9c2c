#!/usr/bin/env python3
"""Runs gsig and its peers in alternation and prints a table of ratios.

Contenders are started once, warmed up, pinned to one core, then on all cores; in every round each
does the same work once. Ratios are taken round by round. Results are compared in every round: a
difference fails the comparison with exit code 1. Seconds are per patient, but for the whole demo.
"""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys

import machine
import rows
from agreement import TOLERANCE, Disagreement
from child import Failed
from contest import table
from rows import Bench, Place

ROWS = {
    "ig-s": lambda bench, place: rows.ig(bench, place, "s"),
    "ig-m": lambda bench, place: rows.ig(bench, place, "m"),
    "ig-llama": lambda bench, place: rows.ig(bench, place, "llama"),
    "ig-gpt2": lambda bench, place: rows.ig(bench, place, "gpt2"),
    "ig-s-onnx": rows.ig_of_graph("s"),
    "ig-m-onnx": rows.ig_of_graph("m"),
    "integral-s": rows.integral_of("s"),
    "integral-m": rows.integral_of("m"),
    "integral-cohort": rows.integral_demo,
    "gsig-s": rows.gsig_s,
    "cohort": rows.cohort,
    "readings-s": lambda bench, place: rows.gsig_s(bench, place, "readings"),
    "readings-cohort": lambda bench, place: rows.cohort(bench, place, "readings"),
    "shared-s": lambda bench, place: rows.gsig_s(bench, place, "readings-shared"),
    "shared-cohort": lambda bench, place: rows.cohort(bench, place, "readings-shared"),
    "demo": rows.demo,
    "threads": rows.two_threads,
    "matmul": rows.matmul,
}
# Load beyond the cores that says others are at work.
BUSY = 0.5
# Rows that run in one of the two places only.
PLACES = {"matmul": "one", "threads": "all"}


def options():
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bench/compare.sh",
        usage="%(prog)s [OPTIONS]",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--jdk", metavar="DIR", action="append", default=[], help="one more JDK; repeatable"
    )
    parser.add_argument("--rounds", type=positive, metavar="N", help="default: 7")
    parser.add_argument(
        "--slow-rounds",
        type=positive,
        metavar="N",
        help="rounds of the rows with the authors' procedure; default: 3",
    )
    parser.add_argument("--quick", action="store_true", help="2 rounds, 1 of the slow rows")
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="ROW", help=", ".join(ROWS))
    parser.add_argument(
        "--sample", type=positive, default=8, metavar="N", help="patients of row cohort; default: 8"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ones; default: 1")
    parser.add_argument(
        "--cores", choices=("one", "all", "both"), default="both", help="where; default: both"
    )
    parser.add_argument(
        "--against",
        metavar="DIR",
        help="another checkout of gsig as the only peer, its results the same to the last bit",
    )
    parser.add_argument("--core", type=int, metavar="N", help="core to pin to; default: the first")
    # Opened now: a file that cannot be written must not come out after half an hour.
    parser.add_argument(
        "--out", metavar="FILE", type=argparse.FileType("w"), help="all raw figures as JSON"
    )
    chosen = parser.parse_args()
    for tool in ("taskset", "mvn"):
        if not shutil.which(tool):
            parser.error(f"there is no {tool} on the PATH")
    if chosen.against and not os.path.exists(os.path.join(chosen.against, "bench/compare.sh")):
        parser.error(f"{chosen.against} is no checkout of gsig")
    chosen.jdks = []
    for home in (os.environ.get("JAVA_HOME"), *chosen.jdk):
        if not shutil.which(os.path.join(home, "bin/java") if home else "java"):
            parser.error(f"{home or 'the PATH'} has no java; give the folder of a JDK")
        jdk = machine.Jdk(home)
        if jdk.name in (other.name for other in chosen.jdks):
            parser.error(f"{home} is a second {jdk.name}; one of each is enough")
        chosen.jdks.append(jdk)
    cores = sorted(os.sched_getaffinity(0))
    if chosen.core is None:
        chosen.core = cores[0]
    if chosen.core not in cores:
        parser.error(f"there is no core {chosen.core}; there are {', '.join(map(str, cores))}")
    chosen.rounds = chosen.rounds or (2 if chosen.quick else 7)
    chosen.slow_rounds = chosen.slow_rounds or (1 if chosen.quick else 3)
    return chosen


def positive(text):
    """A whole number above 0."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def build(jdk, against):
    """Builds ours and the other checkout, and writes the models and patients for all."""
    say("building")
    quick = ["-Dmaven.test.skip=true", "-Dgsig.quick=true"]
    inputs = ["-cp", rows.JAR, "dev.gsig.bench.ExportInputs", rows.INPUTS]
    for root in filter(None, (against, rows.ROOT)):
        run_in(root, jdk, ["mvn", "-q", "-pl", "bench", "-am", *quick, "package"])
        # The launcher would build at its first start, in the middle of a measurement.
        run_in(root, jdk, ["bin/gsig", "--version"])
    run_in(rows.ROOT, jdk, [jdk.java, *rows.JAVA_OPTIONS, *inputs])


def run_in(root, jdk, command):
    """Runs a command in a checkout."""
    environment = {**os.environ, **jdk.environment}
    subprocess.run(command, cwd=root, env=environment, stdout=sys.stderr, check=True)


def peers(core):
    """What there is of the peers: (Blas or None, whether DJL, lines about them)."""
    torch = machine.torch_version()
    if not torch:
        return None, False, [f"LEFT OUT: every row but threads, for {sys.executable} has no torch"]
    blas = machine.Blas(core)
    told = [f"PyTorch {torch}, {blas.text}"]
    djl = machine.djl_version(rows.PEERS)
    told.append(f"DJL {djl}" if djl else "LEFT OUT: DJL, for bench/peers/djl has not been built")
    return blas, bool(djl), told


def say(text):
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def run(bench, names, places):
    """Runs the rows; returns (lines of the table, largest difference, failures, highest load)."""
    found, worst, failures, load = [], 0.0, [], 0.0
    for place in places:
        for name in names:
            if PLACES.get(name, place.name) != place.name:
                continue
            say(f"{name}, {place.name}")
            try:
                lines, apart = ROWS[name](bench, place)
            except (Disagreement, Failed) as e:
                failures.append(f"FAILED: {name}, {place.name}: {e}")
                say(failures[-1])
                continue
            found += lines
            worst = max(worst, apart)
            load = max(load, os.getloadavg()[0])
            say(table(lines))
    return found, worst, failures, load


def main():
    """Runs the comparison; returns the exit code."""
    chosen = options()
    # The peers' setting is found out below, and must not come from here.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    try:
        build(chosen.jdks[0], chosen.against)
        blas, djl, told = (
            (None, False, [f"against {chosen.against}"])
            if chosen.against
            else peers(chosen.core)
        )
    except (subprocess.CalledProcessError, OSError) as e:
        say(f"compare: {e}")
        return 1
    all_cores = sorted(os.sched_getaffinity(0))
    heading = [
        f"{datetime.date.today()}, {machine.processor()}, {len(all_cores)} core(s), "
        f"load {os.getloadavg()[0]:.1f}",
        machine.system(),
        *(f"{jdk.name}: {jdk.full}" for jdk in chosen.jdks),
        *told,
    ]
    bench = Bench(
        jdks=chosen.jdks,
        against=chosen.against,
        djl=djl,
        blas=blas.environment if blas else {},
        waiting={},
        rounds=chosen.rounds,
        slow_rounds=chosen.slow_rounds,
        sample=chosen.sample,
        seed=chosen.seed,
    )
    places = [Place("one", [chosen.core]), Place("all", all_cores)]
    if len(all_cores) == 1:
        heading.append("LEFT OUT: all cores, for there is only one")
        places.pop()
    names = [name for name in chosen.only or ROWS if blas or chosen.against or name == "threads"]
    wanted = [place for place in places if chosen.cores in (place.name, "both")]
    if blas and places[-1] in wanted and len(all_cores) > 1:
        heading.append(f"All cores: {rows.settle_waiting(bench, places[-1])}")
    lines, worst, failures, load = run(bench, names, wanted)
    print("\n".join(heading) + "\n")
    if lines:
        print(table(lines))
        print(
            f"\nResults agree: apart by {worst:.0e} of a patient's largest score at most "
            f"(bound {TOLERANCE:.0e}); ours the same to the last bit in every round."
        )
    if load > len(all_cores) + BUSY:
        print(f"BUSY MACHINE: load {load:.1f} on {len(all_cores)} core(s); quote none of this.")
    for failure in failures:
        print(failure)
    if chosen.out:
        raw = {
            "heading": heading,
            "largest_difference": worst,
            "failures": failures,
            "lines": [vars(line) for line in lines],
        }
        with chosen.out as file:
            json.dump(raw, file, indent=1)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
