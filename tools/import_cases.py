"""The models of the import fixtures: how they are built, saved, and what a user would say."""

import torch

import import_families as families
from parity_cases import features, time_input

SPECIAL = {
    "pad_token_id": 0, "cls_token_id": 1, "sep_token_id": 2, "mask_token_id": 3, "unk_token_id": 4
}
TOO_BERT = {
    "cls_token_id": 0, "pad_token_id": 1, "mask_token_id": 2, "sep_token_id": 3, "unk_token_id": 4
}


def sizes(d, layers, heads, inner, length, vocab=31):
    return {
        "hidden_size": d,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": vocab,
        "max_position_embeddings": length,
    }


def entity_ids(vocab):
    """Special tokens, then drugs, then diagnoses."""
    return [0 if i < 6 else 1 if i < vocab // 2 else 2 for i in range(vocab)]


class Case:
    """One model.

    model: makes it. config: what tells how sequences are read (parity_data's keys). said: what the
    user puts into --config. dtype: the stored type. files: how it is saved, see
    make_import_fixtures.py.
    """

    def __init__(self, name, model, config, said, dtype="float32", files="plain", tabular=0):
        self.name, self.model, self.config, self.said = name, model, config, said
        self.dtype, self.files = dtype, files
        if tabular:
            branch = {"features": features(tabular), "hidden_sizes": []}
            self.config = {**config, "tabular": branch}
            given = said.get("tabular", {})
            self.said = {**said, "tabular": {"features": features(tabular), **given}}


def bert(name, **options):
    config = {**sizes(12, 2, 3, 17, 16), **SPECIAL}
    return Case(
        name,
        lambda: families.BertForSequenceClassification(config, 2),
        config,
        {"num_attention_heads": 3, "hidden_act": "gelu", "layer_norm_eps": 1e-12},
        **options,
    )


def bert_with_head():
    config = {**sizes(12, 1, 4, 20, 14), **SPECIAL}
    return Case(
        "bert-separate-head",
        lambda: families.BertWithHead(config, 7, 1),
        config,
        {"num_attention_heads": 4, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
         "pooler": True, "classifier": {"activation": "tanh"}},
        files="separate-head",
    )


def behrt():
    config = {**sizes(12, 2, 3, 15, 18), **SPECIAL,
              "embedding_inputs": {"visit": "learned", "age": "learned"}, "age_rows_per_year": 12}
    return Case(
        "behrt",
        lambda: families.Behrt(config, 1202, 3),
        config,
        {"num_attention_heads": 3, "problem_type": "multi_label_classification"},
        files="checkpoint",
    )


def exmed(name, gru, **options):
    config = {**sizes(12, 1, 3, 14, 17), **SPECIAL,
              "embedding_inputs": {"visit": "learned", "age": "learned"}}
    entities = entity_ids(config["vocab_size"])
    return Case(
        name,
        lambda: families.ExMedBert(config, torch.tensor(entities), 2, gru),
        config,
        {"num_attention_heads": 3,
         "import": {"entity_ids": entities, "sex_row": 1, "region_row": 3}},
        tabular=2,
        **options,
    )


def too_bert(name, shape, length, vocab, joins, first, wave, said, **options):
    """shape: (d, heads, width of a head, GRU width, hidden layer)."""
    d, heads, width, gru, hidden = shape
    config = {**sizes(d, 1, heads, width, length, vocab), **TOO_BERT,
              "embedding_inputs": {"visit": "learned"}, "visit_index": "at_sep"}
    return Case(
        name,
        lambda: families.TooBert(config, heads, width, gru, hidden, 3, joins, first, wave),
        config,
        said,
        tabular=3,
        **options,
    )


def torch_encoder(name, act, norm_first, final_norm, cls, **options):
    config = {**sizes(12, 2, 4, 19, 15), **SPECIAL}
    return Case(
        name,
        lambda: families.TorchTransformer(config, act, norm_first, final_norm, 2, cls),
        config,
        {"num_attention_heads": 4, "hidden_act": act, "norm_first": norm_first,
         "pooling": "cls" if cls else "mean"},
        **options,
    )


def custom():
    config = {**sizes(12, 2, 3, 16, 13), **SPECIAL, "embedding_inputs": {}}
    return Case(
        "mapped-names",
        lambda: families.Custom(config, 1),
        config,
        {"num_attention_heads": 3, "hidden_act": "silu", "norm_first": True, "pooling": "mean",
         "layer_norm_eps": 1e-5, "max_position_embeddings": 13},
        dtype="float64",
    )


def torch_tutorial():
    config = {**sizes(12, 2, 3, 17, 16), **SPECIAL}
    return Case(
        "torch-tutorial",
        lambda: families.TorchTutorial(config, 1),
        config,
        {"num_attention_heads": 3, "hidden_act": "relu", "norm_first": False, "pooling": "mean",
         "embedding_scale": 12 ** 0.5},
    )


def torch_multimodal():
    inputs = {"position": "learned", "visit": "learned", "age": "learned"}
    config = {**sizes(12, 1, 4, 15, 17), **SPECIAL, "embedding_inputs": inputs}
    return Case(
        "torch-multimodal",
        lambda: families.TorchMultimodal(config, 3, 5, 7),
        config,
        {"num_attention_heads": 4, "hidden_act": "relu", "norm_first": False, "pooling": "cls",
         "tabular": {"activation": "relu"}, "classifier": {"activation": "relu"}},
        files="lightning",
        tabular=3,
    )


def torch_two_heads():
    config = {**sizes(12, 1, 4, 13, 14), **SPECIAL}
    return Case(
        "torch-two-heads",
        lambda: families.TorchTwoHeads(config, True),
        config,
        {"num_attention_heads": 4, "hidden_act": "relu", "norm_first": False, "pooling": "mean",
         "mean_over": "all", "import": {"norm": "pooled"}},
        files="amended",
    )


def torch_timed():
    time = time_input("since_previous_visit", "days", "log1p", "zero")
    config = {**sizes(12, 1, 3, 16, 17), **SPECIAL,
              "embedding_inputs": {"position": "learned", "time": "linear"}, **time}
    return Case(
        "torch-timed",
        lambda: families.TorchTimed(config),
        config,
        {"num_attention_heads": 3, "hidden_act": "gelu", "norm_first": True, "pooling": "cls",
         **time},
    )


CASES = [
    bert("bert", files="sharded"),
    bert("bert-folder", files="hugging-face"),
    bert_with_head(),
    behrt(),
    exmed("exmed-bert-sum", None),
    exmed("exmed-bert-gru", 5),
    too_bert(
        "too-bert", (32, 5, 36, 64, 64), 200, 100, 1, False, families.sinusoid, {},
    ),
    too_bert(
        "too-bert-late-tabular", (8, 2, 5, 6, 7), 20, 30, 2, True, families.doubled_sinusoid,
        {"max_position_embeddings": 20, "tabular": {"classifier_layer": 1},
         "import": {"tabular_first": True, "sinusoid": "doubled_exponent"}},
        dtype="float16",
    ),
    torch_encoder("torch-encoder", "gelu", False, True, True),
    torch_encoder("torch-encoder-pre-norm", "relu", True, True, False, dtype="bfloat16"),
    custom(),
    torch_tutorial(),
    torch_multimodal(),
    torch_two_heads(),
    torch_timed(),
]

# What amends the families of two of them: the encoder's names are recognised.
AMENDING = {
    "torch-multimodal": {
        "tabular.layers.0.weight": "model.tab_mlp.1.weight",
        "tabular.layers.0.bias": "model.tab_mlp.1.bias",
    },
    "torch-two-heads": {
        "classifier.weight": "readmission_head.weight",
        "classifier.bias": "readmission_head.bias",
    },
}

# The mapping file of the model with names of no family.
NAMES = {
    "embeddings.word_embeddings.weight": "wte.weight",
    "encoder.layer.{n}.attention.self.query.weight": "h.{n}.qkv^T#0/3",
    "encoder.layer.{n}.attention.self.query.bias": "h.{n}.qkv_bias#0/3",
    "encoder.layer.{n}.attention.self.key.weight": "h.{n}.qkv^T#1/3",
    "encoder.layer.{n}.attention.self.key.bias": "h.{n}.qkv_bias#1/3",
    "encoder.layer.{n}.attention.self.value.weight": "h.{n}.qkv^T#2/3",
    "encoder.layer.{n}.attention.self.value.bias": "h.{n}.qkv_bias#2/3",
    "encoder.layer.{n}.attention.output.dense.weight": "h.{n}.proj.weight",
    "encoder.layer.{n}.attention.output.dense.bias": "h.{n}.proj.bias",
    "encoder.layer.{n}.attention.output.LayerNorm.weight": "h.{n}.ln_1.weight",
    "encoder.layer.{n}.attention.output.LayerNorm.bias": "h.{n}.ln_1.bias",
    "encoder.layer.{n}.intermediate.dense.weight": "h.{n}.up.weight",
    "encoder.layer.{n}.intermediate.dense.bias": "h.{n}.up.bias",
    "encoder.layer.{n}.output.dense.weight": "h.{n}.down.weight",
    "encoder.layer.{n}.output.dense.bias": "h.{n}.down.bias",
    "encoder.layer.{n}.output.LayerNorm.weight": "h.{n}.ln_2.weight",
    "encoder.layer.{n}.output.LayerNorm.bias": "h.{n}.ln_2.bias",
    "encoder.LayerNorm.weight": "ln_f.weight",
    "encoder.LayerNorm.bias": "ln_f.bias",
    "classifier.weight": "score.weight",
    "classifier.bias": "score.bias",
}
