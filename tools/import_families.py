"""Models of the families that `gsig import` knows, in plain PyTorch, from published descriptions.

Each one's state dict carries the family's own names. They share one interface:

  codes(ids)                     [L, d]: the code embedding, where the path is taken
  forward(e, x, inputs, real)    logits [labels] of e [L, d] and tabular x [T] or None

`inputs` are the indices of every position ({"visit": [...], "age": [...]}), `real` [L] is false
for PAD. Encoders of BERT's kind are those of parity_model.
"""

import math

import torch
from torch import nn

from parity_model import Dense, Encoder, resolve


def bert_config(config):
    """What parity_model's encoder wants to know."""
    return resolve({"hidden_act": "gelu", "layer_norm_eps": 1e-12, **config})


def doubled_sinusoid(rows, d, dtype=torch.float64):
    """BEHRT's fixed table: sin (even column c) or cos (odd) of p / 10000^(2c/d)."""
    table = torch.zeros(rows, d, dtype=dtype)
    for p in range(rows):
        for c in range(d):
            angle = p / 10000 ** (2 * c / d)
            table[p, c] = math.cos(angle) if c % 2 else math.sin(angle)
    return table


def sinusoid(rows, d):
    """sin (even column c) or cos (odd) of p / 10000^(e/d), e = c, or c - 1 where c is odd."""
    table = torch.zeros(rows, d, dtype=torch.float64)
    for p in range(rows):
        for c in range(d):
            angle = p / 10000 ** ((c - c % 2) / d)
            table[p, c] = math.cos(angle) if c % 2 else math.sin(angle)
    return table


class BertEmbeddings(nn.Module):
    def __init__(self, config):
        super().__init__()
        d = config["hidden_size"]
        self.word_embeddings = nn.Embedding(config["vocab_size"], d)
        self.position_embeddings = nn.Embedding(config["max_position_embeddings"], d)
        self.token_type_embeddings = nn.Embedding(2, d)
        self.LayerNorm = nn.LayerNorm(d, eps=config["layer_norm_eps"])
        ids = torch.arange(config["max_position_embeddings"])[None]
        self.register_buffer("position_ids", ids)

    def forward(self, e, inputs):
        types = torch.zeros(len(e), dtype=torch.long)
        positions = self.position_ids[0, : len(e)]
        total = e + self.position_embeddings(positions) + self.token_type_embeddings(types)
        return self.LayerNorm(total)


class Bert(nn.Module):
    """Hugging Face's BertModel."""

    def __init__(self, config):
        super().__init__()
        config = bert_config(config)
        self.embeddings = BertEmbeddings(config)
        self.encoder = Encoder(config, layer_norm=False)
        self.pooler = Dense(config["hidden_size"], config["hidden_size"])

    def codes(self, ids):
        return self.embeddings.word_embeddings(ids)

    def forward(self, e, inputs, real):
        x = self.encoder(self.embeddings(e, inputs)[None], real)[0]
        return torch.tanh(self.pooler.dense(x[0]))


class BertForSequenceClassification(nn.Module):
    def __init__(self, config, labels):
        super().__init__()
        self.bert = Bert(config)
        self.classifier = nn.Linear(config["hidden_size"], labels)

    def codes(self, ids):
        return self.bert.codes(ids)

    def forward(self, e, x, inputs, real):
        return self.classifier(self.bert(e, inputs, real))


class BertWithHead(nn.Module):
    """A bare encoder, and a head whose weights are saved apart."""

    def __init__(self, config, hidden, labels):
        super().__init__()
        self.encoder = Bert(config)
        self.head = nn.Sequential(
            nn.Linear(config["hidden_size"], hidden), nn.Tanh(), nn.Linear(hidden, labels)
        )

    def codes(self, ids):
        return self.encoder.codes(ids)

    def forward(self, e, x, inputs, real):
        return self.head(self.encoder(e, inputs, real))


class BehrtEmbeddings(nn.Module):
    def __init__(self, config, ages):
        super().__init__()
        d, length = config["hidden_size"], config["max_position_embeddings"]
        self.word_embeddings = nn.Embedding(config["vocab_size"], d)
        self.segment_embeddings = nn.Embedding(2, d)
        self.age_embeddings = nn.Embedding(ages, d)
        self.posi_embeddings = nn.Embedding.from_pretrained(doubled_sinusoid(length, d, torch.float32))
        self.LayerNorm = nn.LayerNorm(d, eps=config["layer_norm_eps"])

    def forward(self, e, inputs):
        visits = torch.tensor(inputs["visit"])
        ages = torch.tensor(inputs["age"]) + 2  # PAD and UNK come first in the age vocabulary
        total = e + self.segment_embeddings(visits % 2) + self.age_embeddings(ages)
        return self.LayerNorm(total + self.posi_embeddings(visits))


class BehrtModel(nn.Module):
    def __init__(self, config, ages):
        super().__init__()
        config = bert_config(config)
        self.embeddings = BehrtEmbeddings(config, ages)
        self.encoder = Encoder(config, layer_norm=False)
        self.pooler = Dense(config["hidden_size"], config["hidden_size"])


class Behrt(nn.Module):
    """BEHRT with a classification head (Li et al., Scientific Reports 10:7155, 2020)."""

    def __init__(self, config, ages, labels):
        super().__init__()
        self.bert = BehrtModel(config, ages)
        self.classifier = nn.Linear(config["hidden_size"], labels)

    def codes(self, ids):
        return self.bert.embeddings.word_embeddings(ids)

    def forward(self, e, x, inputs, real):
        hidden = self.bert.encoder(self.bert.embeddings(e, inputs)[None], real)[0]
        return self.classifier(torch.tanh(self.bert.pooler.dense(hidden[0])))


class ExMedEmbeddings(nn.Module):
    """Code + entity + age + position + sex + region, then a layer norm."""

    def __init__(self, config, entities):
        super().__init__()
        d, length = config["hidden_size"], config["max_position_embeddings"]
        self.code_embeddings = nn.Embedding(config["vocab_size"], d)
        self.entity_embeddings = nn.Embedding(3, d)
        self.sex_embeddings = nn.Embedding(3, d)
        self.state_embeddings = nn.Embedding(5, d)
        self.age_embeddings = nn.Embedding(112, d)
        self.positional_embeddings = nn.Embedding.from_pretrained(doubled_sinusoid(length, d, torch.float32))
        self.layer_norm = nn.LayerNorm(d, eps=config["layer_norm_eps"])
        self.entities = entities

    def forward(self, e, inputs):
        ages = torch.tensor(inputs["age"]) + 6  # after PAD, UNK, CLS, SEP, MASK, NA
        visits = torch.tensor(inputs["visit"])
        one = torch.ones(len(e), dtype=torch.long)
        total = e + self.age_embeddings(ages) + self.positional_embeddings(visits)
        total = total + self.sex_embeddings(one) + self.state_embeddings(3 * one)
        return self.layer_norm(total)

    def codes(self, ids):
        return self.code_embeddings(ids) + self.entity_embeddings(self.entities[ids])


class ExMedModel(nn.Module):
    def __init__(self, config, entities):
        super().__init__()
        config = bert_config(config)
        self.embeddings = ExMedEmbeddings(config, entities)
        self.encoder = Encoder(config, layer_norm=False)


class ExMedHead(nn.Module):
    def __init__(self, width, blocks):
        super().__init__()
        self.los_classifier = nn.Sequential()
        for n in range(blocks):
            self.los_classifier.add_module("cls_linear%d" % n, nn.Linear(width, width))
            self.los_classifier.add_module("cls_relu%d" % n, nn.ReLU())
        self.los_classifier.add_module("cls_linear-fin", nn.Linear(width, 1))

    def forward(self, pooled, observations):
        return self.los_classifier(torch.cat([pooled, observations]))


class ExMedBert(nn.Module):
    """ExMed-BERT with observations; the head reads a sum over all positions, or a GRU."""

    def __init__(self, config, entities, observations, gru):
        super().__init__()
        d = config["hidden_size"]
        self.bert = ExMedModel(config, entities)
        self.is_recurrent = gru is not None
        if self.is_recurrent:
            self.rnn_cell = nn.GRU(d, gru, batch_first=True, bidirectional=True)
            self.out = ExMedHead(2 * gru + observations, 2)
        else:
            self.endpoint_classifier = ExMedHead(d + observations, 1)

    def codes(self, ids):
        return self.bert.embeddings.codes(ids)

    def forward(self, e, x, inputs, real):
        hidden = self.bert.encoder(self.bert.embeddings(e, inputs)[None], real)
        if self.is_recurrent:
            return self.out(self.rnn_cell(hidden)[0][0, -1], x)
        return self.endpoint_classifier(hidden[0].sum(dim=0), x)


class TooBertEmbedding(nn.Module):
    def __init__(self, config, wave):
        super().__init__()
        d = config["hidden_size"]
        self.token_emb = nn.Embedding(config["vocab_size"], d)
        self.segment_emb = nn.Embedding(config["vocab_size"], d)
        self.norm = nn.LayerNorm(d)
        self.wave = wave

    def forward(self, e, inputs):
        visits = torch.tensor(inputs["visit"])
        wave = self.wave(int(visits.max()) + 1, e.shape[1]).to(e.dtype)
        return self.norm(e + self.segment_emb(visits) + wave[visits])


class TooBertHead(nn.Module):
    def __init__(self, d, width):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(d, width), nn.Linear(d, width), nn.Linear(d, width)

    def forward(self, x, real):
        scores = self.q(x) @ self.k(x).T / math.sqrt(len(x))
        scores = scores.masked_fill(~real[None, :], -1e9)
        return torch.softmax(scores, dim=-1) @ self.v(x)


class TooBertAttention(nn.Module):
    def __init__(self, d, heads, width):
        super().__init__()
        self.heads = nn.ModuleList(TooBertHead(d, width) for _ in range(heads))
        self.linear = nn.Linear(heads * width, d)
        self.norm = nn.LayerNorm(d)

    def forward(self, x, real):
        return self.norm(self.linear(torch.cat([head(x, real) for head in self.heads], dim=-1)))


class TooBertEncoder(nn.Module):
    def __init__(self, d, heads, width):
        super().__init__()
        self.attention = TooBertAttention(d, heads, width)
        self.feed_forward = nn.Sequential(
            nn.Linear(d, width), nn.Dropout(0.1), nn.GELU(), nn.Linear(width, d), nn.Dropout(0.1)
        )
        self.norm = nn.LayerNorm(d)

    def forward(self, x, real):
        return self.norm(self.feed_forward(self.attention(x, real)))


class TooBertEncoding(nn.Module):
    def __init__(self, config, heads, width, wave):
        super().__init__()
        self.embedding = TooBertEmbedding(config, wave)
        self.encoder = TooBertEncoder(config["hidden_size"], heads, width)


class TooBert(nn.Module):
    """TOO-BERT with a tabular vector in front of linear1, or of linear2."""

    def __init__(self, config, heads, width, gru, hidden, features, joins, first, wave=sinusoid):
        super().__init__()
        self.bert = TooBertEncoding(config, heads, width, wave)
        self.gru = nn.GRU(config["hidden_size"], gru, batch_first=True, bidirectional=True)
        self.linear1 = nn.Linear(2 * gru + (features if joins == 1 else 0), hidden)
        self.linear2 = nn.Linear(hidden + (features if joins == 2 else 0), 1)
        self.joins, self.first = joins, first

    def codes(self, ids):
        return self.bert.embedding.token_emb(ids)

    def join(self, here, y, x):
        if self.joins != here:
            return y
        return torch.cat([x, y] if self.first else [y, x])

    def forward(self, e, x, inputs, real):
        hidden = self.bert.encoder(self.bert.embedding(e, inputs), real)
        last = self.gru(hidden[None])[0][0, -1]
        y = torch.relu(self.linear1(self.join(1, last, x)))
        return self.linear2(self.join(2, y, x))


class TorchTransformer(nn.Module):
    """torch.nn.TransformerEncoder between tables of the author's own and a head."""

    def __init__(self, config, act, norm_first, final_norm, labels, cls):
        super().__init__()
        d = config["hidden_size"]
        self.code_embedding = nn.Embedding(config["vocab_size"], d)
        self.pos_embedding = nn.Parameter(torch.zeros(1, config["max_position_embeddings"], d))
        layer = nn.TransformerEncoderLayer(
            d, config["num_attention_heads"], config["intermediate_size"], 0.0, act,
            batch_first=True, norm_first=norm_first,
        )
        self.transformer = nn.TransformerEncoder(
            layer,
            config["num_hidden_layers"],
            nn.LayerNorm(d) if final_norm else None,
            enable_nested_tensor=False,
        )
        self.fc = nn.Linear(d, labels)
        self.cls = cls

    def codes(self, ids):
        return self.code_embedding(ids)

    def forward(self, e, x, inputs, real):
        hidden = self.transformer(
            (e + self.pos_embedding[0, : len(e)])[None], src_key_padding_mask=~real[None]
        )[0]
        return self.fc(hidden[0] if self.cls else hidden[real].mean(dim=0))


class CustomBlock(nn.Module):
    """Pre-norm attention with one fused [in, out] matrix for queries, keys and values."""

    def __init__(self, d, heads, inner):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv = nn.Parameter(torch.zeros(d, 3 * d))
        self.qkv_bias = nn.Parameter(torch.zeros(3 * d))
        self.proj, self.up, self.down = nn.Linear(d, d), nn.Linear(d, inner), nn.Linear(inner, d)
        self.heads = heads

    def forward(self, x, real):
        length, d = x.shape
        q, k, v = (
            t.view(length, self.heads, -1).transpose(0, 1)
            for t in (self.ln_1(x) @ self.qkv + self.qkv_bias).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(1, 2) / math.sqrt(d // self.heads)
        scores = scores.masked_fill(~real[None, None, :], -math.inf)
        mixed = (torch.softmax(scores, dim=-1) @ v).transpose(0, 1).reshape(length, d)
        x = x + self.proj(mixed)
        return x + self.down(nn.functional.silu(self.up(self.ln_2(x))))


class Custom(nn.Module):
    """Names that no family has."""

    def __init__(self, config, labels):
        super().__init__()
        d = config["hidden_size"]
        self.wte = nn.Embedding(config["vocab_size"], d)
        self.h = nn.ModuleList(
            CustomBlock(d, config["num_attention_heads"], config["intermediate_size"])
            for _ in range(config["num_hidden_layers"])
        )
        self.ln_f = nn.LayerNorm(d)
        self.score = nn.Linear(d, labels)

    def codes(self, ids):
        return self.wte(ids)

    def forward(self, e, x, inputs, real):
        x = e
        for block in self.h:
            x = block(x, real)
        return self.score(self.ln_f(x)[real].mean(dim=0))


class Positions(nn.Module):
    """PyTorch's tutorial: a fixed table of waves, [L, 1, d]."""

    def __init__(self, length, d):
        super().__init__()
        self.register_buffer("pe", sinusoid(length, d).float()[:, None])


class TorchTutorial(nn.Module):
    """The tutorial's model: the code embedding times sqrt(d), waves, encoder, decoder."""

    def __init__(self, config, labels):
        super().__init__()
        d = config["hidden_size"]
        self.pos_encoder = Positions(config["max_position_embeddings"], d)
        layer = nn.TransformerEncoderLayer(
            d, config["num_attention_heads"], config["intermediate_size"], 0.0, batch_first=True
        )
        self.transformer_encoder = nn.TransformerEncoder(layer, config["num_hidden_layers"])
        self.encoder = nn.Embedding(config["vocab_size"], d)
        self.decoder = nn.Linear(d, labels)

    def codes(self, ids):
        return self.encoder(ids) * math.sqrt(self.encoder.embedding_dim)

    def forward(self, e, x, inputs, real):
        x = (e + self.pos_encoder.pe[: len(e), 0])[None]
        hidden = self.transformer_encoder(x, src_key_padding_mask=~real[None])[0]
        return self.decoder(hidden[real].mean(dim=0))


def trained_batch_norm(size):
    """A batch norm as training leaves it."""
    norm = nn.BatchNorm1d(size)
    norm.running_mean.copy_(torch.linspace(-0.5, 0.7, size))
    norm.running_var.copy_(torch.linspace(0.3, 1.9, size))
    return norm


class TorchMultimodal(nn.Module):
    """Codes through an encoder, tabular values through a small network, and a joint head."""

    def __init__(self, config, values, branch, hidden):
        super().__init__()
        d = config["hidden_size"]
        self.code_emb = nn.Embedding(config["vocab_size"], d)
        self.pos_emb = nn.Embedding(config["max_position_embeddings"], d)
        self.visit_emb = nn.Embedding(20, d)
        self.age_emb = nn.Embedding(120, d)
        layer = nn.TransformerEncoderLayer(
            d, config["num_attention_heads"], config["intermediate_size"], 0.0, batch_first=True
        )
        self.transformer = nn.TransformerEncoder(layer, config["num_hidden_layers"], nn.LayerNorm(d))
        self.tab_mlp = nn.Sequential(
            trained_batch_norm(values), nn.Linear(values, branch), trained_batch_norm(branch), nn.ReLU()
        )
        self.head = nn.Sequential(
            nn.Linear(d + branch, hidden), trained_batch_norm(hidden), nn.ReLU(), nn.Dropout(0.1),
            nn.Linear(hidden, 1, bias=False),
        )

    def codes(self, ids):
        return self.code_emb(ids)

    def forward(self, e, x, inputs, real):
        added = self.visit_emb(torch.tensor(inputs["visit"]))
        added = added + self.age_emb(torch.tensor(inputs["age"])) + self.pos_emb.weight[: len(e)]
        hidden = self.transformer((e + added)[None], src_key_padding_mask=~real[None])[0]
        return self.head(torch.cat([hidden[0], self.tab_mlp(x[None])[0]])[None])[0]


class TorchTimed(TorchTransformer):
    """The time of a code's visit goes through a linear layer, which is added to the embedding."""

    def __init__(self, config):
        super().__init__(config, "gelu", True, True, 2, True)
        self.time_proj = nn.Linear(1, config["hidden_size"])

    def forward(self, e, x, inputs, real):
        times = torch.tensor(inputs["time"], dtype=e.dtype)[:, None]
        return super().forward(e + self.time_proj(times), x, inputs, real)


class TorchTwoHeads(TorchTransformer):
    """Two tasks, a layer norm between pooling and heads; the second is explained."""

    def __init__(self, config, over_all):
        super().__init__(config, "relu", False, False, 1, False)
        d = config["hidden_size"]
        self.norm = nn.LayerNorm(d)
        self.mortality_head, self.readmission_head = nn.Linear(d, 1), nn.Linear(d, 1)
        del self.fc
        self.over_all = over_all

    def forward(self, e, x, inputs, real):
        hidden = self.transformer(
            (e + self.pos_embedding[0, : len(e)])[None], src_key_padding_mask=~real[None]
        )[0]
        pooled = (hidden if self.over_all else hidden[real]).mean(dim=0)
        return self.readmission_head(self.norm(pooled))
