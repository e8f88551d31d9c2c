"""The machine, the JDKs and the peers, and the core type with which OpenBLAS is fastest."""

import glob
import os
import platform
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MATMUL = os.path.join(HERE, "../peers/matmul.py")
CORE_TYPES = (None, "Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids")
# A setting must be faster than none by more than noise.
WORTHWHILE = 1.05
# Less than this is no peer: an optimised BLAS does several times as many GFLOP/s on any core with
# AVX2, the reference BLAS does 3 or 4.
SLOW_BLAS = 10


def processor():
    """Model name of the processor."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"model name\s*: (.*)", file.read())
    return found[1].strip() if found else platform.machine()


def system():
    """Name of the operating system."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"] + ", " + platform.release()
    except OSError:
        return platform.platform()


class Jdk:
    """A JDK by its folder, or the java on the PATH if there is none."""

    def __init__(self, home):
        self.java = os.path.join(home, "bin", "java") if home else "java"
        told = subprocess.run([self.java, "-version"], capture_output=True, text=True, check=True)
        self.full = told.stderr.splitlines()[1].strip()
        self.name = "JDK " + re.search(r'version "(\d+)', told.stderr)[1]
        self.environment = {"JAVA_HOME": home} if home else {}


def torch_version():
    """PyTorch's version in this Python, or None."""
    told = subprocess.run(
        [sys.executable, "-c", "import torch; print(torch.__version__)"],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or None


def djl_version(peers):
    """The versions of DJL's engine and of its libtorch, or None where it has not been built."""
    jars = glob.glob(os.path.join(peers, "djl/target/lib/pytorch-*.jar"))
    names = [os.path.basename(jar) for jar in sorted(jars)]
    return ", ".join(name[: -len(".jar")] for name in names) or None


class Blas:
    """The OPENBLAS_CORETYPE with which PyTorch's matrix product is fastest on one core.

    OpenBLAS may take a processor that it does not know for a much older one. The peers get the
    setting that a careful user would find, and the heading says what it changed.
    """

    def __init__(self, core):
        self.gflops, detected = {}, {}
        for kind in CORE_TYPES:
            environment = {**os.environ, **self._environment(kind), **threads(1)}
            told = subprocess.run(
                ["taskset", "-c", str(core), sys.executable, MATMUL, "probe"],
                env={**environment, "OPENBLAS_VERBOSE": "2"},
                capture_output=True,
                text=True,
                check=False,
            )
            # One that the processor cannot run dies; one that computes wrong numbers says so.
            if told.returncode == 0:
                self.gflops[kind] = float(told.stdout.split()[-1])
                names = re.findall(r"Core: (\w+)", told.stdout + told.stderr)
                detected[kind] = names[-1] if names else "no OpenBLAS"
        best = max(self.gflops, key=self.gflops.get)
        if self.gflops[best] < WORTHWHILE * self.gflops[None]:
            best = None
        self.environment = self._environment(best)
        alone = f"{detected[None]}, {self.gflops[None]:.0f} GFLOP/s"
        self.text = f"OpenBLAS left to itself ({alone})"
        if best:
            self.text = (
                f"OPENBLAS_CORETYPE={best} ({self.gflops[best]:.0f} GFLOP/s; "
                f"left to itself OpenBLAS takes {alone})"
            )

        if self.gflops[best] < SLOW_BLAS:
            self.text += (
                "; NO OPTIMISED BLAS under this PyTorch: install one (Debian: "
                "libopenblas0-pthread) and quote none of this"
            )

    @staticmethod
    def _environment(kind):
        return {"OPENBLAS_CORETYPE": kind} if kind else {}


def threads(number):
    """Environment that bounds the threads of the peers' libraries."""
    return {"OMP_NUM_THREADS": str(number), "OPENBLAS_NUM_THREADS": str(number)}
