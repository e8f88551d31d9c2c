"""The small models of the parity fixtures. Each is named for what it is there to cover."""

SHORT, FULL, SINGLE = ("short",), ("full",), ("single",)
TRUNCATED, UNKNOWN = ("truncated",), ("short", "unknown")


def sizes(d, layers, heads, ffn, act, length, eps=1e-12, vocab=31):
    """The Hugging Face keys that every configuration carries."""
    return {
        "hidden_size": d,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": ffn,
        "hidden_act": act,
        "layer_norm_eps": eps,
        "vocab_size": vocab,
        "max_position_embeddings": length,
    }


def special(pad=0, cls=1, sep=2, mask=3, unk=4):
    """The special token ids, each written out."""
    return {
        "pad_token_id": pad,
        "cls_token_id": cls,
        "sep_token_id": sep,
        "mask_token_id": mask,
        "unk_token_id": unk,
    }


def time_input(span, unit, transform, special_tokens):
    """What the number is that goes through the linear layer of the time input."""
    return {
        "time_span": span,
        "time_unit": unit,
        "time_transform": transform,
        "time_special_tokens": special_tokens,
    }


def features(count):
    """The first so many tabular features."""
    known = [("age", 61.2, 14.0), ("sex", 0.45, 0.4975), ("bmi", 27.3, 5.1), ("sbp", 131.0, 19.5)]
    return [dict(zip(("name", "mean", "std"), f)) for f in known[:count]]


def tabular(count, hidden, activation=None):
    branch = {"features": features(count), "hidden_sizes": hidden}
    return branch if activation is None else {**branch, "activation": activation}


def classifier(hidden, labels, activation=None):
    head = {"hidden_sizes": hidden, "num_labels": labels}
    return head if activation is None else {**head, "activation": activation}


def run(sequence, tab="mean", steps=50, target="logit", label=None):
    """The content of case.json."""
    return {
        "sequence_baseline": sequence,
        "tabular_baseline": tab,
        "steps": steps,
        "target": target,
        "class": label,
    }


def case(name, seed, config, run, kinds, validation=(SHORT, FULL, SINGLE), **options):
    defaults = {
        "embedding_norm": True,
        "encoder_norm": False,
        "pooled_norm": False,
        "dtype": "F32",
        "bert_prefix": False,
        "hf_head": False,
        "special_names": False,
        "gain": 1.5,
        "head_gain": 2.0,
    }
    assert not set(options) - set(defaults)
    return {
        "name": name,
        "seed": seed,
        "config": config,
        "run": run,
        "kinds": kinds,
        "validation": validation,
        **defaults,
        **options,
    }


CASES = [
    case(
        "bert-pooler",
        2,
        {**sizes(12, 2, 3, 13, "gelu", 17), **special(), "pooler": True,
         "classifier": classifier([], 2)},
        run("manifold-mean"),
        (UNKNOWN, TRUNCATED, SINGLE),
        bert_prefix=True,
        hf_head=True,
        special_names=True,
    ),
    case(
        "defaults-only",
        71,
        {**sizes(16, 1, 2, 24, "relu", 9), "pad_token_id": 0, "cls_token_id": 1,
         "sep_token_id": 2},
        run("zero", steps=16),
        (SHORT, FULL),
        hf_head=True,
    ),
    case(
        "visit-age-type",
        2,
        {**sizes(20, 1, 4, 13, "gelu_new", 16, eps=1e-5), **special(pad=5),
         "embedding_inputs": {"visit": "learned", "age": "learned", "token_type": "learned"},
         "visit_index": "at_sep", "attribution_point": "embedding", "pooling": "mean",
         "tabular": tabular(3, [8], "relu"), "classifier": classifier([7], 1, "tanh")},
        run("manifold-mean-unpadded", label=0),
        (("short", "unknown", "missing"), ("truncated", "empty-visit"), SINGLE),
        (SHORT, SINGLE, ("short", "missing", "empty-visit")),
    ),
    case(
        "pre-norm-final-norm",
        4,
        {**sizes(21, 3, 7, 17, "silu", 9, eps=1e-3), **special(), "norm_first": True,
         "embedding_inputs": {"position": "sinusoidal"}, "attribution_point": "code",
         "tabular": tabular(2, []), "classifier": classifier([5], 1, "relu")},
        run("zero", "zero", target="probability"),
        (("short", "missing"), FULL, TRUNCATED),
        embedding_norm=False,
        encoder_norm=True,
    ),
    case(
        "pre-norm-sinusoidal",
        3,
        {**sizes(15, 2, 5, 20, "tanh", 33, eps=1e-5), **special(), "norm_first": True,
         "embedding_inputs": {"position": "learned", "visit": "sinusoidal", "age": "sinusoidal",
                              "token_type": "sinusoidal"},
         "visit_index": "before_sep", "attribution_point": "embedding",
         "classifier": classifier([], 3)},
        run("pad", steps=16),
        (UNKNOWN, ("starts-at-sep",)),
        embedding_norm=False,
    ),
    case(
        "bigru-last-all",
        27,
        {**sizes(12, 1, 3, 13, "relu", 9), **special(), "norm_first": False,
         "embedding_inputs": {"position": "sinusoidal", "visit": "learned"},
         "visit_index": "at_sep", "attribution_point": "embedding",
         "attention_head_size": 5, "attention_scale": "sequence_length",
         "attention_mask_value": -1e9, "residual": False,
         "pooling": "bigru", "gru_hidden_size": 6, "gru_read": "last_position",
         "gru_over": "all", "tabular": tabular(4, [9, 5], "relu"),
         "classifier": classifier([8, 5], 1, "gelu")},
        run("manifold-mean", "self", steps=7),
        (("short", "missing"), FULL, ("truncated", "unknown")),
        (SHORT, FULL, SINGLE, ("truncated", "missing")),
    ),
    case(
        "bigru-final-all-leaking-pads",
        5,
        {**sizes(14, 2, 2, 11, "sigmoid", 16), **special(),
         "embedding_inputs": {"position": "learned", "visit": "sinusoidal"},
         "attention_scale": "head_size", "attention_mask_value": -5.0, "residual": True,
         "pooling": "bigru", "gru_hidden_size": 5, "gru_read": "final_states",
         "gru_over": "all", "classifier": classifier([6], 2, "sigmoid")},
        run("pad-trajectory", target="probability"),
        (SHORT, SINGLE),
    ),
    case(
        "bigru-last-real",
        1,
        {**sizes(10, 1, 2, 9, "silu", 13), **special(), "residual": False,
         "embedding_inputs": {"visit": "learned", "age": "sinusoidal"},
         "attribution_point": "embedding",
         "pooling": "bigru", "gru_hidden_size": 7, "gru_read": "last_position",
         "gru_over": "real", "tabular": tabular(3, [6], "silu"),
         "classifier": classifier([], 1)},
        run("zero", "mean", target="probability", label=0),
        (("short", "missing"), SINGLE, FULL),
        embedding_norm=False,
    ),
    case(
        "bigru-final-real",
        2,
        {**sizes(18, 2, 3, 13, "gelu", 17, eps=1e-5), **special(), "norm_first": True,
         "embedding_inputs": {"position": "learned", "token_type": "learned"},
         "attribution_point": "embedding", "pooling": "bigru", "gru_hidden_size": 4,
         "gru_read": "final_states", "gru_over": "real",
         "tabular": tabular(2, [5], "gelu_new"), "classifier": classifier([6], 3, "silu")},
        run("pad", "zero", target="probability", label=2),
        (UNKNOWN, TRUNCATED, ("single", "missing")),
        encoder_norm=True,
    ),
    case(
        "no-sep-no-mask",
        2,
        {**sizes(12, 2, 2, 13, "gelu", 16), **special(sep=None, mask=None),
         "embedding_inputs": {"position": "learned", "visit": "learned"},
         "attribution_point": "embedding", "pooling": "mean",
         "classifier": classifier([5], 2, "gelu_new")},
        run("manifold-mean", label=0),
        (UNKNOWN, TRUNCATED, SINGLE),
    ),
    case(
        "no-cls-no-unk",
        77,
        {**sizes(20, 1, 5, 17, "tanh", 16), **special(pad=3, cls=None, sep=0, mask=1, unk=None),
         "embedding_inputs": {"position": "learned", "age": "learned"}, "pooling": "mean",
         "tabular": tabular(2, [4], "tanh"), "classifier": classifier([], 1)},
        run("mask", "mean", steps=16),
        (("short", "unknown", "unknown-visit", "missing"), TRUNCATED, FULL),
    ),
    case(
        "mask-float64",
        106,
        {**sizes(13, 2, 1, 9, "gelu", 12), **special(),
         "embedding_inputs": {"position": "learned", "visit": "learned", "age": "learned",
                              "token_type": "sinusoidal"},
         "visit_index": "at_sep", "attribution_point": "embedding", "pooling": "mean",
         "tabular": tabular(3, [5, 4], "sigmoid"), "classifier": classifier([4], 1, "relu")},
        run("mask", "zero", steps=16, target="probability"),
        (("short", "missing-null"), ("starts-at-sep", "unknown")),
        dtype="F64",
    ),
    case(
        "pad-trajectory-float16",
        3,
        {**sizes(16, 1, 4, 32, "gelu_new", 20), **special(),
         "embedding_inputs": {"position": "sinusoidal", "visit": "sinusoidal",
                              "age": "learned", "token_type": "learned"},
         "attribution_point": "embedding", "tabular": tabular(2, [6], "gelu"),
         "classifier": classifier([], 2)},
        run("pad-trajectory", "self", label=1),
        (UNKNOWN, ("truncated", "missing")),
        dtype="F16",
        bert_prefix=True,
    ),
    case(
        "no-inputs-bfloat16",
        1,
        {**sizes(20, 2, 7, 13, "silu", 10), **special(), "embedding_inputs": {},
         "attention_head_size": 3, "attention_scale": "sequence_length",
         "tabular": tabular(2, [3], "tanh"), "classifier": classifier([], 1), "pooling": "cls", "pooler": True},
        run("pad", "mean", steps=16, target="probability"),
        (SHORT, ("truncated", "missing"), SINGLE),
        dtype="BF16",
    ),
    case(
        "pre-norm-no-residual",
        2,
        {**sizes(9, 2, 3, 13, "gelu", 11, eps=1e-5), **special(), "norm_first": True,
         "residual": False, "attention_mask_value": -4.0,
         "embedding_inputs": {"position": "sinusoidal"}, "pooling": "mean", "mean_over": "real", "pooler": False,
         "classifier": classifier([], 3)},
        run("manifold-mean-unpadded", target="probability"),
        (SHORT, UNKNOWN, FULL),
        (SHORT, SINGLE, SHORT),
        encoder_norm=True,
    ),
    case(
        "late-tabular-mean-all",
        1,
        {**sizes(12, 1, 3, 13, "gelu", 12), **special(),
         "embedding_inputs": {"visit": "learned", "age": "learned"}, "age_rows_per_year": 12,
         "pooling": "mean", "mean_over": "all",
         "tabular": {**tabular(2, [3], "tanh"), "classifier_layer": 1},
         "classifier": classifier([5], 1, "tanh")},
        run("manifold-mean", steps=16),
        (("short", "missing"), TRUNCATED),
        encoder_norm=True,
    ),
    case(
        "multi-label",
        6,
        {**sizes(12, 1, 3, 13, "gelu", 12), **special(),
         "embedding_inputs": {"position": "learned", "visit": "learned"},
         "problem_type": "multi_label_classification",
         "tabular": tabular(2, [4], "tanh"), "classifier": classifier([6], 4, "gelu")},
        run("manifold-mean", steps=16, target="probability"),
        (UNKNOWN, FULL, ("single", "missing")),
    ),
    case(
        "multi-label-named",
        1,
        {**sizes(10, 2, 2, 12, "gelu", 14), **special(), "pooler": True,
         "problem_type": "multi_label_classification",
         "id2label": {"0": "diabetes", "1": "ckd", "2": "copd"},
         "classifier": classifier([], 3)},
        run("pad", steps=16, target="probability", label=2),
        (SHORT, TRUNCATED),
        bert_prefix=True,
        hf_head=True,
    ),
    case(
        "multi-class-named",
        1,
        {**sizes(10, 1, 2, 12, "relu", 12), **special(),
         "problem_type": "single_label_classification",
         "id2label": {"0": "home", "1": "ward", "2": "icu"},
         "classifier": classifier([], 3)},
        run("zero", steps=16, target="probability"),
        (SHORT, FULL),
    ),
    case(
        "scaled-pooled-norm",
        3,
        {**sizes(16, 1, 4, 19, "gelu", 15, eps=1e-5), **special(),
         "embedding_inputs": {"position": "sinusoidal"}, "embedding_scale": 4.0,
         "pooling": "mean", "tabular": tabular(2, [3], "tanh"),
         "classifier": classifier([], 2)},
        run("manifold-mean", steps=16),
        (UNKNOWN, ("truncated", "missing")),
        pooled_norm=True,
        embedding_norm=False,
    ),
    case(
        "scaled-at-embedding",
        2,
        {**sizes(12, 2, 3, 14, "silu", 14), **special(), "embedding_scale": 0.75,
         "embedding_inputs": {"position": "learned"}, "attribution_point": "embedding",
         "classifier": classifier([], 1)},
        run("pad", steps=16),
        (SHORT, TRUNCATED),
    ),
    case(
        "time-since-previous",
        3,
        {**sizes(12, 2, 3, 15, "gelu", 17), **special(),
         "embedding_inputs": {"position": "learned", "time": "linear"},
         **time_input("since_previous_visit", "days", "log1p", "zero"),
         "tabular": tabular(2, [4], "tanh"), "classifier": classifier([5], 2, "gelu")},
        run("manifold-mean", steps=16),
        (("short", "unknown", "missing"), ("truncated", "empty-visit")),
    ),
    case(
        "time-since-first",
        3,
        {**sizes(10, 1, 2, 13, "silu", 15), **special(sep=None, unk=None),
         "embedding_inputs": {"position": "learned", "time": "linear"},
         **time_input("since_first_visit", "years", "floor", "zero"),
         "attribution_point": "embedding", "pooling": "mean",
         "classifier": classifier([], 1)},
        run("pad", steps=16),
        (("short", "unknown-visit"), TRUNCATED),
    ),
    case(
        "time-until-last",
        1,
        {**sizes(12, 1, 3, 12, "tanh", 16, eps=1e-5), **special(),
         "embedding_inputs": {"position": "learned", "visit": "sinusoidal", "time": "linear"},
         **time_input("until_last_visit", 730.5, "none", "visit"),
         "attribution_point": "embedding", "pooling": "mean", "mean_over": "all",
         "classifier": classifier([], 2)},
        run("manifold-mean", steps=16, target="probability", label=1),
        (("short", "empty-visit"), ("truncated", "unknown")),
    ),
    case(
        "time-since-birth",
        1,
        {**sizes(14, 2, 2, 17, "gelu_new", 13), **special(), "norm_first": True,
         "embedding_inputs": {"time": "linear", "age": "learned"},
         **time_input("since_birth", "years", "floor_log1p", "visit"),
         "pooling": "bigru", "gru_hidden_size": 5, "gru_read": "final_states",
         "gru_over": "real", "classifier": classifier([4], 1, "tanh")},
        run("mask", steps=16),
        (UNKNOWN, ("truncated",), SINGLE),
    ),
    case(
        "large",
        1,
        {**sizes(32, 2, 4, 48, "gelu", 40, vocab=60), **special(),
         "embedding_inputs": {"position": "learned", "visit": "learned"},
         "tabular": tabular(4, [16], "relu"), "classifier": classifier([16], 1, "tanh")},
        run("manifold-mean"),
        (("short", "unknown", "missing"), TRUNCATED),
        (SHORT, FULL, TRUNCATED, ("short", "missing")),
    ),
]
