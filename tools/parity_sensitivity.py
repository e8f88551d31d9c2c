"""Does a parity fixture notice a wrong setting? Each setting is changed, the logits must move."""

import copy
import math

import torch

import parity_data as data
import parity_method as method
from parity_model import ReferenceModel

ACTIVATIONS = ["relu", "gelu", "gelu_new", "tanh", "silu", "sigmoid"]

# Ten times what the float32 comparison allows; and what only the float64 comparison can see.
VISIBLE, VISIBLE_IN_FLOAT64 = 1e-3, 1e-7


def mutations(config):
    """(description, changed configuration, least relative change of the logits)."""

    def change(key, value, least=VISIBLE):
        return "%s = %s" % (key, value), {**config, key: value}, least

    def least(one, other):
        return VISIBLE_IN_FLOAT64 if {one, other} == {"gelu", "gelu_new"} else VISIBLE

    for act in ACTIVATIONS:
        if act != config["hidden_act"]:
            yield change("hidden_act", act, least(act, config["hidden_act"]))
    for key in ("tabular", "classifier"):
        stack = config[key]
        if stack and stack["hidden_sizes"]:
            for act in ACTIVATIONS:
                if act != stack["activation"]:
                    yield change(
                        key, {**stack, "activation": act}, least(act, stack["activation"])
                    )
    yield change("norm_first", not config["norm_first"])
    yield change("residual", not config["residual"])
    swaps = [("attention_scale", "head_size", "sequence_length")]
    if config["pooling"] == "bigru":
        swaps += [("gru_read", "last_position", "final_states"), ("gru_over", "all", "real")]
    else:
        swaps += [("pooling", "cls", "mean")]
    if config["pooling"] == "mean":
        swaps += [("mean_over", "all", "real")]
    if "visit" in config["embedding_inputs"] and config["sep_token_id"] is not None:
        swaps += [("visit_index", "before_sep", "at_sep")]
    for key, one, other in swaps:
        yield change(key, other if config[key] == one else one)
    if config["attention_mask_value"] < -1e6:
        yield change("attention_mask_value", -1.0)
    else:
        yield change("attention_mask_value", -math.inf)
    if config["time_span"] is not None:
        first = config["time_span"] == "since_first_visit"
        yield change("time_span", "since_previous_visit" if first else "since_first_visit")
        yield change("time_unit", 400)
        floored = "floor" in config["time_transform"]
        plain = config["time_transform"].replace("floor_", "").replace("floor", "none")
        yield change(
            "time_transform",
            plain if floored else {"none": "floor", "log1p": "floor_log1p"}[plain],
            VISIBLE_IN_FLOAT64,
        )
        yield change("time_transform", "none" if "log1p" in config["time_transform"] else "log1p")
        zero = config["time_special_tokens"] == "zero"
        yield change("time_special_tokens", "visit" if zero else "zero")
    if config["embedding_scale"] != 1:
        yield change("embedding_scale", 1)
    if config["layer_norm_eps"] >= 1e-5:
        yield change("layer_norm_eps", config["layer_norm_eps"] / 2, VISIBLE_IN_FLOAT64)


def logits(model, cohort, vocabulary):
    patients = [method.Patient(model, trajectory, vocabulary) for trajectory in cohort]
    with torch.no_grad():
        return torch.cat(
            [model.logits(p.e[None], p.x[None], p.inputs, p.real) for p in patients]
        )


def blind_spot(case, model, vocabulary, cohort):
    """The first changed setting that the logits of no patient show; None if there is none."""
    right = logits(model, cohort, vocabulary)
    for description, config, least in mutations(model.config):
        if config["pooling"] != "cls":
            config = {**config, "pooler": False}
        rows = data.table_rows(config)
        other = ReferenceModel(
            config, rows, case["embedding_norm"], case["encoder_norm"], case["pooled_norm"]
        )
        other.double().load_state_dict(
            {k: v for k, v in model.state_dict().items() if config["pooler"] or "pooler" not in k}
        )
        moved = ((logits(other, cohort, vocabulary) - right).abs().max() / right.abs().max()).item()
        if moved < least:
            return "%s moves the logits by only %.1e" % (description, moved)
    if model.pooler is not None:
        other = copy.deepcopy(model)
        other.pooler = None
        moved = (logits(other, cohort, vocabulary) - right).abs().max() / right.abs().max()
        assert moved > VISIBLE
    return None
