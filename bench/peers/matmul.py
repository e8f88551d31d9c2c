#!/usr/bin/env python3
"""PyTorch's matrix product on one thread, as the model calls it.

    matmul.py SHAPES     SHAPES: [{"name", "batch", "m", "k", "n"}, ...] as JSON
    matmul.py probe      one line: GFLOP/s of a middling product

With shapes: prints `ready`, then for each line `go` one JSON line
{"seconds": s, "gflops": {name: GFLOP/s, ...}}. A name that starts with "linear" is x times the
transpose of one weight [n,k], any other a batch of products.
"""

import json
import sys
import time

import torch

# Long enough to be no accident of the clock, short enough for dozens of shapes.
SECONDS = 0.1
PROBE = {"name": "linear", "batch": 1, "m": 640, "k": 256, "n": 512}


class Product:
    """One shape with its operands, and how many calls fill a measurement."""

    def __init__(self, name, batch, m, k, n):
        if name.startswith("linear"):
            x, weight = torch.randn(batch * m, k), torch.randn(n, k)
            self.out = torch.empty(batch * m, n)
            self.call = lambda: torch.mm(x, weight.t(), out=self.out)
            self.exact = lambda: x.double() @ weight.double().t()
        else:
            a, b = torch.randn(batch, m, k), torch.randn(batch, k, n)
            self.out = torch.empty(batch, m, n)
            self.call = lambda: torch.bmm(a, b, out=self.out)
            self.exact = lambda: a.double() @ b.double()
        self.name, self.gflop = name, 2e-9 * batch * m * k * n
        self._check(k)
        self.calls = max(1, round(SECONDS / self._seconds(3)))

    def _check(self, k):
        """A library that believes in another processor could be fast and wrong."""
        self.call()
        error = (self.out.double() - self.exact()).abs().max().item()
        if not error < 1e-5 * k**0.5:
            raise SystemExit(f"{self.name}: off by {error}")

    def _seconds(self, calls):
        start = time.perf_counter()
        for _ in range(calls):
            self.call()
        return (time.perf_counter() - start) / calls

    def gflops(self):
        """GFLOP/s over one measurement."""
        return self.gflop / self._seconds(self.calls)


def main(argument):
    """Measures."""
    torch.set_num_threads(1)
    if argument == "probe":
        product = Product(**PROBE)
        print(max(product.gflops() for _ in range(3)))
        return
    products = [Product(**shape) for shape in json.loads(argument)]
    print("ready", flush=True)
    for command in sys.stdin:
        if command.strip() != "go":
            break
        start = time.perf_counter()
        gflops = {product.name: product.gflops() for product in products}
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "gflops": gflops}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(sys.argv[1])
