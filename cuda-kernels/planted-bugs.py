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
    ("missing barrier after loading a tile", "linear.cu", "            __syncthreads();\n", "", 1, "linear.*"),
    ("one buffer for two tiles", "linear.cu", "half ^= 1;", "", 1, "linear.*"),
    ("next tile loaded twice", "linear.cu", "b.load<TILE>(k0 + DEPTH, depth)", "b.load<TILE>(k0, depth)", 1, "linear.*"),
    ("no zero padding of the inner index", "common.cuh", "if (c + i < size) x.v[i]", "x.v[i]", 1, "linear.*"),
    ("wide access to rows that are not aligned", "common.cuh", "if (size % N == 0) {", "if (size % 2 == 0) {", 1, "linear.*"),
    ("swapped stride", "linear.cu", "at + (size_t)r * depth", "at + (size_t)r * size", 1, "linear.*"),
    ("groups of columns overlap", "linear.cu", "i / GROUP * SIDE * GROUP", "i / GROUP * GROUP", 1, "linear.*"),
    ("bias off by one", "linear.cu", "read<GROUP>(bias, true, col, cols)", "read<GROUP>(bias, true, col + 1, cols)", 1, "linear.*"),
    ("accumulates into nothing", "linear.cu", "if (accumulate) {", "{", 1, "linear.*"),
    ("transposed factor taken as it lies", "linear.cu", "!a_transposed, (size_t)a_step", "true, (size_t)a_step", 1, "product.*|weightGradient.*"),
    ("one operand's flag for the other's", "linear.cu", "b_transposed != 0, (size_t)b_step", "a_transposed != 0, (size_t)b_step", 1, "product.*"),
    ("first item's factor for all items", "linear.cu", "a + (size_t)item * a_step", "a", 1, "product.*"),
    ("sum over items of one item again and again", "linear.cu", "        b.at += b.step;\n", "", 1, "product.*"),
    ("product of another item overwritten", "linear.cu", "y + (size_t)item * rows * cols", "y", 1, "product.*"),
    ("tiles counted along the wrong side", "linear.cu", "blockIdx.x / across % down * TILE", "blockIdx.x / down % down * TILE", 1, "product.*"),
    ("missing barrier before a square is read by columns", "linear.cu", "    }\n    __syncthreads();\n", "    }\n", 1, "transpose.*"),
    ("square read as it was written", "linear.cu", "square[lane][i]", "square[i][lane]", 1, "transpose.*"),
    ("rows behind the last are transposed", "linear.cu", "col0 + i < cols && row0 + lane < rows", "col0 + i < cols", 1, "transpose.*"),
    ("every item transposed from the first", "linear.cu", "x[item + (size_t)(row0 + i) * cols", "x[(size_t)(row0 + i) * cols", 1, "transpose.*"),
    ("mask begins one key late", "attention.cu", "key >= p.unmasked", "key > p.unmasked", 1, ".*ttention.*|.*ask.*"),
    ("sum includes one key too many", "attention.cu", "key < p.kept ? padded_score(", "key <= p.kept ? padded_score(", 1, ".*ttention.*|.*Key.*"),
    ("range ends one key late", "attention.cu", "s = key < range.end ?", "s = key <= range.end ?", 1, ".*ttention.*"),
    ("tiles left out that are seen", "attention.cu", "all.end = max(all.end, ranges[i].end)", "all.end = min(p.kept, ranges[i].end)", 1, ".*ttention.*"),
    ("a query that sees nothing yet is NaN", "attention.cu", "RANGED && now == MINUS_INFINITY", "false", 1, ".*ttention.*"),
    ("slope of another head", "attention.cu", "c.slopes[head % c.heads]", "c.slopes[0]", 1, ".*ttention.*"),
    ("heads of keys counted as heads", "attention.cu", "first_of(head / c.group, key_heads", "first_of(head, key_heads", 1, ".*ttention.*"),
    ("gradient of one head of a group", "attention.cu", "i < group; i++", "i < 1; i++", 1, ".*ttention.*"),
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
    ("mean taken from rows that keep it", "norm.cu", "centred ? warp_sum(sum) / cols : 0.0f", "warp_sum(sum) / cols", 1, "layerNorm.*"),
    ("mean of the gradient taken from rows that keep it", "norm.cu", "centred ? warp_sum(sum) / cols : 0.0f", "warp_sum(sum) / cols", 3, "layerNorm.*"),
    ("lanes leave before a shuffle", "norm.cu", "if (row >= rows) return;  // the whole warp", "if (row >= rows || lane >= cols) return;", 1, "layerNorm.*"),
    ("no guard at the end", "activation.cu", "    if (i >= n) return;\n    y[i] = a[i] + b[i % period];", "    if (i > n) return;\n    y[i] = a[i] + b[i % period];", 1, "add.*"),
    ("turned back as forth", "activation.cu", "turn[pairs] * sign", "turn[pairs]", 1, "rotat.*"),
    ("turns of the first item for all", "activation.cu", "row % turn_rows", "0", 1, "rotat.*"),
    ("pairs side by side for pairs apart", "activation.cu", "b = at[apart]", "b = at[1]", 1, "rotat.*"),
    ("wrong column of the target", "activation.cu", "row * y_cols + y_col + c", "row * y_cols + x_col + c", 1, "copyColumns.*"),
    ("row of another item", "embedding.cu", "rows[i / cols]", "rows[0]", 1, "gather.*"),
    ("every pair adds all terms of its row", "embedding.cu", "    if (p > 0 && pairs[2 * p - 2] == t) return;\n", "", 1, "scatterAdd.*"),
    ("rows that are repeated are added once", "embedding.cu", "for (; p < end && pairs[2 * p] == t; p++)", "", 1, "scatterAdd.*"),
    ("end of the path is not exact", "embedding.cu", "a == 1.0f ? e : ", "", 1, "lerp.*"),
    ("mean over one row too many", "reduction.cu", "for (int l = 0; l < lengths[b]; l++)", "for (int l = 0; l <= lengths[b]; l++)", 1, "meanRows.*"),
    ("steps summed from the first on", "reduction.cu", "for (int k = from; k < to; k++)", "for (int k = 0; k < to; k++)", 1, "addWeighted.*"),
    ("missing barrier before the partial sums are read", "reduction.cu", "    __syncthreads();\n", "", 1, "sumOfRows.*"),
    ("last partial sum left out", "reduction.cu", "p < THREADS / WARP; p++", "p < THREADS / WARP - 1; p++", 1, "sumOfRows.*"),
    ("columns behind the last are read", "reduction.cu", "if (c < cols) {", "{", 1, "sumOfRows.*"),
    ("sum of rows overwrites", "reduction.cu", "accumulate ? y[c] + sum : sum", "sum", 1, "sumOfRows.*"),
    ("GRU gates swapped", "recurrent.cu", "fmaf(1.0f - z, c, z * h)", "fmaf(z, c, (1.0f - z) * h)", 1, "gru.*"),
    ("exponentials not shifted by the largest", "softmax.cu", "sum += exp_of_negative(x[c] - max)", "sum += exp_of_negative(x[c])", 1, "softmax.*"),
    ("largest of a lane, not of the row", "softmax.cu", "return warp_max(max);", "return max;", 1, "softmax.*"),
    ("sum of a lane, not of the row", "softmax.cu", "return warp_sum(sum);", "return sum;", 1, "softmax.*"),
    ("rows behind the last are computed", "softmax.cu", "if (row >= rows) return;\n", "\n", 1, "softmax.*"),
    ("last elements of a row left out", "softmax.cu", "c < cols; c += WARP) to[c] = from[c] - max - log", "c < cols / WARP * WARP; c += WARP) to[c] = from[c] - max - log", 1, "softmax.*"),
    ("target of another row", "softmax.cu", "int target = targets[2 * (size_t)row];", "int target = targets[0];", 1, "crossEntropy.*"),
    ("gradient of a loss without its weight", "softmax.cu", "to[c] = weight * (p", "to[c] = (p", 1, "crossEntropy.*"),
    ("logarithm of the mantissa only", "math.cuh", "y = fmaf(-(float)n, LN2_HIGH, fmaf(-(float)n, LN2_LOW, y));", "", 1, "softmax.*"),
    ("logarithm's series too short", "math.cuh", "    q = fmaf(q, square, 2.0f / 3);\n", "", 1, "softmax.*"),
    ("NaN comes out of a logarithm as a number", "math.cuh", "return x != x ? x : y;\n}\n\n// e /", "return y;\n}\n\n// e /", 1, ".*eep.*"),
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
