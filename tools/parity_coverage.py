"""Which keys and values of the model folder the written parity fixtures cover."""

import json
import os

import parity_data as data
import parity_safetensors as safetensors
from parity_model import resolve

ACTIVATIONS = ["relu", "gelu", "gelu_new", "tanh", "silu", "sigmoid"]
SEQUENCE_BASELINES = [
    "manifold-mean", "manifold-mean-unpadded", "zero", "pad", "mask", "pad-trajectory",
]


def required():
    """Every item that some fixture must cover. "default" means that the key is absent."""
    def values(key, *all_values):
        return ["%s: %s" % (key, value) for value in all_values]

    items = values("hidden_act", *ACTIVATIONS)
    items += values("num_hidden_layers", 1, 2, 3)
    items += values("pad_token_id", "0", "other")
    for name in ("cls", "sep", "mask", "unk"):
        items += values(name + "_token_id", "set", "null")
    items += values("mask_token_id", "default") + values("unk_token_id", "default")
    items += values("norm_first", "default", "false", "true")
    items += values("encoder.LayerNorm with norm_first", "present", "absent")
    items += values("encoder.LayerNorm without norm_first", "present", "absent")
    items += values("embedding_inputs", "default", "none at all")
    for name in ("position", "visit", "age", "token_type"):
        items += values("embedding_inputs." + name, "learned", "sinusoidal", "absent")
    items += values("embedding_inputs.time", "linear", "absent")
    for point in ("code", "embedding"):
        items += values("time input at " + point, "read")
    items += values("time_span", "since_previous_visit", "since_first_visit", "until_last_visit",
                    "since_birth")
    items += values("time_unit", "named", "a number of days")
    items += values("time_transform", "none", "floor", "log1p", "floor_log1p")
    items += values("time_special_tokens", "zero", "visit")
    items += values("embedding_scale at code", "default", "given")
    items += values("embedding_scale at embedding", "default", "given")
    items += values("pooled.LayerNorm", "present", "absent")
    items += values("sinusoidal input", "odd d", "even d")
    items += values("embeddings.LayerNorm", "present", "absent")
    items += values("visit_index", "default", "before_sep", "at_sep")
    items += values("age_rows_per_year", "default", "12")
    items += values("attribution_point", "default", "code", "embedding")
    items += values("attention_head_size", "default", "other than d/heads")
    items += values("attention_scale", "default", "head_size", "sequence_length")
    items += values("attention_mask_value", "default", "-1e9", "mild")
    items += values("residual", "default", "true", "false")
    items += values("residual false", "post-norm", "pre-norm")
    items += values("pooling", "default", "cls", "mean", "bigru")
    items += values("mean_over", "default", "real", "all")
    for read in ("last_position", "final_states"):
        for over in ("all", "real"):
            items += values("bigru on padded input", read + " over " + over)
    items += values("pooler", "default", "false", "true")
    items += values("tabular", "default", "present")
    items += values("tabular.hidden_sizes", "0 layers", "1 layers", "2 layers")
    items += values("tabular.activation", *ACTIVATIONS)
    items += values("tabular.classifier_layer", "0", "1")
    items += values("classifier", "default", "present")
    items += values("classifier.hidden_sizes", "0 layers", "1 layers", "2 layers")
    items += values("classifier.activation", *ACTIVATIONS)
    items += values("classifier.num_labels", 1, 2, 3, 4)
    items += values(
        "problem_type", "default", "single_label_classification", "multi_label_classification"
    )
    items += values("id2label", "default", "of classes", "of labels")
    items += values("weights", "bert. prefix", "no prefix")
    items += values("weights", "classifier.weight", "classifier.layers.0.weight")
    items += values("weight type", "F32", "F64", "F16", "BF16")
    items += values("vocab.json", "with special tokens", "without special tokens")
    for point in ("code", "embedding"):
        items += values("baseline at " + point, *SEQUENCE_BASELINES)
    items += values("manifold-mean-unpadded", "position never occupied")
    items += values("tabular baseline", "mean", "zero", "self")
    items += values("target", "logit", "probability", "probability of softmax")
    items += values("target", "probability of a label")
    items += values("class", "predicted", "class 0 of one label", "given of several labels")
    items += values("class", "most probable label", "given label")
    items += values("steps", 7, 16, 50)
    items += values("chosen theta", "1", "below 1", "above 1")
    items += values(
        "patient", "short", "full", "truncated", "truncated in front of a SEP", "unknown code",
        "unknown code without unk",
        "visit of skipped codes only", "one visit of one code", "missing tabular value",
        "null tabular value", "visit without codes",
    )
    return items


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        if name.endswith(".jsonl"):
            return [json.loads(line) for line in file]
        return json.load(file)


def shown(config, key):
    return json.dumps(config[key]).strip('"') if key in config else "default"


def config_items(config):
    full = resolve(config)
    yield "hidden_act: " + config["hidden_act"]
    yield "num_hidden_layers: %d" % config["num_hidden_layers"]
    yield "pad_token_id: " + ("0" if config["pad_token_id"] == 0 else "other")
    for name in ("cls", "sep", "mask", "unk"):
        key = name + "_token_id"
        if key not in config:
            yield key + ": default"
        else:
            yield key + (": null" if config[key] is None else ": set")
    for key in ("norm_first", "visit_index", "age_rows_per_year", "mean_over", "attribution_point", "attention_scale", "residual",
                "pooling", "pooler"):
        yield "%s: %s" % (key, shown(config, key))
    if not full["residual"]:
        yield "residual false: " + ("pre-norm" if full["norm_first"] else "post-norm")
    yield "embedding_scale at %s: %s" % (
        full["attribution_point"], "given" if "embedding_scale" in config else "default"
    )
    inputs = full["embedding_inputs"]
    if "embedding_inputs" not in config:
        yield "embedding_inputs: default"
    elif not inputs:
        yield "embedding_inputs: none at all"
    for name in ("position", "visit", "age", "token_type", "time"):
        yield "embedding_inputs.%s: %s" % (name, inputs.get(name, "absent"))
    if "time" in inputs:
        yield "time input at %s: read" % full["attribution_point"]
        named = isinstance(config["time_unit"], str)
        yield "time_unit: " + ("named" if named else "a number of days")
        for key in ("time_span", "time_transform", "time_special_tokens"):
            yield "%s: %s" % (key, config[key])
    if "sinusoidal" in inputs.values():
        yield "sinusoidal input: " + ("odd d" if config["hidden_size"] % 2 else "even d")
    if "attention_head_size" not in config:
        yield "attention_head_size: default"
    elif config["attention_head_size"] * config["num_attention_heads"] != config["hidden_size"]:
        yield "attention_head_size: other than d/heads"
    fill = config.get("attention_mask_value")
    yield "attention_mask_value: " + (
        "default" if fill is None else "-1e9" if fill == -1e9 else "mild"
    )


def is_multi_label(config):
    return config.get("problem_type") == "multi_label_classification"


def head_items(config):
    tabular = config.get("tabular")
    yield "tabular: " + ("default" if tabular is None else "present")
    if tabular:
        yield "tabular.classifier_layer: %d" % tabular.get("classifier_layer", 0)
    yield "problem_type: " + config.get("problem_type", "default")
    kind = "labels" if is_multi_label(config) else "classes"
    yield "id2label: " + ("of " + kind if "id2label" in config else "default")
    yield "classifier: " + ("present" if "classifier" in config else "default")
    head = resolve(config)["classifier"]
    yield "classifier.num_labels: %d" % head["num_labels"]
    for key, stack in (("tabular", tabular), ("classifier", head)):
        if stack:
            yield "%s.hidden_sizes: %d layers" % (key, len(stack["hidden_sizes"]))
            if stack["hidden_sizes"]:
                yield "%s.activation: %s" % (key, stack["activation"])


def weight_items(config, header):
    prefixed = "bert.embeddings.word_embeddings.weight" in header
    yield "weights: " + ("bert. prefix" if prefixed else "no prefix")
    prefix = "bert." if prefixed else ""
    hf_head = "classifier.weight" in header
    yield "weights: " + ("classifier.weight" if hf_head else "classifier.layers.0.weight")
    for kind in {entry["dtype"] for entry in header.values()}:
        yield "weight type: " + kind
    embedding_norm = prefix + "embeddings.LayerNorm.weight" in header
    yield "embeddings.LayerNorm: " + ("present" if embedding_norm else "absent")
    pooled_norm = "pooled.LayerNorm.weight" in header
    yield "pooled.LayerNorm: " + ("present" if pooled_norm else "absent")
    final = prefix + "encoder.LayerNorm.weight" in header
    order = "with" if config.get("norm_first") else "without"
    yield "encoder.LayerNorm %s norm_first: %s" % (order, "present" if final else "absent")


def run_items(config, run):
    full = resolve(config)
    labels = full["classifier"]["num_labels"]
    yield "baseline at %s: %s" % (full["attribution_point"], run["sequence_baseline"])
    if config.get("tabular"):
        yield "tabular baseline: " + run["tabular_baseline"]
    yield "target: " + run["target"]
    if is_multi_label(config):
        if run["target"] == "probability":
            yield "target: probability of a label"
        yield "class: " + ("most probable label" if run["class"] is None else "given label")
        labels = 0  # what follows is of classes that exclude each other
    if run["target"] == "probability" and labels > 1:
        yield "target: probability of softmax"
    if run["class"] is None and labels > 1:
        yield "class: predicted"
    if run["class"] == 0 and labels == 1:
        yield "class: class 0 of one label"
    if run["class"] is not None and labels > 1:
        yield "class: given of several labels"
    yield "steps: %d" % run["steps"]


def patient_items(config, vocabulary, trajectory):
    full = resolve(config)
    tokens = data.tokenize(trajectory, full, vocabulary)
    length = config["max_position_embeddings"]
    if tokens["real"] < length:
        yield "patient: short"
        if full["pooling"] == "bigru":
            yield "bigru on padded input: %s over %s" % (config["gru_read"], config["gru_over"])
    elif tokens["total"] == length:
        yield "patient: full"
    else:
        yield "patient: truncated"
        first = 0 if full["cls_token_id"] is None else 1
        if tokens["ids"][first] == full["sep_token_id"]:
            yield "patient: truncated in front of a SEP"
    visits = [visit["codes"] for visit in trajectory["visits"]]
    if any(code not in vocabulary for codes in visits for code in codes):
        with_unk = full["unk_token_id"] is not None
        yield "patient: unknown code" + ("" if with_unk else " without unk")
    if [len(codes) for codes in visits] == [1]:
        yield "patient: one visit of one code"
    skipped = [c and all(code not in vocabulary for code in c) for c in visits]
    if full["unk_token_id"] is None and any(skipped):
        yield "patient: visit of skipped codes only"
    if any(not codes for codes in visits):
        yield "patient: visit without codes"
    if config.get("tabular"):
        for feature in config["tabular"]["features"]:
            if feature["name"] not in trajectory["tabular"]:
                yield "patient: missing tabular value"
            elif trajectory["tabular"][feature["name"]] is None:
                yield "patient: null tabular value"


def covered(folder):
    """The items that one fixture covers."""
    config = load(folder, "config.json")
    vocabulary = load(folder, "vocab.json")
    run = load(folder, "case.json")
    header = safetensors.read_header(os.path.join(folder, "model.safetensors"))
    items = {*config_items(config), *head_items(config), *weight_items(config, header)}
    items |= set(run_items(config, run))
    items.add("vocab.json: with%s special tokens" % ("" if "[PAD]" in vocabulary else "out"))
    expected = os.path.join(folder, "expected.safetensors")
    for i, trajectory in enumerate(load(folder, "cohort.jsonl")):
        chosen = safetensors.read_float64(expected, "p%d.chosen_theta" % i)[0]
        side = "1" if chosen == 1 else "below 1" if chosen < 1 else "above 1"
        items.add("chosen theta: " + side)
        items |= set(patient_items(config, vocabulary, trajectory))
    if run["sequence_baseline"] == "manifold-mean-unpadded":
        validation = load(folder, "validation.jsonl")
        real = [data.tokenize(t, resolve(config), vocabulary)["real"] for t in validation]
        if max(real) < config["max_position_embeddings"]:
            items.add("manifold-mean-unpadded: position never occupied")
    return items


def report(out, names):
    """Prints the coverage table; stops if an item is not covered or a folder is a stranger."""
    strangers = sorted(set(os.listdir(out)) - set(names))
    assert not strangers, "not written by this script, remove: %s" % ", ".join(strangers)
    by_name = {name: covered(os.path.join(out, name)) for name in names}
    wanted = required()
    found = set().union(*by_name.values())
    assert found <= set(wanted), "unlisted items: %s" % sorted(found - set(wanted))
    print("\ncoverage: %d models, %d items" % (len(names), len(wanted)))
    for item in wanted:
        models = [name for name in names if item in by_name[name]]
        more = "" if len(models) < 3 else " and %d more" % (len(models) - 2)
        print("  [%s] %-52s %s" % ("x" if models else " ", item, ", ".join(models[:2]) + more))
    missing = [item for item in wanted if item not in found]
    assert not missing, "not covered: %s" % "; ".join(missing)
