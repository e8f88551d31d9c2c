#!/usr/bin/env python3
"""Builds the fixtures of `gsig import`: models of each family as their users have them.

Usage:  python3 tools/make_import_fixtures.py [--out DIR] [--formats DIR]

Needs torch (1.13 or newer) and numpy; runs on one thread in a few seconds. The same PyTorch writes
the same numbers again (the archives of torch.save may differ in a byte or two).

DIR/<name>/ (default gsig/src/test/resources/import) holds a model, saved by torch.save and as
safetensors, and

  case.json              {"imports": [{"input": ..., "config": ..., "vocab": ..., ...}, ...]}: the
                         ways to import it, each the arguments of one `gsig import`
  cohort.jsonl           patients
  check.npz              the same inputs as token ids, with the logits, for --check
  expected.safetensors   float64, computed in float64 from the weights as stored: for patient i
                         p<i>.logits [labels], p<i>.gradient [L,d] at the code embedding and
                         p<i>.tabular_gradient [T] of the explained logit

The formats (default importer/src/test/resources/torch) are files of torch.save that are no models:
every element type and kind of view, and kinds of files that are refused.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import pickle
import sys
from collections import OrderedDict

sys.dont_write_bytecode = True
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch

import parity_data as data
import parity_safetensors as safetensors
from import_cases import AMENDING, CASES, NAMES
from parity_model import resolve

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT_OUT = os.path.join(HERE, "../gsig/src/test/resources/import")
DEFAULT_FORMATS = os.path.join(HERE, "../importer/src/test/resources/torch")
KINDS = [("short", "unknown", "missing"), ("truncated",)]
STORED = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}


def build(case, rng):
    """The model, in float64, its weights exactly representable in the stored type."""
    model = case.model().double().eval()
    stored = getattr(torch, case.dtype)
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:  # a fixed table
            continue
        values = rng.standard_normal(tuple(parameter.shape))
        if "norm" in name.lower() and name.endswith("weight") or ".ln_" in name:
            values = (1 if name.endswith("weight") else 0) + 0.3 * values
        elif "bias" in name:
            values = 0.3 * values
        elif "emb" not in name and "wte" not in name:
            values = 1.3 * values / np.sqrt(parameter.shape[-1])
        with torch.no_grad():
            parameter.copy_(torch.tensor(values).to(stored).double())
    return model


def expected(model, case, cohort, vocabulary):
    """Logits and gradients of all patients."""
    config = resolve(case.config)
    out = {}
    for i, trajectory in enumerate(cohort):
        tokens = data.tokenize(trajectory, config, vocabulary)
        inputs = data.token_inputs(tokens, config)
        real = torch.arange(len(tokens["ids"])) < tokens["real"]
        with torch.no_grad():
            e = model.codes(torch.tensor(tokens["ids"]))
        x = torch.tensor(data.normalised(trajectory, config), dtype=torch.float64)
        e.requires_grad_()
        x.requires_grad_()
        logits = model(e, x, inputs, real)
        explained = 0 if len(logits) == 1 else int(logits.argmax())
        logits[explained].backward()
        out["p%d.logits" % i] = logits
        out["p%d.gradient" % i] = e.grad
        if config["tabular"]:
            out["p%d.tabular_gradient" % i] = x.grad
    return {name: value.detach().numpy() for name, value in out.items()}


# ---- saving ------------------------------------------------------------------------------------


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(json.dumps(value, indent=1) + "\n")


def state(module, dtype):
    return OrderedDict(
        (name, value.to(getattr(torch, dtype)) if value.is_floating_point() else value)
        for name, value in module.state_dict().items()
    )


def save_safetensors(path, tensors, dtype):
    floats = {n: v.double().numpy() for n, v in tensors.items() if v.is_floating_point()}
    safetensors.write(path, floats, STORED[dtype])


def old_names(tensors):
    """As TensorFlow's layer norms were called once."""

    def old(name):
        for new, former in (("LayerNorm.weight", "LayerNorm.gamma"),
                            ("LayerNorm.bias", "LayerNorm.beta")):
            name = name.replace(new, former)
        return name

    return OrderedDict((old(name), value) for name, value in tensors.items())


def hugging_face(folder, case, vocabulary):
    """Everything of a Hugging Face folder but its weights."""
    os.makedirs(folder, exist_ok=True)
    keys = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
            "vocab_size", "max_position_embeddings", "pad_token_id")
    write_json(folder, "config.json", {
        **{key: case.config[key] for key in keys},
        "architectures": ["BertForSequenceClassification"], "model_type": "bert",
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "type_vocab_size": 2,
        "attention_probs_dropout_prob": 0.1, "id2label": {"0": "no", "1": "yes"},
        "position_embedding_type": "absolute", "transformers_version": "4.30.0",
    })
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        by_id = {index: code for code, index in vocabulary.items()}
        file.writelines(by_id[index] + "\n" for index in range(len(by_id)))


def save_plain(folder, case, model, vocabulary):
    tensors = state(model, case.dtype)
    torch.save(tensors, os.path.join(folder, "model.pt"))
    save_safetensors(os.path.join(folder, "model.safetensors"), tensors, case.dtype)
    more = {"map": "names.json"} if case.name == "mapped-names" else {}
    if more:
        write_json(folder, "names.json", NAMES)
    return [{"input": name, "config": "said.json", "vocab": "vocab.json", **more}
            for name in ("model.pt", "model.safetensors")]


def save_sharded(folder, case, model, vocabulary):
    tensors = state(model, case.dtype)
    torch.save(tensors, os.path.join(folder, "model.pth"))
    inner = os.path.join(folder, "folder")
    hugging_face(inner, case, vocabulary)
    floats = [name for name, value in tensors.items() if value.is_floating_point()]
    shards = {"model-00001-of-00002.safetensors": floats[::2],
              "model-00002-of-00002.safetensors": floats[1::2]}
    for shard, names in shards.items():
        kept = {name: tensors[name] for name in names}
        save_safetensors(os.path.join(inner, shard), kept, case.dtype)
    write_json(inner, "model.safetensors.index.json", {
        "metadata": {}, "weight_map": {n: shard for shard, names in shards.items() for n in names},
    })
    return [{"input": "folder"},
            {"input": "model.pth", "config": "said.json", "vocab": "vocab.json"}]


def save_hugging_face(folder, case, model, vocabulary):
    tensors = old_names(state(model, case.dtype))
    inner = os.path.join(folder, "folder")
    hugging_face(inner, case, vocabulary)
    torch.save(tensors, os.path.join(inner, "pytorch_model.bin"))
    save_safetensors(os.path.join(folder, "model.safetensors"), tensors, case.dtype)
    return [{"input": "folder"},
            {"input": "model.safetensors", "config": "said.json", "vocab": "vocab.json"}]


def save_separate_head(folder, case, model, vocabulary):
    imports = []
    for end in ("pt", "safetensors"):
        for part, module in (("encoder", model.encoder), ("head", model.head)):
            path = os.path.join(folder, "%s.%s" % (part, end))
            if end == "pt":
                torch.save(state(module, case.dtype), path)
            else:
                save_safetensors(path, state(module, case.dtype), case.dtype)
        imports.append({"input": "encoder." + end, "head": "head." + end,
                        "config": "said.json", "vocab": "vocab.json"})
    return imports


def save_checkpoint(folder, case, model, vocabulary):
    tensors = state(model, case.dtype)
    moments = {0: {"step": 7, "exp_avg": torch.zeros(3)}}
    torch.save(
        {"epoch": 3, "loss": 0.25, "model": tensors,
         "optimizer": {"state": moments, "param_groups": [{"lr": 1e-4, "params": [0]}]}},
        os.path.join(folder, "checkpoint.pt"),
    )
    wrapped = OrderedDict(("module." + name, value) for name, value in tensors.items())
    save_safetensors(os.path.join(folder, "model.safetensors"), wrapped, case.dtype)
    with open(os.path.join(folder, "vocab.pkl"), "wb") as file:
        unbracketed = {code.strip("[]"): index for code, index in vocabulary.items()}
        back = {index: code for code, index in unbracketed.items()}
        pickle.dump({"token2idx": unbracketed, "idx2token": back}, file, protocol=4)
    return [{"input": "checkpoint.pt", "config": "said.json", "vocab": "vocab.pkl"},
            {"input": "model.safetensors", "config": "said.json", "vocab": "vocab.json"}]


def save_amended(folder, case, model, vocabulary):
    """As it is, the head named in a mapping file, or in a key."""
    imports = save_plain(folder, case, model, vocabulary)
    write_json(folder, "names.json", AMENDING[case.name])
    write_json(folder, "head.json", {
        **case.said, "import": {**case.said["import"], "head": "readmission_head"},
    })
    return [{**imports[0], "map": "names.json"}, {**imports[1], "config": "head.json"}]


def save_lightning(folder, case, model, vocabulary):
    """A checkpoint with what a run keeps beside the weights, and wrappers inside the names."""
    tensors = OrderedDict(
        ("model." + name, value) for name, value in state(model, case.dtype).items()
    )
    torch.save(
        {"epoch": 6, "hyper_parameters": argparse.Namespace(lr=1e-3), "best": np.float64(0.8),
         "state_dict": tensors},
        os.path.join(folder, "model.ckpt"),
    )
    write_json(folder, "names.json", AMENDING[case.name])
    wrapped = OrderedDict(
        (name.replace("tab_mlp.", "tab_mlp._checkpoint_wrapped_module."), value)
        for name, value in tensors.items()
    )
    save_safetensors(os.path.join(folder, "model.safetensors"), wrapped, case.dtype)
    plain = {"input": "model.ckpt", "config": "said.json", "vocab": "vocab.json"}
    return [plain, {**plain, "map": "names.json"}, {**plain, "input": "model.safetensors"}]


def write_check(folder, case, cohort, vocabulary, values):
    """What `gsig import --check` compares with."""
    config = resolve(case.config)
    tokens = [data.tokenize(t, config, vocabulary) for t in cohort]
    inputs = [data.token_inputs(t, config) for t in tokens]
    arrays = {
        "input_ids": np.array([t["ids"] for t in tokens]),
        "logits": np.array([values["p%d.logits" % i] for i in range(len(cohort))], dtype="f4"),
    }
    if "age" in config["embedding_inputs"]:
        arrays["age"] = np.array([i["age"] for i in inputs], dtype="i4")
    if "time" in config["embedding_inputs"]:
        arrays["time"] = np.array([i["time"] for i in inputs], dtype="f8")
    if config["tabular"]:
        names = [feature["name"] for feature in config["tabular"]["features"]]
        arrays["tabular"] = np.array(
            [[t["tabular"].get(name, np.nan) for name in names] for t in cohort], dtype="f8"
        )
    np.savez_compressed(os.path.join(folder, "check.npz"), **arrays)


SAVE = {"plain": save_plain, "sharded": save_sharded, "hugging-face": save_hugging_face,
        "separate-head": save_separate_head, "checkpoint": save_checkpoint,
        "lightning": save_lightning, "amended": save_amended}


def write_case(out, case, seed):
    rng = np.random.default_rng(seed)
    folder = os.path.join(out, case.name)
    os.makedirs(folder, exist_ok=True)
    model = build(case, rng)
    vocabulary = data.make_vocabulary(case.config, special_names=True)
    cohort = [
        data.make_trajectory(rng, "p%d" % i, kinds, case.config, vocabulary)
        for i, kinds in enumerate(KINDS)
    ]
    values = expected(model, case, cohort, vocabulary)
    assert all(np.isfinite(v).all() and np.abs(v).max() > 1e-3 for v in values.values())
    write_json(folder, "said.json", case.said)
    write_json(folder, "vocab.json", vocabulary)
    imports = SAVE[case.files](folder, case, model, vocabulary)
    write_json(folder, "case.json", {"imports": imports})
    write_check(folder, case, cohort, vocabulary, values)
    with open(os.path.join(folder, "cohort.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in cohort)
    safetensors.write(os.path.join(folder, "expected.safetensors"), values, "F64")
    print("%-26s logits %s" % (case.name, values["p0.logits"]))


# ---- formats -----------------------------------------------------------------------------------


def write_formats(out):
    os.makedirs(out, exist_ok=True)
    torch.manual_seed(3)
    base = torch.randn(4, 6)
    tensors = OrderedDict(
        float32=base,
        float64=torch.randn(3, 2, dtype=torch.float64),
        float16=torch.randn(5).half(),
        bfloat16=torch.randn(2, 3).bfloat16(),
        transposed=base.T,
        sliced=base[1:3, ::2],
        shared=base[2],
        permuted=torch.randn(2, 3, 4).permute(2, 0, 1),
        expanded=torch.randn(3, 1).expand(3, 4),
        scalar=torch.tensor(1.5),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(torch.randn(2, 2)),
        int64=torch.arange(4),
        boolean=torch.tensor([True, False]),
    )
    torch.save(tensors, os.path.join(out, "formats.pt"))
    floats = {n: v.detach().double().numpy() for n, v in tensors.items() if v.is_floating_point()}
    safetensors.write(os.path.join(out, "formats.safetensors"), floats, "F64")
    module = torch.nn.Linear(2, 3)
    torch.save(module, os.path.join(out, "module.pt"))
    torch.save(
        module.state_dict(), os.path.join(out, "legacy.pt"), _use_new_zipfile_serialization=False
    )
    torch.jit.script(module).save(os.path.join(out, "script.pt"))
    torch.save(
        {"model": module.state_dict(), "args": argparse.Namespace(lr=0.1)},
        os.path.join(out, "namespace.pt"),
    )
    torch.save(
        {
            "best_auc": np.float64(0.83),
            "history": np.arange(3.0),
            "started": datetime.datetime(2031, 5, 6),
            "folder": pathlib.PurePosixPath("runs/1"),
            "counts": collections.Counter("aab"),
            "seen": {1, 2},
            "device": torch.device("cpu"),
            "dtype": torch.float32,
            np.int64(7): "a key that is no text",
            "state_dict": module.state_dict(),
        },
        os.path.join(out, "training.pt"),
    )
    torch.save(
        {"weight": module.weight, "bias": np.zeros(3)}, os.path.join(out, "numpy-bias.pt")
    )
    print("formats written")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default=DEFAULT_OUT, help="folder of the models")
    parser.add_argument("--formats", default=DEFAULT_FORMATS, help="folder of the formats")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for seed, case in enumerate(CASES, start=1):
        write_case(arguments.out, case, seed)
    write_formats(arguments.formats)


if __name__ == "__main__":
    main()
