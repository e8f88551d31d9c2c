"""Reference model of the parity fixtures: the model folder's encoder in plain PyTorch.

Every module is named so that its state dict carries the weight names of a model folder
(Hugging Face BERT names, then `gru.*`, `tabular.layers.N.*`, `classifier.layers.N.*`).
It uses PyTorch's own building blocks and aims at being read, not at being fast.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

DEFAULTS = {
    "problem_type": "single_label_classification",
    "cls_token_id": None,
    "sep_token_id": None,
    "mask_token_id": None,
    "unk_token_id": None,
    "norm_first": False,
    "embedding_inputs": {"position": "learned"},
    "embedding_scale": 1,
    "visit_index": "before_sep",
    "age_rows_per_year": 1,
    "time_span": None,
    "time_unit": None,
    "time_transform": None,
    "time_special_tokens": None,
    "attribution_point": "code",
    "attention_scale": "head_size",
    "attention_mask_value": -math.inf,
    "residual": True,
    "pooling": "cls",
    "mean_over": "real",
    "pooler": False,
    "tabular": None,
    "classifier": {"hidden_sizes": [], "num_labels": 1},
}

# Smallest |x| that a ReLU was given: a unit too close to its kink may switch in float32.
kink_margin = [math.inf]


def resolve(config):
    """The configuration with every default filled in."""
    full = {**DEFAULTS, **config}
    full.setdefault("attention_head_size", full["hidden_size"] // full["num_attention_heads"])
    return full


def activate(name, x):
    """One of the six activations of the configuration."""
    if name == "relu":
        kink_margin[0] = min(kink_margin[0], x.detach().abs().min().item())
        return F.relu(x)
    return {
        "gelu": F.gelu,
        "gelu_new": lambda t: F.gelu(t, approximate="tanh"),
        "tanh": torch.tanh,
        "silu": F.silu,
        "sigmoid": torch.sigmoid,
    }[name](x)


def sinusoidal(indices, d):
    """Rows of the sinusoidal table: column 2i is sin(p / 10000^(2i/d)), column 2i+1 its cos."""
    rows = torch.zeros(len(indices), d, dtype=torch.float64)
    for row, p in enumerate(indices):
        for column in range(d):
            angle = p / 10000 ** (2 * (column // 2) / d)
            rows[row, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return rows


class Embeddings(nn.Module):
    """Code embedding plus the inputs that the configuration asks for."""

    def __init__(self, config, table_rows, layer_norm):
        super().__init__()
        d = config["hidden_size"]
        self.inputs = config["embedding_inputs"]
        self.scale = config["embedding_scale"]
        self.word_embeddings = nn.Embedding(config["vocab_size"], d)
        for name, kind in self.inputs.items():
            if kind == "learned":
                setattr(self, name + "_embeddings", nn.Embedding(table_rows[name], d))
            elif kind == "linear":
                setattr(self, name + "_embeddings", nn.Linear(1, d))
        self.LayerNorm = nn.LayerNorm(d, eps=config["layer_norm_eps"]) if layer_norm else None

    def codes(self, token_inputs):
        return self.scale * self.word_embeddings(torch.tensor(token_inputs["ids"]))

    def added(self, token_inputs):
        """[L, d]: the sum of all inputs but the code embedding."""
        weight = self.word_embeddings.weight
        total = torch.zeros(len(token_inputs["ids"]), weight.shape[1], dtype=weight.dtype)
        for name, kind in self.inputs.items():
            indices = token_inputs[name]
            if kind == "learned":
                total = total + getattr(self, name + "_embeddings")(torch.tensor(indices))
            elif kind == "linear":
                numbers = torch.tensor(indices, dtype=weight.dtype)[:, None]
                total = total + getattr(self, name + "_embeddings")(numbers)
            else:
                total = total + sinusoidal(indices, weight.shape[1]).to(weight.dtype)
        return total

    def finish(self, summed):
        return summed if self.LayerNorm is None else self.LayerNorm(summed)


class SelfAttention(nn.Module):
    def __init__(self, d, width):
        super().__init__()
        self.query = nn.Linear(d, width)
        self.key = nn.Linear(d, width)
        self.value = nn.Linear(d, width)


class DenseNorm(nn.Module):
    def __init__(self, fan_in, d, eps):
        super().__init__()
        self.dense = nn.Linear(fan_in, d)
        self.LayerNorm = nn.LayerNorm(d, eps=eps)


class Dense(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.dense = nn.Linear(fan_in, fan_out)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.head_size = config["attention_head_size"]
        width = self.heads * self.head_size
        over = {
            "head_size": self.head_size,
            "sequence_length": config["max_position_embeddings"],
        }[config["attention_scale"]]
        self.scale = math.sqrt(over)
        self.fill = config["attention_mask_value"]
        self.self = SelfAttention(d, width)
        self.output = DenseNorm(width, d, config["layer_norm_eps"])

    def forward(self, x, real):
        """x [B, L, d]; real [L], false where a key is PAD. The sublayer without its norm."""
        batch, length, _ = x.shape

        def heads(linear):
            return linear(x).view(batch, length, self.heads, self.head_size).transpose(1, 2)

        q, k, v = heads(self.self.query), heads(self.self.key), heads(self.self.value)
        scores = q @ k.transpose(2, 3) / self.scale
        fill = torch.zeros(length, dtype=x.dtype).masked_fill(~real, self.fill)
        weights = torch.softmax(scores + fill, dim=-1)
        context = (weights @ v).transpose(1, 2).reshape(batch, length, -1)
        return self.output.dense(context)


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.act = config["hidden_act"]
        self.norm_first = config["norm_first"]
        self.residual = config["residual"]
        self.attention = Attention(config)
        self.intermediate = Dense(d, config["intermediate_size"])
        self.output = DenseNorm(config["intermediate_size"], d, config["layer_norm_eps"])

    def feed_forward(self, x):
        return self.output.dense(activate(self.act, self.intermediate.dense(x)))

    def forward(self, x, real):
        norm1, norm2 = self.attention.output.LayerNorm, self.output.LayerNorm
        skip = 1.0 if self.residual else 0.0
        if self.norm_first:
            x = skip * x + self.attention(norm1(x), real)
            return skip * x + self.feed_forward(norm2(x))
        x = norm1(self.attention(x, real) + skip * x)
        return norm2(self.feed_forward(x) + skip * x)


class Encoder(nn.Module):
    def __init__(self, config, layer_norm):
        super().__init__()
        self.layer = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        d, eps = config["hidden_size"], config["layer_norm_eps"]
        self.LayerNorm = nn.LayerNorm(d, eps=eps) if layer_norm else None

    def forward(self, x, real):
        for layer in self.layer:
            x = layer(x, real)
        return x if self.LayerNorm is None else self.LayerNorm(x)


class Stack(nn.Module):
    """Linear layers; the activation follows each one, or each one but the last.

    Another vector of width `joined` is concatenated behind the input of layer `at`.
    """

    def __init__(self, sizes, activation, activate_last, joined=0, at=0):
        super().__init__()
        self.at = at
        self.layers = nn.ModuleList(
            nn.Linear(a + (joined if n == at else 0), b)
            for n, (a, b) in enumerate(zip(sizes, sizes[1:]))
        )
        self.activation = activation
        self.activated = len(self.layers) if activate_last else len(self.layers) - 1

    def forward(self, x, joining=None):
        for n, layer in enumerate(self.layers):
            if joining is not None and n == self.at:
                x = torch.cat([x, joining], dim=-1)
            x = layer(x)
            if n < self.activated:
                x = activate(self.activation, x)
        return x


class ReferenceModel(nn.Module):
    """The whole model, entered at its attribution point."""

    def __init__(self, config, table_rows, embedding_norm, encoder_norm, pooled_norm=False):
        super().__init__()
        self.config = config = resolve(config)
        d = config["hidden_size"]
        self.embeddings = Embeddings(config, table_rows, embedding_norm)
        self.encoder = Encoder(config, encoder_norm)
        self.pooler = Dense(d, d) if config["pooler"] else None
        pooled = d
        self.gru = None
        if config["pooling"] == "bigru":
            hidden = config["gru_hidden_size"]
            self.gru = nn.GRU(d, hidden, batch_first=True, bidirectional=True)
            pooled = 2 * hidden
        self.pooled = None
        if pooled_norm:
            self.pooled = nn.ModuleDict(
                {"LayerNorm": nn.LayerNorm(pooled, eps=config["layer_norm_eps"])}
            )
        self.tabular, joined, at = None, 0, 0
        if config["tabular"]:
            tabular = config["tabular"]
            sizes = [len(tabular["features"])] + tabular["hidden_sizes"]
            self.tabular = Stack(sizes, tabular.get("activation"), activate_last=True)
            joined, at = sizes[-1], tabular.get("classifier_layer", 0)
        head = config["classifier"]
        sizes = [pooled] + head["hidden_sizes"] + [head["num_labels"]]
        self.classifier = Stack(sizes, head.get("activation"), False, joined, at)

    def attribution_input(self, token_inputs):
        """[L, d]: the tensor at the attribution point."""
        codes = self.embeddings.codes(token_inputs)
        if self.config["attribution_point"] == "code":
            return codes
        return self.embeddings.finish(codes + self.embeddings.added(token_inputs))

    def pool(self, x, real):
        """x [B, L, d] to [B, pooled size]."""
        if self.config["pooling"] == "cls":
            return x[:, 0] if self.pooler is None else torch.tanh(self.pooler.dense(x[:, 0]))
        if self.config["pooling"] == "mean":
            averaged = x if self.config["mean_over"] == "all" else x[:, real]
            return averaged.mean(dim=1)
        over_all = self.config["gru_over"] == "all"
        length = x.shape[1] if over_all else int(real.sum())
        lengths = torch.full((x.shape[0],), length)
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
        outputs, final = self.gru(packed)
        if self.config["gru_read"] == "final_states":
            return torch.cat([final[0], final[1]], dim=-1)
        outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True)
        return outputs[:, length - 1]

    def logits(self, e, x, token_inputs, real):
        """Logits [B, labels] of e [B, L, d] at the attribution point and tabular x [B, T].

        token_inputs and real are the explained patient's own, whatever e holds.
        """
        if self.config["attribution_point"] == "code":
            e = self.embeddings.finish(e + self.embeddings.added(token_inputs))
        pooled = self.pool(self.encoder(e, real), real)
        if self.pooled is not None:
            pooled = self.pooled["LayerNorm"](pooled)
        joining = None if self.tabular is None else self.tabular(x)
        return self.classifier(pooled, joining)
