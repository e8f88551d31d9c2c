#!/usr/bin/env python3
"""Plants one known bug at a time in the kernels and runs the contract on the emulated driver.

Needs nvcc and the compiled tests (mvn -pl cuda-kernels -am test-compile). Prints a table of what
caught each bug; fails if one was not caught, or if the kernels as they are fail.

    planted-bugs.py [NAME...]       all bugs, or those whose names contain one of these
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE / "src" / "main" / "cuda"

# name, file, text, replacement, number of the occurrence (from 1), tests
BUGS = [
    ("missing barrier after loading a tile", "linear.cu", "        __syncthreads();\n", "", 1, "linear.*"),
    ("one buffer for two tiles", "linear.cu", "half ^= 1;", "", 1, "linear.*"),
    ("next tile loaded twice", "linear.cu", "load_b(k0 + DEPTH)", "load_b(k0)", 1, "linear.*"),
    ("no zero padding of the inner index", "common.cuh", "if (c + i < size) x.v[i]", "x.v[i]", 1, "linear.*"),
    ("wide access to rows that are not aligned", "common.cuh", "if (size % N == 0) {", "if (size % 2 == 0) {", 1, "linear.*"),
    ("swapped stride", "linear.cu", "(size_t)(row0 + r) * depth", "(size_t)(row0 + r) * rows", 1, "linear.*"),
    ("groups of columns overlap", "linear.cu", "i / GROUP * SIDE * GROUP", "i / GROUP * GROUP", 1, "linear.*"),
    ("bias off by one", "linear.cu", "read<GROUP>(bias, true, col, cols)", "read<GROUP>(bias, true, col + 1, cols)", 1, "linear.*"),
    ("accumulates into nothing", "linear.cu", "if (accumulate) {", "{", 1, "linear.*"),
    ("mask begins one key late", "attention.cu", "key >= p.unmasked", "key > p.unmasked", 1, ".*ttention.*|.*ask.*"),
    ("sum includes one key too many", "attention.cu", "key < p.kept ? score(", "key <= p.kept ? score(", 1, ".*ttention.*|.*Key.*"),
    ("missing barrier before the product", "attention.cu", "            store_tile(weights, dots);\n        }\n        __syncthreads();", "            store_tile(weights, dots);\n        }", 1, ".*ttention.*"),
    ("stale shared memory: next part too early", "attention.cu", "__syncthreads();  // the tile before has been read", "", 1, ".*ttention.*"),
    ("stale shared memory: tiles overwritten", "attention.cu", "__syncthreads();  // ks and vs have been read", "", 1, ".*ttention.*"),
    ("earlier tiles are not rescaled", "attention.cu", "sum[i][c] *= shrink;", "sum[i][c] *= 1.0f;", 1, ".*ttention.*"),
    ("columns of a thread in another order", "attention.cu", "row % SIDE * OWN_COLS + row / SIDE", "row", 1, ".*ttention.*"),
    ("warps with a last row do not work", "attention.cu", "(2 * OWN_ROWS) < rows", "(2 * OWN_ROWS) + 1 < rows", 1, ".*ttention.*"),
    ("softmax gradient without its mean", "attention.cu", "probability * (d - q.delta)", "probability * d", 1, ".*ttention.*"),
    ("delta of the wrong pass", "attention.cu", "if (pass == 0) {", "if (pass == 1) {", 1, ".*ttention.*"),
    ("second part of a head is not loaded", "attention.cu", "a.four(a0 + row, c0 + c)", "a.four(a0 + row, c)", 1, ".*ttention.*"),
    ("saved statistics overlap", "attention.cu", "((size_t)blockIdx.x * queries + row) * 2", "((size_t)blockIdx.x * queries + row)", 1, ".*ttention.*"),
    ("warp sum stops one step early", "common.cuh", "o > 0; o /= 2) x +=", "o > 1; o /= 2) x +=", 1, "layerNorm.*"),
    ("sample variance", "norm.cu", "float variance = warp_sum(sum) / cols;", "float variance = warp_sum(sum) / (cols - 1);", 1, "layerNorm.*"),
    ("lanes leave before a shuffle", "norm.cu", "if (row >= rows) return;  // the whole warp", "if (row >= rows || lane >= cols) return;", 1, "layerNorm.*"),
    ("no guard at the end", "activation.cu", "    if (i >= n) return;\n    y[i] = a[i] + b[i % period];", "    if (i > n) return;\n    y[i] = a[i] + b[i % period];", 1, "add.*"),
    ("wrong column of the target", "activation.cu", "row * y_cols + y_col + c", "row * y_cols + x_col + c", 1, "copyColumns.*"),
    ("row of another item", "embedding.cu", "rows[i / cols]", "rows[0]", 1, "gather.*"),
    ("every pair adds all terms of its row", "embedding.cu", "    if (p > 0 && pairs[2 * p - 2] == t) return;\n", "", 1, "scatterAdd.*"),
    ("rows that are repeated are added once", "embedding.cu", "for (; p < end && pairs[2 * p] == t; p++)", "", 1, "scatterAdd.*"),
    ("end of the path is not exact", "embedding.cu", "a == 1.0f ? e : ", "", 1, "lerp.*"),
    ("mean over one row too many", "reduction.cu", "for (int l = 0; l < lengths[b]; l++)", "for (int l = 0; l <= lengths[b]; l++)", 1, "meanRows.*"),
    ("steps summed from the first on", "reduction.cu", "for (int k = from; k < to; k++)", "for (int k = 0; k < to; k++)", 1, "addWeighted.*"),
    ("GRU gates swapped", "recurrent.cu", "fmaf(1.0f - z, c, z * h)", "fmaf(z, c, (1.0f - z) * h)", 1, "gru.*"),
    ("NaN comes out as a number", "math.cuh", "return x != x ? x : x < EXP_UNDERFLOW", "return x < EXP_UNDERFLOW", 1, ".*eep.*"),
]


def replaced(text, old, new, occurrence):
    parts = text.split(old)
    if len(parts) <= occurrence:
        sys.exit(f"planted-bugs.py: '{old}' is not there {occurrence} times")
    return old.join(parts[:occurrence]) + new + old.join(parts[occurrence:])


def class_path():
    file = HERE / "target" / "planted.classpath"
    subprocess.run(
        ["mvn", "-B", "-ntp", "-q", "-o", "-pl", "cuda-kernels", "-am", "-Dgsig.quick=true", "test-compile",
         "dependency:build-classpath", "-DincludeScope=test", "-Dmdep.outputFile=target/planted.classpath"],
        cwd=HERE.parent, check=True)
    folders = [HERE / "target" / "test-classes", HERE / "target" / "classes"]
    return ":".join([str(f) for f in folders] + [file.read_text().strip()])


def contract(path, driver, tests):
    run = subprocess.run(
        ["java", "--add-modules", "jdk.incubator.vector", f"-Dgsig.cuda.driver={driver}", "-cp", path,
         "dev.gsig.tensor.internal.ContractRun", "cuda-exact", *([tests] if tests else [])],
        cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = [l for l in run.stdout.splitlines() if l.startswith("[emulated cuda]")]
    said = lines[0][16:] if lines else (run.stdout.strip().splitlines() or [""])[-1]
    return run.returncode, re.sub(r"\s+", " ", said)[:150]


def plant(bug, scratch):
    name, file, old, new, occurrence, _ = bug
    sources = scratch / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(SOURCES, sources)
    source = sources / file
    source.write_text(replaced(source.read_text(), old, new, occurrence))
    out = scratch / "ptx" / "dev" / "gsig" / "cuda" / "internal"
    shutil.rmtree(out, ignore_errors=True)
    only = [] if file.endswith("h") else ["--only", file[:-3]]
    subprocess.run([HERE / "build-ptx.sh", "--sources", sources, "--out", out, *only], check=True)
    return scratch / "ptx"


def main():
    wanted = [b for b in BUGS if len(sys.argv) == 1 or any(a in b[0] for a in sys.argv[1:])]
    driver = HERE / "target" / "emulator" / "libcuda.so.1"
    if not driver.exists():
        sys.exit("planted-bugs.py: the emulated driver is not compiled; run the tests of cuda-kernels")
    path = class_path()
    code, said = contract(path, driver, "" if len(sys.argv) == 1 else "linear.*")
    if code:
        sys.exit(f"planted-bugs.py: the kernels as they are fail: {said}")
    print("| bug | in | caught by |\n|---|---|---|", flush=True)
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for bug in wanted:
            code, said = contract(f"{plant(bug, pathlib.Path(folder))}:{path}", driver, bug[5])
            missed += code != 1
            print(f"| {bug[0]} | `{bug[1]}` | {said if code == 1 else 'NOT CAUGHT: ' + said} |", flush=True)
    if missed:
        sys.exit(f"planted-bugs.py: {missed} of {len(wanted)} bugs were not caught")


if __name__ == "__main__":
    main()
