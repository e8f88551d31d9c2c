"""Llama- and GPT-2-like decoders in PyTorch, float32, on the folders of bench's synthetic decoders.

Query, key and value are one product, as in GPT-2's own code; Llama's has no biases. The score is the
classifier's logit at the last token.
"""

import json
import os
import sys

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools")
sys.path[:0] = [TOOLS, os.path.join(TOOLS, "fixtures")]

import torch
from torch import nn
from torch.nn import functional

import demo_model
from export_torch import read_safetensors
from gsig_torch import SPECIAL
from parity_safetensors import read_float64

ACTIVATIONS = {
    "silu": functional.silu,
    "gelu_new": lambda x: functional.gelu(x, approximate="tanh"),
}


def reads(folder):
    """Whether the folder's model is one of these."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        return json.load(file).get("causal", False)


class RootMeanSquareNorm(nn.Module):
    """x / sqrt(mean x^2 + eps) times the weight."""

    def __init__(self, weight, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(weight), eps

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def norm(config, weights, name):
    """The norm of that name."""
    eps = config["layer_norm_eps"]
    if config.get("norm") == "rms_norm":
        return RootMeanSquareNorm(weights[name + ".weight"], eps)
    layer = nn.LayerNorm(config["hidden_size"], eps=eps)
    layer.weight = nn.Parameter(weights[name + ".weight"])
    layer.bias = nn.Parameter(weights[name + ".bias"])
    return layer


def turned(x, angles):
    """x [B,H,L,s]: halves turned by angles (cos, sin) [L,s]."""
    one, two = x.chunk(2, -1)
    return x * angles[0] + torch.cat([-two, one], -1) * angles[1]


class Block(nn.Module):
    """One pre-norm layer."""

    def __init__(self, config, weights, n):
        super().__init__()
        prefix = f"encoder.layer.{n}."

        def linear(*names):
            matrix, bias = (
                torch.cat([weights[f"{prefix}{name}.{part}"] for name in names])
                for part in ("weight", "bias")
            )
            layer = nn.Linear(matrix.shape[1], matrix.shape[0], bias=bool(bias.any()))
            layer.weight = nn.Parameter(matrix)
            if layer.bias is not None:
                layer.bias = nn.Parameter(bias)
            return layer

        self.heads = config["num_attention_heads"]
        self.key_heads = config.get("num_key_value_heads", self.heads)
        self.size = config["hidden_size"] // self.heads
        self.act = ACTIVATIONS[config["hidden_act"]]
        self.norm1 = norm(config, weights, prefix + "attention.output.LayerNorm")
        self.norm2 = norm(config, weights, prefix + "output.LayerNorm")
        self.qkv = linear(*(f"attention.self.{part}" for part in ("query", "key", "value")))
        self.merge = linear("attention.output.dense")
        gated = config.get("feed_forward") == "gated"
        self.gate = linear("intermediate.dense") if gated else None
        self.up = linear("intermediate.up" if gated else "intermediate.dense")
        self.down = linear("output.dense")

    def forward(self, x, mask, angles):
        batch, length, _ = x.shape
        packed = self.qkv(self.norm1(x)).view(batch, length, -1, self.size).transpose(1, 2)
        q, k, v = packed.split([self.heads, self.key_heads, self.key_heads], 1)
        if angles is not None:
            q, k = turned(q, angles), turned(k, angles)
        if self.key_heads < self.heads:
            k, v = (t.repeat_interleave(self.heads // self.key_heads, 1) for t in (k, v))
        weights = (q @ k.transpose(-1, -2) / self.size**0.5 + mask).softmax(-1)
        x = x + self.merge((weights @ v).transpose(1, 2).reshape(batch, length, -1))
        y = self.norm2(x)
        y = self.act(self.up(y)) if self.gate is None else self.act(self.gate(y)) * self.up(y)
        return x + self.down(y)


class Explained(nn.Module):
    """A model folder: the model without weight gradients, and the baseline."""

    def __init__(self, folder):
        super().__init__()
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            self.config = json.load(file)
        with open(os.path.join(folder, "vocab.json"), encoding="utf-8") as file:
            self.vocab = json.load(file)
        read = read_safetensors(os.path.join(folder, "model.safetensors"))
        weights = {name: torch.tensor(value).float() for name, value in read.items()}
        count = self.config["num_hidden_layers"]
        self.codes = weights["embeddings.word_embeddings.weight"]
        self.positions = weights.get("embeddings.position_embeddings.weight")
        self.blocks = nn.ModuleList(Block(self.config, weights, n) for n in range(count))
        self.norm = norm(self.config, weights, "encoder.LayerNorm")
        self.head = weights["classifier.layers.0.weight"], weights["classifier.layers.0.bias"]
        path = os.path.join(folder, "baseline.safetensors")
        mean = read_float64(path, "sequence.manifold_mean")
        self.sequence_mean = torch.tensor(mean, dtype=torch.float32)
        length, size = self.config["max_position_embeddings"], self.blocks[0].size
        self.mask = torch.full((length, length), float("-inf")).triu(1)
        self.angles = None
        if "rotary" in self.config:
            steps = torch.arange(0, size, 2).float() / size
            frequencies = self.config["rotary"]["theta"] ** -steps
            angles = torch.outer(torch.arange(length).float(), frequencies).repeat(1, 2)
            self.angles = angles.cos(), angles.sin()
        self.requires_grad_(False)

    def patient(self, line, padded):
        """A cohort line as the model sees it; padding would change nothing before it."""
        return Patient(self, line)

    def logits(self, x):
        """x [B,L,d] of codes; returns [B,1]."""
        length = x.shape[1]
        if self.positions is not None:
            x = x + self.positions[:length]
        angles = self.angles and tuple(part[:length] for part in self.angles)
        for block in self.blocks:
            x = block(x, self.mask[:length, :length], angles)
        return functional.linear(self.norm(x[:, -1]), *self.head)


class Patient:
    """Where the path starts and ends, and the valid tokens; there are no tabular values."""

    def __init__(self, explained, line):
        self.explained = explained
        length = explained.config["max_position_embeddings"]
        ids = torch.tensor(demo_model.token_ids(line["visits"], explained.vocab, length))
        self.valid = ~torch.isin(ids, SPECIAL)
        self.end, self.start = explained.codes[ids], explained.sequence_mean[: len(ids)]
        self.tabular_end = self.tabular_start = torch.zeros(0)

    def logits(self, point, tabular):
        """point [B,L,d], tabular [B,0], whose sum is 0; returns [B,1]."""
        return self.explained.logits(point) + tabular.sum(1, keepdim=True)
