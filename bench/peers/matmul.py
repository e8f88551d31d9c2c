#!/usr/bin/env python3
"""PyTorch's matrix products on one thread, as the model calls them.

    matmul.py SHAPES     SHAPES: [{"name", "batch", "m", "k", "n"}, ...] as JSON
    matmul.py probe      one line: GFLOP/s of a middling product

With shapes: prints `ready`, then for each line `go` one JSON line
{"seconds": s, "gflops": {name: GFLOP/s, ...}}. The name says what is computed: one that starts with
"linear" is x times the transpose of one weight [n,k]; "attention ... forward" and "attention ...
backward" are the 2 and the 4 batched products of [m,k] queries and [n,k] keys and values with the
softmax between them. Only the products' operations count.
"""

import json
import sys
import time

import torch

# Long enough to be no accident of the clock, short enough for dozens of shapes.
SECONDS = 0.1
PROBE = {"name": "linear", "batch": 1, "m": 640, "k": 256, "n": 512}


class Linear:
    """y = x W^T."""

    products = 1

    def __init__(self, batch, m, k, n):
        self.x, self.weight = torch.randn(batch * m, k), torch.randn(n, k)
        self.out = torch.empty(batch * m, n)

    def __call__(self):
        return torch.mm(self.x, self.weight.t(), out=self.out)

    def exact(self):
        """The same in float64."""
        return self.x.double() @ self.weight.double().t()


class AttentionForward:
    """softmax(scale q k^T) v, head by head."""

    products = 2

    def __init__(self, batch, m, k, n):
        self.query = torch.randn(batch, m, k)
        self.key, self.value = torch.randn(batch, n, k), torch.randn(batch, n, k)
        self.scale = k**-0.5

    def __call__(self):
        return self._attend(self.query, self.key, self.value)

    def _attend(self, q, k, v):
        scores = torch.bmm(q, k.transpose(1, 2)).mul_(self.scale)
        return torch.bmm(torch.softmax(scores, -1), v)

    def exact(self):
        """The same in float64."""
        return self._attend(self.query.double(), self.key.double(), self.value.double())


class AttentionBackward(AttentionForward):
    """Gradients of query, key and value, probabilities given; the check looks at the query's."""

    products = 4

    def __init__(self, batch, m, k, n):
        super().__init__(batch, m, k, n)
        self.out = torch.randn(batch, m, k)
        scores = torch.bmm(self.query, self.key.transpose(1, 2)) * self.scale
        self.probabilities = torch.softmax(scores, -1)

    def __call__(self):
        return self._gradients(
            self.query, self.key, self.value, self.probabilities, self.out
        )[0]

    def _gradients(self, q, k, v, p, g):
        at_value = torch.bmm(p.transpose(1, 2), g)
        at_p = torch.bmm(g, v.transpose(1, 2))
        at_scores = torch._softmax_backward_data(at_p, p, -1, p.dtype).mul_(self.scale)
        return torch.bmm(at_scores, k), torch.bmm(at_scores.transpose(1, 2), q), at_value

    def exact(self):
        """The same in float64."""
        tensors = (self.query, self.key, self.value, self.probabilities, self.out)
        return self._gradients(*(t.double() for t in tensors))[0]


def kind(name):
    """What a name stands for."""
    if name.startswith("linear"):
        return Linear
    return AttentionBackward if name.endswith("backward") else AttentionForward


class Product:
    """One shape with its operands, and how many calls fill a measurement."""

    def __init__(self, name, batch, m, k, n):
        self.name, self.call = name, kind(name)(batch, m, k, n)
        self.gflop = self.call.products * 2e-9 * batch * m * k * n
        self._check(k)
        self.calls = max(1, round(SECONDS / self._seconds(3)))

    def _check(self, k):
        """A library that believes in another processor could be fast and wrong."""
        error = (self.call().double() - self.call.exact()).abs().max().item()
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
    with torch.no_grad():
        main(sys.argv[1])
