"""The demo's Transformer in PyTorch: model, token sequences, and reading it from a model folder."""

import json
import os

import numpy as np
import torch
from torch import nn

from export_torch import read_safetensors

# Target names of the model folder <- names in this module.
NAMES = {
    "embeddings.word_embeddings.weight": "codes.weight",
    "embeddings.position_embeddings.weight": "positions.weight",
    "embeddings.visit_embeddings.weight": "visits.weight",
    "embeddings.LayerNorm.weight": "norm.weight",
    "embeddings.LayerNorm.bias": "norm.bias",
}
for _target, _source in {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "merge",
    "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "norm2",
}.items():
    for _part in ("weight", "bias"):
        NAMES[f"encoder.layer.{{n}}.{_target}.{_part}"] = f"blocks.{{n}}.{_source}.{_part}"
for _target in ("tabular", "classifier"):
    for _layer in range(2 if _target == "classifier" else 1):
        for _part in ("weight", "bias"):
            NAMES[f"{_target}.layers.{_layer}.{_part}"] = f"{_target}.{_layer}.{_part}"

SPECIAL = ("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]")
PAD, CLS, SEP, MASK, UNK = range(5)


class Block(nn.Module):
    """One post-norm encoder layer."""

    def __init__(self, config, dropout):
        super().__init__()
        d, inner = config["hidden_size"], config["intermediate_size"]
        self.heads = config["num_attention_heads"]
        self.query, self.key, self.value = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.merge = nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, inner), nn.Linear(inner, d)
        self.norm1 = nn.LayerNorm(d, eps=config["layer_norm_eps"])
        self.norm2 = nn.LayerNorm(d, eps=config["layer_norm_eps"])
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask):
        """x [B,L,d], mask [B,1,1,L] of 0 and -inf; returns [B,L,d]."""
        batch, length, d = x.shape
        q, k, v = (
            f(x).view(batch, length, self.heads, -1).transpose(1, 2)
            for f in (self.query, self.key, self.value)
        )
        scores = q @ k.transpose(-1, -2) / (d // self.heads) ** 0.5 + mask
        mixed = self.drop(scores.softmax(-1)) @ v
        mixed = mixed.transpose(1, 2).reshape(batch, length, d)
        x = self.norm1(x + self.drop(self.merge(mixed)))
        return self.norm2(x + self.drop(self.down(nn.functional.gelu(self.up(x)))))


class DemoModel(nn.Module):
    """Codes and a tabular vector -> one logit; `config` is that of the model folder."""

    def __init__(self, config, dropout=0.0):
        super().__init__()
        d = config["hidden_size"]
        self.codes = nn.Embedding(config["vocab_size"], d, padding_idx=PAD)
        self.positions = nn.Embedding(config["max_position_embeddings"], d)
        self.visits = nn.Embedding(config["max_position_embeddings"], d)
        self.norm = nn.LayerNorm(d, eps=config["layer_norm_eps"])
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            Block(config, dropout) for _ in range(config["num_hidden_layers"])
        )
        features = len(config["tabular"]["features"])
        tab = config["tabular"]["hidden_sizes"][0]
        hidden = config["classifier"]["hidden_sizes"][0]
        self.tabular = nn.ModuleList([nn.Linear(features, tab)])
        self.classifier = nn.ModuleList([nn.Linear(d + tab, hidden), nn.Linear(hidden, 1)])
        for table in (self.codes, self.positions, self.visits):
            nn.init.normal_(table.weight, std=0.05)
        with torch.no_grad():
            self.codes.weight[PAD].zero_()

    def forward(self, ids, tabular):
        """ids [B,L] of token ids, tabular [B,T] normalised; returns logits [B]."""
        # The visit input counts the SEP tokens before a token.
        is_sep = (ids == SEP).long()
        visit = is_sep.cumsum(1) - is_sep
        position = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.codes(ids) + self.positions(position) + self.visits(visit))
        x = self.drop(x)
        mask = torch.zeros(ids.shape).masked_fill(ids == PAD, float("-inf"))[:, None, None, :]
        for block in self.blocks:
            x = block(x, mask)
        side = self.drop(nn.functional.gelu(self.tabular[0](tabular)))
        joint = torch.cat([x[:, 0], side], 1)
        hidden = nn.functional.gelu(self.classifier[0](joint))
        return self.classifier[1](self.drop(hidden)).squeeze(1)


def token_ids(visits, vocab, length):
    """[CLS], the codes of visit 1, [SEP], ...: CLS and the last length - 1 tokens are kept."""
    ids = []
    for visit in visits:
        ids += [vocab.get(code, UNK) for code in visit["codes"]] + [SEP]
    return [CLS] + ids[-(length - 1) :]


def padded(sequences, length=None):
    """Token id lists -> LongTensor [B, length], filled up with PAD."""
    length = length or max(map(len, sequences))
    return torch.tensor([s + [PAD] * (length - len(s)) for s in sequences])


def normalised(tabulars, features):
    """Raw values -> (x - mean) / std as float32 [B,T]; a missing value becomes 0."""
    rows = [
        [(t[f["name"]] - f["mean"]) / f["std"] if f["name"] in t else 0.0 for f in features]
        for t in tabulars
    ]
    return torch.tensor(rows, dtype=torch.float32)


def load(folder):
    """Reads a model folder of this architecture; returns (model in eval mode, config, vocab)."""
    config, vocab = (
        json.load(open(os.path.join(folder, name), encoding="utf-8"))
        for name in ("config.json", "vocab.json")
    )
    arrays = read_safetensors(os.path.join(folder, "model.safetensors"))
    state = {}
    for target, source in NAMES.items():
        for n in range(config["num_hidden_layers"] if "{n}" in target else 1):
            array = arrays[target.replace("{n}", str(n))]
            state[source.replace("{n}", str(n))] = torch.from_numpy(np.array(array))
    model = DemoModel(config)
    model.load_state_dict(state)
    return model.eval(), config, vocab


def predict(model, config, vocab, lines, batch=64):
    """Logits [number of lines] as float64, in the order of the lines."""
    length = config["max_position_embeddings"]
    sequences = [token_ids(line["visits"], vocab, length) for line in lines]
    tabular = normalised([line["tabular"] for line in lines], config["tabular"]["features"])
    model.eval()
    logits = []
    with torch.no_grad():
        for i in range(0, len(lines), batch):
            logits.append(model(padded(sequences[i : i + batch]), tabular[i : i + batch]))
    return torch.cat(logits).double().numpy()
