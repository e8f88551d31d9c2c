"""What is compared: one function for each row of the table."""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from statistics import geometric_mean

from agreement import Disagreement, difference, error
from child import Child, Failed, Together, WholeProcess
from contest import Line, Side, contest
from machine import WORTHWHILE, threads

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
JAR = "bench/target/gsig-bench.jar"
INPUTS = os.path.join(ROOT, "bench/target/inputs")
PEERS = os.path.join(ROOT, "bench/peers")
DEMO_MODEL = os.path.join(ROOT, "demo/model")
DEMO_COHORT = os.path.join(ROOT, "demo/test.jsonl")

PAGES = "/sys/kernel/mm/transparent_hugepage/enabled"
# As bin/gsig starts the JVM.
JAVA_OPTIONS = [
    "--add-modules",
    "jdk.incubator.vector",
    "@" + os.path.join(ROOT, "bin/jit-options"),
]
if os.path.exists(PAGES) and "[never]" not in open(PAGES).read():
    JAVA_OPTIONS.append("-XX:+UseTransparentHugePages")
STEPS = 50
# One step at a time is no batch, but "PyTorch's best" must not leave it out.
BATCHES = (1, 5, 10, 25, 50)
# Our JIT compiles in the first seconds, TorchScript's specialises in the first three runs. The time
# until then is in the row of the whole demo.
OUR_WARMUP_SECONDS, TORCH_WARMUPS, DJL_WARMUPS = 20, 1, 3
AUTHORS = "PyTorch, authors'"
IG_PATIENTS = {"s": 4, "m": 2, "llama": 1, "gpt2": 1}
# What DJL's contender knows: TorchScript of the demo's architecture.
SCRIPTED = {"s", "m"}
# A round of a second, for what another program does meanwhile must not matter.
THREAD_PATIENTS = 200
# Results that the command line printed have 6 digits.
PRINTED = 1e-5
# To which integrals are asked for, by the contender.
INTEGRAL = 0.01


@dataclass
class Place:
    """Where a row runs."""

    name: str
    cores: list


@dataclass
class Bench:
    """What all rows need.

    blas: environment of PyTorch's processes. waiting: that of the peers on several cores. against:
    folder of another checkout of gsig, the only peer then, or None.
    """

    jdks: list
    against: str | None
    djl: bool
    blas: dict
    waiting: dict
    rounds: int
    slow_rounds: int
    sample: int
    seed: int

    def ours(self, start):
        """One side for each JDK; start(jdk, root) starts the contender of a checkout of gsig."""
        return [Side(jdk.name, True, lambda jdk=jdk: start(jdk, ROOT)) for jdk in self.jdks]

    def peers(self, start, others):
        """The other checkout, one side for each JDK, or else those that others() gives."""
        if not self.against:
            return others()
        return [
            Side(f"{jdk.name}, {self.against}", True, lambda jdk=jdk: start(jdk, self.against))
            for jdk in self.jdks
        ]

    def contender(self, place, work, folder, cohort, patients):
        """Starts gsig's contender, given a JDK and a checkout."""
        arguments = [work, folder, cohort, STEPS, patients, len(place.cores), OUR_WARMUP_SECONDS]
        return lambda jdk, root: self.java(jdk, root, "Contender", arguments, place)

    def java(self, jdk, root, name, arguments, place):
        """A main class of a checkout, started."""
        jar = os.path.join(root, JAR)
        command = [jdk.java, *JAVA_OPTIONS, "-cp", jar, "dev.gsig.bench." + name]
        return Child(command + list(map(str, arguments)), jdk.environment, place.cores)

    def matmul(self, place):
        """Starts gsig's matrix products, given a JDK and a checkout."""
        return lambda jdk, root: self.java(jdk, root, "MatMulContender", [], place)

    def threads(self, place):
        """Environment of the peers' threads."""
        return {**threads(len(place.cores)), **(self.waiting if len(place.cores) > 1 else {})}

    def environment(self, place):
        """That of PyTorch's processes."""
        return {**self.blas, **self.threads(place)}

    def pytorch(self, place, work, folder, cohort, patients, batch):
        """PyTorch's contender, started."""
        arguments = [work, folder, cohort, STEPS, patients, len(place.cores), TORCH_WARMUPS, batch]
        command = [sys.executable, os.path.join(PEERS, "contender.py"), *map(str, arguments)]
        return Child(command, self.environment(place), place.cores)

    def deep_java(self, place, work, folder, cohort, patients, batch):
        """DJL's contender, started."""
        arguments = [work, folder, cohort, STEPS, patients, len(place.cores), DJL_WARMUPS, batch]
        command = [os.path.join(PEERS, "djl/run.sh"), *map(str, arguments)]
        environment = {**self.jdks[0].environment, "PYTHON": sys.executable}
        return Child(command, {**environment, **self.threads(place)}, place.cores)


def answer_of(child):
    """What it answers once; ends the contender."""
    try:
        return child.go()
    finally:
        child.close()


def quickest(child):
    """Seconds of the better of two runs; ends the contender."""
    try:
        return min(child.go()["seconds"] for _ in range(2))
    finally:
        child.close()


def best_batch(name, start):
    """The fastest number of steps in a batch for a contender that start(patients, batch) starts."""
    seconds = {batch: quickest(start(1, batch)) for batch in BATCHES}
    tried = ", ".join(f"{batch}: {s:.3g} s" for batch, s in seconds.items())
    print(f"  {name}, seconds by steps in a batch: {tried}", file=sys.stderr)
    return min(seconds, key=seconds.get)


def settle_waiting(bench, place):
    """Gives the peers the faster way for idle OpenMP threads to wait; returns what it was.

    They spin unless told otherwise. That is good on a quiet machine; where anything else wants a
    core it slows PyTorch down many times over.
    """
    folder = os.path.join(INPUTS, "s")
    cohort = os.path.join(folder, "patients.jsonl")
    seconds = []
    for bench.waiting in ({"OMP_WAIT_POLICY": "passive"}, {}):
        seconds.append(quickest(bench.pytorch(place, "ig-batched", folder, cohort, 1, 1)))
    passive, spinning = seconds
    if spinning > WORTHWHILE * passive:
        bench.waiting = {"OMP_WAIT_POLICY": "passive"}
        return f"OMP_WAIT_POLICY=passive ({passive:.3g} s; unset {spinning:.3g} s)"
    return f"OMP_WAIT_POLICY unset ({spinning:.3g} s; passive {passive:.3g} s)"


def lines(what, place, ours, peers, answers, patients):
    """Each of ours against each peer that it is comparable with; seconds per patient."""
    figures = {
        name: [answer["seconds"] / patients for answer in given] for name, given in answers.items()
    }
    return [
        Line(what, place.name, mine.name, peer.name, figures[mine.name], figures[peer.name], "s")
        for mine in ours
        for peer in peers
        if comparable(mine, peer)
    ]


def comparable(mine, peer):
    """Whether two sides make a line: two checkouts of gsig do on the same JDK only."""
    return not peer.exact or mine.name.split(",")[0] == peer.name.split(",")[0]


def ig(bench, place, model):
    """Plain IG of full-length sequences against batched peers."""
    folder = os.path.join(INPUTS, model)
    cohort = os.path.join(folder, "patients.jsonl")
    # Our threads share out patients, so there must be some for each.
    patients = max(IG_PATIENTS[model], 2 * len(place.cores))

    def batched(name, start, work):
        batch = best_batch(
            name, lambda count, size: start(place, work, folder, cohort, count, size)
        )
        return Side(
            f"{name}, batch {batch}",
            False,
            lambda: start(place, work, folder, cohort, patients, batch),
        )

    def libraries():
        found = [batched("PyTorch", bench.pytorch, "ig-batched")]
        if bench.djl and model in SCRIPTED:
            found.append(batched("DJL", bench.deep_java, "ig"))
        return found

    start_ours = bench.contender(place, "ig", folder, cohort, patients)
    ours = bench.ours(start_ours)
    peers = bench.peers(start_ours, libraries)
    answers, worst = contest(ours + peers, bench.rounds)
    return lines(f"IG, model {model.upper()}", place, ours, peers, answers, patients), worst


def ig_of_graph(model):
    """The row of a model that PyTorch has exported as ONNX, against PyTorch and gsig's own layers."""

    def row(bench, place):
        folder, graph = os.path.join(INPUTS, model), exported(model)
        cohort = os.path.join(folder, "patients.jsonl")
        patients = max(IG_PATIENTS[model], 2 * len(place.cores))
        native = bench.contender(place, "ig", folder, cohort, patients)

        def libraries():
            def start(count, batch):
                return bench.pytorch(place, "ig-batched", folder, cohort, count, batch)

            batch = best_batch("PyTorch", start)
            return [
                Side(f"PyTorch, batch {batch}", False, lambda: start(patients, batch)),
                # Its sums are in another order.
                Side("gsig, native", False, lambda: native(bench.jdks[0], ROOT)),
            ]

        start_ours = bench.contender(place, "ig", graph, cohort, patients)
        ours = bench.ours(start_ours)
        peers = bench.peers(start_ours, libraries)
        answers, worst = contest(ours + peers, bench.rounds)
        what = f"IG, model {model.upper()} as ONNX"
        return lines(what, place, ours, peers, answers, patients), worst

    return row


def exported(model):
    """A folder with the model's graph, anew, and the baseline of its patients."""
    graph = os.path.join(INPUTS, model + "-onnx")
    export = [sys.executable, os.path.join(PEERS, "export_onnx.py"), os.path.join(INPUTS, model)]
    baseline = [os.path.join(ROOT, "bin/gsig"), "baseline", "--model", graph, "--cohort"]
    for command in ([*export, graph], [*baseline, os.path.join(graph, "patients.jsonl")]):
        done = subprocess.run(command, stdout=sys.stderr, check=False)
        if done.returncode:
            raise Failed(f"{' '.join(command)}: exit code {done.returncode}")
    return graph


def integral(bench, place, what, folder, cohort, patients):
    """IG to 1% against the usual number of steps, in PyTorch's best batch.

    The two sums are not the same. Both are held against PyTorch's own fine one, and how far each is
    off stands behind its name.
    """

    def start(work, count, batch):
        return bench.pytorch(place, work, folder, cohort, count, batch)

    batch = None if bench.against else best_batch("PyTorch", partial(start, "ig-batched"))

    def libraries():
        name = f"PyTorch, {STEPS} steps, batch {batch}"
        return [Side(name, False, lambda: start("ig-batched", patients, batch))]

    start_ours = bench.contender(place, "ig-to-tolerance", folder, cohort, patients)
    ours = bench.ours(start_ours)
    peers = bench.peers(start_ours, libraries)
    answers, _ = contest(ours + peers, bench.rounds, unlike)
    found = lines(what, place, ours, peers, answers, patients)
    if not bench.against:
        say_errors(found, answers, answer_of(start("fine", patients, batch))["result"])
    return found, 0.0


def unlike(mine, other):
    """No comparison: the sums are not the same, and say_errors tells how far each is off."""
    return 0.0


def say_errors(found, answers, exact):
    """Puts behind the names in the lines how far each side is off.

    Raises Disagreement if ours is by more than it was asked for.
    """
    off = {name: error(exact, given[0]["result"]) for name, given in answers.items()}
    for line in found:
        if off[line.ours] > INTEGRAL:
            raise Disagreement(f"{line.ours} is off by {off[line.ours]:.1%}")
        line.ours += f", off by {off[line.ours]:.2%}"
        line.peer += f", off by {off[line.peer]:.2%}"


def integral_of(model):
    """The row of such integrals for full-length sequences."""

    def row(bench, place):
        folder = os.path.join(INPUTS, model)
        cohort = os.path.join(folder, "patients.jsonl")
        patients = max(IG_PATIENTS[model], 2 * len(place.cores))
        return integral(
            bench, place, f"IG to 1%, model {model.upper()}", folder, cohort, patients
        )

    return row


def integral_demo(bench, place):
    """The same over demo patients, both at their real lengths."""
    sample, count = demo_sample(bench)
    return integral(
        bench, place, f"IG to 1%, {count} demo patients", DEMO_MODEL, sample, count
    )


def gsig(bench, place, what, folder, cohort, patients, work="gsig"):
    """GS-IG against the authors' procedure, and against a batched one.

    work: "gsig", or "readings" for the whole curve of theta, IG to 1% and the bounded measure
    beside it, which the peers do not compute; "readings-shared" for the same without a full sum.
    """

    def start(work, count, batch):
        return bench.pytorch(place, work, folder, cohort, count, batch)

    def libraries():
        batch = best_batch("PyTorch", lambda count, size: start("ig-batched", count, size))
        return [
            Side(AUTHORS, False, lambda: start("gsig-authors", patients, 1)),
            Side(f"PyTorch, batch {batch}", False, lambda: start("gsig-batched", patients, batch)),
        ]

    start_ours = bench.contender(place, work, folder, cohort, patients)
    ours = bench.ours(start_ours)
    peers = bench.peers(start_ours, libraries)
    shared = work == "readings-shared"
    answers, worst = contest(ours + peers, bench.slow_rounds, unlike if shared else difference)
    found = lines(what, place, ours, peers, answers, patients)
    if shared and not bench.against:
        say_errors(found, answers, answers[AUTHORS][0]["result"])
    return found, worst


READINGS = {
    "gsig": "GS-IG",
    "readings": "all readings",
    "readings-shared": "all readings, shared",
}


def gsig_s(bench, place, work="gsig"):
    """GS-IG of full-length sequences."""
    folder = os.path.join(INPUTS, "s")
    cohort = os.path.join(folder, "patients.jsonl")
    what = f"{READINGS[work]}, model S"
    return gsig(bench, place, what, folder, cohort, len(place.cores), work)


def cohort(bench, place, work="gsig"):
    """GS-IG over demo patients, ours at their real lengths."""
    sample, count = demo_sample(bench)
    what = f"{READINGS[work]}, {count} demo patients"
    return gsig(bench, place, what, DEMO_MODEL, sample, count, work)


def demo_sample(bench):
    """Some of the demo's patients, chosen at random: (file, how many)."""
    with open(DEMO_COHORT, encoding="utf-8") as file:
        patients = file.readlines()
    count = min(bench.sample, len(patients))
    chosen = random.Random(bench.seed).sample(range(len(patients)), count)
    sample = os.path.join(INPUTS, "demo-sample.jsonl")
    with open(sample, "w", encoding="utf-8") as file:
        file.writelines(patients[i] for i in sorted(chosen))
    return sample, count


def demo(bench, place):
    """bin/gsig demo by GS-IG as published, from process start to end, against a script."""

    def read(path):
        with open(path, encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        return [
            [r["theta"], r["l21"]] + [part["signed"] for part in r["tokens"] + r["tabular"]]
            for r in records
        ]

    def gsig_demo(jdk, root):
        return WholeProcess(
            lambda folder: [
                os.path.join(root, "bin/gsig"),
                "demo",
                "--method=gsig",
                "--baseline=manifold-mean",
                "--out",
                folder,
            ],
            lambda folder: read(os.path.join(folder, "attributions.jsonl")),
            jdk.environment,
            place.cores,
        )

    def torch_demo(*options):
        script = os.path.join(PEERS, "demo_torch.py")
        return WholeProcess(
            lambda folder: [sys.executable, script, os.path.join(folder, "out.jsonl"), *options],
            lambda folder: read(os.path.join(folder, "out.jsonl")),
            bench.environment(place),
            place.cores,
        )

    def libraries():
        batch = best_batch(
            "PyTorch",
            lambda count, size: bench.pytorch(
                place, "ig-batched", DEMO_MODEL, DEMO_COHORT, count, size
            ),
        )
        return [
            Side(AUTHORS, False, lambda: torch_demo("--sequential")),
            Side(f"PyTorch, batch {batch}", False, lambda: torch_demo("--batch", str(batch))),
        ]

    ours = bench.ours(gsig_demo)
    peers = bench.peers(gsig_demo, libraries)
    for side in ours + peers:
        if side.exact:
            # What the first start on a JDK leaves behind for the next is there afterwards.
            side.open().go()
    answers, worst = contest(
        ours + peers, bench.slow_rounds, partial(difference, theta_tolerance=PRINTED)
    )
    return lines("whole demo", place, ours, peers, answers, 1), worst


def two_threads(bench, place):
    """Our throughput with two threads, and with two processes of one, against one thread.

    Of many patients two threads take one each, of a single one they share the passes. Processes
    share nothing but the machine, so what they gain is what there is to gain: cores that share a
    clock limit, a cache or memory do not double the throughput of anything.
    """
    model_s = os.path.join(INPUTS, "s")
    works = {
        f"GS-IG, {THREAD_PATIENTS} demo patients": (DEMO_MODEL, DEMO_COHORT, THREAD_PATIENTS),
        "GS-IG, one patient of S": (model_s, os.path.join(model_s, "patients.jsonl"), 1),
    }
    found = []
    for what, (folder, cohort, patients) in works.items():
        for jdk in bench.jdks:

            def ours(workers, at, jdk=jdk, given=(folder, cohort, STEPS, patients), root=ROOT):
                arguments = ["gsig", *given, workers, OUR_WARMUP_SECONDS]
                return bench.java(jdk, root, "Contender", arguments, at)

            def processes(ours=ours):
                return Together([ours(1, Place(place.name, [core])) for core in place.cores[:2]])

            two = Side(jdk.name + ", 2 threads", True, lambda ours=ours: ours(2, place))
            if bench.against:
                other = Side(
                    f"{two.name}, {bench.against}",
                    True,
                    lambda ours=ours: ours(2, place, root=bench.against),
                )
                answers, _ = contest([two, other], bench.rounds)
                found += lines(what, place, [two], [other], answers, patients)
                continue
            ceiling = Side(jdk.name + ", 2 processes", True, processes)
            one = Side(jdk.name + ", 1 thread", True, lambda ours=ours: ours(1, place))
            answers, _ = contest([one, two, ceiling], bench.rounds)
            found += lines(what, place, [two, ceiling], [one], answers, patients)
    return found, 0.0


def matmul(bench, place):
    """The matrix product by shape, one thread."""
    start_ours = bench.matmul(place)
    first = start_ours(bench.jdks[0], ROOT)
    shapes = first.preamble[0]["shapes"]
    first.close()
    command = [sys.executable, os.path.join(PEERS, "matmul.py"), json.dumps(shapes)]

    def libraries():
        return [
            Side("PyTorch", False, lambda: Child(command, bench.environment(place), place.cores))
        ]

    ours = bench.ours(start_ours)
    peers = bench.peers(start_ours, libraries)
    answers, _ = contest(ours + peers, bench.rounds)
    names = [shape["name"] for shape in shapes]

    def line(what, mine, peer, summary):
        figures = (
            [summary(answer["gflops"]) for answer in answers[side.name]] for side in (mine, peer)
        )
        return Line(what, place.name, mine.name, peer.name, *figures, "GFLOP/s")

    found = []
    for mine in ours:
        for peer in peers:
            if comparable(mine, peer):
                found += [
                    line(f"product, {name}", mine, peer, itemgetter(name)) for name in names
                ]
                mean = "product, geometric mean"
                found.append(line(mean, mine, peer, lambda all: geometric_mean(all.values())))
    return found, 0.0
