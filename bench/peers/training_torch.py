#!/usr/bin/env python3
"""PyTorch's side of bench/training.sh.

    training_torch.py COHORT_DIR CONFIG BATCH_SIZE DROPOUT STEPS WARM_UP_STEPS

Trains the model of tools/demo_model.py on one thread as one would: batches padded to their longest
sequence, AdamW, gradients clipped. Prints `ready` after some steps, then takes STEPS steps for each
line `go` and answers with one JSON line: the seconds of a step, and the loss of the last one.
"""

import json
import os
import sys
import time

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools"))
import demo_model


def main(folder, config_file, batch_size, dropout, steps, first):
    """Runs the protocol until the end of the input."""
    batch_size, steps, first = int(batch_size), int(steps), int(first)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    with open(config_file, encoding="utf-8") as file:
        config = json.load(file)
    with open(os.path.join(folder, "vocab.json"), encoding="utf-8") as file:
        vocab = json.load(file)
    with open(os.path.join(folder, "train.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    length = config["max_position_embeddings"]
    sequences = [demo_model.token_ids(line["visits"], vocab, length) for line in lines]
    features = config["tabular"]["features"]
    tabular = demo_model.normalised([line["tabular"] for line in lines], features)
    labels = torch.tensor([float(line["label"]) for line in lines])
    model = demo_model.DemoModel(config, float(dropout)).train()
    for block in model.blocks:
        # gsig drops no attention probabilities, so neither does its peer
        block.forward = attention_undropped(block)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01)
    rng = np.random.RandomState(1)
    order = rng.permutation(len(lines))
    taken = 0

    def run(count):
        nonlocal taken, order
        loss = None
        for _ in range(count):
            if taken + batch_size > len(lines):
                order, taken = rng.permutation(len(lines)), 0
            rows = order[taken : taken + batch_size]
            taken += batch_size
            ids = demo_model.padded([sequences[i] for i in rows])
            logits = model(ids, tabular[rows])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels[rows])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
        return loss.item()

    run(first)
    print("ready", flush=True)
    for command in sys.stdin:
        if command.strip() != "go":
            break
        start = time.perf_counter()
        loss = run(steps)
        seconds = (time.perf_counter() - start) / steps
        print(json.dumps({"seconds": seconds, "loss": loss}), flush=True)


def attention_undropped(block):
    """The block's forward pass without dropout of the attention probabilities."""

    def forward(x, mask):
        batch, length, d = x.shape
        q, k, v = (
            f(x).view(batch, length, block.heads, -1).transpose(1, 2)
            for f in (block.query, block.key, block.value)
        )
        scores = q @ k.transpose(-1, -2) / (d // block.heads) ** 0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, d)
        x = block.norm1(x + block.drop(block.merge(mixed)))
        hidden = torch.nn.functional.gelu(block.up(x))
        return block.norm2(x + block.drop(block.down(hidden)))

    return forward


if __name__ == "__main__":
    if len(sys.argv) != 7:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    main(*sys.argv[1:])
