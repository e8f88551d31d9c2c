#!/usr/bin/env python3
r"""Turns the state dict of a PyTorch module into a gsig model folder, or the module into ONNX.

The folder holds config.json, model.safetensors, vocab.json and, where given, descriptions.json.
Only torch and numpy are needed: the safetensors writer is part of this file.

    python3 tools/export_torch.py --state-dict model.pt --config config.json \
        --vocab vocab.json --names names.json --out my-model

With --fixture it writes inputs and logits instead, which `gsig import --check` compares with:

    python3 tools/export_torch.py --fixture check.npz --state-dict model.pt \
        --module my_model.py:make_model --inputs inputs.npz

The names table says which tensor of the module becomes which tensor of the model folder:

    {"encoder.layer.{n}.attention.self.query.weight": "blocks.{n}.attn.q.weight",
     "embeddings.word_embeddings.weight": "code_embedding.weight"}

`{n}` stands for a layer number. Behind a source name, `#i/k` takes the i-th (from 0) of k equal
blocks of rows, which splits a fused query-key-value matrix ("self_attn.in_proj_weight#0/3"), and
`^T` transposes, for modules that store [in, out]; both in the order in which they are written. A
tensor that already has the right name needs no entry; a leading `module.` or `bert.` is ignored.

With --onnx it exports any module as ONNX, with a file of logits for `gsig import --check` beside:

    python3 tools/export_torch.py --onnx --module my_model.py:make_model --state-dict model.pt \
        --inputs inputs.npz --out exported

writes exported/model.onnx and exported/check.npz (FILE.onnx and FILE-check.npz for --out FILE.onnx).
The inputs are two sequences or more, tokens [N, L] and what else forward takes, float inputs as
forward takes them (standardised values standardised). It minds what torch.onnx.export does not:

- Axes are fixed unless named: the first of each input is the batch, the second the length where it
  is as long as the tokens are (not so: --fixed NAME). The module is exported twice, with another
  batch and length, and what differs is told: code that made a number of a size (len, int, a loop)
  is right for that size alone.
- The module is put into eval mode. functional.dropout(x) without `self.training`, and anything else
  that draws random numbers in use, is refused by the node's name.
- Without gradients PyTorch's TransformerEncoder takes a fast path that zeroes padded rows; the
  module is exported, and its logits recorded, with gradients.
- NaN and infinity among the weights are refused. Logits are recorded in float64.
- Export logits, not probabilities; return the logits alone, or `.logits`.

As a library: export(state_dict, names, config, vocab, folder, descriptions=None).
"""

import argparse
import json
import os
import re
import struct
import sys
from dataclasses import dataclass

try:
    import numpy as np
except ImportError:
    print("error: numpy is not installed for this python3; install numpy", file=sys.stderr)
    sys.exit(2)

REQUIRED_KEYS = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "hidden_act",
    "layer_norm_eps",
    "max_position_embeddings",
    "pad_token_id",
)
COUNTS = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "max_position_embeddings",
    "attention_head_size",
    "gru_hidden_size",
)
WEIGHT_BIAS = ("weight", "bias")
EMBEDDING_INPUTS = {
    "position": ("learned", "sinusoidal"),
    "visit": ("learned", "sinusoidal"),
    "age": ("learned", "sinusoidal"),
    "token_type": ("learned", "sinusoidal"),
    "time": ("linear",),
}
TIME_KEYS = ("time_span", "time_unit", "time_transform", "time_special_tokens")
# Tensors that PyTorch modules carry without being weights.
BUFFERS = re.compile(r"(^|\.)(position_ids|token_type_ids|num_batches_tracked)$")


class ExportError(ValueError):
    """Says in one line what is wrong with the input, where, and how to mend it."""


@dataclass
class Report:
    """What an export did: target -> source for the tensors written, and the sources not used."""

    matched: dict
    left_over: list


# ---- what a model folder must hold -------------------------------------------------------------


def expected_tensors(config):
    """Returns {target name: (shape, required)} for a config; None in a shape means any length."""
    _check_config(config)
    d = config["hidden_size"]
    heads = config["num_attention_heads"]
    width = heads * config.get("attention_head_size", d // heads)
    inner = config["intermediate_size"]
    tensors = {"embeddings.word_embeddings.weight": ((config["vocab_size"], d), True)}
    for name, kind in config.get("embedding_inputs", {"position": "learned"}).items():
        if kind == "learned":
            rows = config["max_position_embeddings"] if name == "position" else None
            tensors[f"embeddings.{name}_embeddings.weight"] = ((rows, d), True)
        elif kind == "linear":
            _linear(tensors, f"embeddings.{name}_embeddings", 1, d)
    _layer_norm(tensors, "embeddings.LayerNorm", d, False)
    for n in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{n}"
        for part in ("query", "key", "value"):
            _linear(tensors, f"{layer}.attention.self.{part}", d, width)
        _linear(tensors, f"{layer}.attention.output.dense", width, d)
        _layer_norm(tensors, f"{layer}.attention.output.LayerNorm", d, True)
        _linear(tensors, f"{layer}.intermediate.dense", d, inner)
        _linear(tensors, f"{layer}.output.dense", inner, d)
        _layer_norm(tensors, f"{layer}.output.LayerNorm", d, True)
    _layer_norm(tensors, "encoder.LayerNorm", d, False)
    if config.get("pooler", False):
        _linear(tensors, "pooler.dense", d, d)
    pooled = d
    if config.get("pooling", "cls") == "bigru":
        pooled = _gru(tensors, d, config["gru_hidden_size"])
    _layer_norm(tensors, "pooled.LayerNorm", pooled, False)
    tabular = config.get("tabular")
    if tabular:
        sizes = [len(tabular["features"]), *tabular.get("hidden_sizes", [])]
        _stack(tensors, "tabular.layers", sizes)
        pooled += sizes[-1]
    classifier = config.get("classifier", {})
    sizes = [pooled, *classifier.get("hidden_sizes", []), classifier.get("num_labels", 1)]
    _stack(tensors, "classifier.layers", sizes)
    return tensors


def _check_config(config):
    for key in REQUIRED_KEYS:
        if config.get(key) is None:
            raise ExportError(f'config: required key "{key}" is missing; add it')
    for key in COUNTS:
        value = config.get(key, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ExportError(f'config: "{key}" is {value!r}; it must be a whole number above 0')
    d, heads = config["hidden_size"], config["num_attention_heads"]
    if "attention_head_size" not in config and d % heads:
        raise ExportError(
            f"config: hidden_size {d} is not a multiple of num_attention_heads {heads}; "
            'change one of them or give "attention_head_size"'
        )
    inputs = config.get("embedding_inputs", {})
    for name, kind in inputs.items():
        if kind not in EMBEDDING_INPUTS.get(name, ()):
            known = (f'"{n}": {" or ".join(kinds)}' for n, kinds in EMBEDDING_INPUTS.items())
            raise ExportError(
                f'config: embedding_inputs has "{name}": "{kind}"; known are {", ".join(known)}'
            )
    for key in TIME_KEYS:
        if (config.get(key) is None) == ("time" in inputs):
            raise ExportError(
                f'config: "{key}" and the "time" of embedding_inputs go together; '
                "give both or neither"
            )
    if config.get("pooling") == "bigru" and "gru_hidden_size" not in config:
        raise ExportError('config: pooling "bigru" needs "gru_hidden_size"; add it')
    for feature in (config.get("tabular") or {}).get("features", []):
        if not feature.get("std", 0) > 0:
            raise ExportError(
                f'config: tabular feature "{feature.get("name")}" needs a "std" above 0'
            )


def _linear(tensors, name, inputs, outputs):
    tensors[f"{name}.weight"] = ((outputs, inputs), True)
    tensors[f"{name}.bias"] = ((outputs,), True)


def _layer_norm(tensors, name, size, required):
    for part in WEIGHT_BIAS:
        tensors[f"{name}.{part}"] = ((size,), required)


def _stack(tensors, name, sizes):
    for n, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        _linear(tensors, f"{name}.{n}", inputs, outputs)


def _gru(tensors, inputs, hidden):
    for end in ("", "_reverse"):
        tensors[f"gru.weight_ih_l0{end}"] = ((3 * hidden, inputs), True)
        tensors[f"gru.weight_hh_l0{end}"] = ((3 * hidden, hidden), True)
        tensors[f"gru.bias_ih_l0{end}"] = ((3 * hidden,), True)
        tensors[f"gru.bias_hh_l0{end}"] = ((3 * hidden,), True)
    return 2 * hidden


# ---- matching names ----------------------------------------------------------------------------


def match(state_dict, names, config):
    """Maps a state dict to the tensors a config asks for.

    Returns ({target: float32 array}, Report). Raises ExportError naming the first tensor that is
    missing, has the wrong shape, or holds NaN or infinity.
    """
    sources = _without_prefix(state_dict)
    table = _unfolded(names or {}, config["num_hidden_layers"])
    expected = expected_tensors(config)
    for target in table:
        if target not in expected:
            raise ExportError(
                f'names: "{target}" is not a tensor of this config; known are, for example, '
                f'{", ".join(list(expected)[:3])}'
            )
    arrays, report, missing = {}, Report({}, []), []
    for target, (shape, required) in expected.items():
        source = table.get(target) or _same_name(target, sources)
        if source is None or _tensor_name(source) not in sources:
            if required or target in table:
                missing.append(target + (f' (from "{source}")' if source else ""))
            continue
        arrays[target] = _checked(target, source, sources, shape)
        report.matched[target] = source
    used = {_tensor_name(source) for source in report.matched.values()}
    report.left_over = [s for s in sources if s not in used and not BUFFERS.search(s)]
    if missing:
        raise ExportError(
            f"state dict: {len(missing)} tensor(s) missing: {_some(missing)}; not used: "
            f"{_some(report.left_over)}; map them in the names table"
        )
    for part in list(report.matched):
        if part.endswith("LayerNorm.weight") and part[:-6] + "bias" not in arrays:
            raise ExportError(f'state dict: "{part}" has no bias beside it; map it too')
    return arrays, report


def _some(names, most=8):
    shown = ", ".join(names[:most]) or "none"
    return shown + (f", ... ({len(names) - most} more)" if len(names) > most else "")


def _without_prefix(state_dict):
    keys = list(state_dict)
    if keys and all(key.startswith("module.") for key in keys):
        return {key[len("module.") :]: value for key, value in state_dict.items()}
    return dict(state_dict)


def _same_name(target, sources):
    candidates = [target, "bert." + target]
    if target.startswith("classifier.layers.0."):
        candidates.append("classifier." + target.rsplit(".", 1)[1])
    return next((name for name in candidates if name in sources), None)


def _unfolded(names, layers):
    table = {}
    for target, source in names.items():
        if not isinstance(source, str):
            raise ExportError(f'names: the value of "{target}" must be a source name in quotes')
        if "{n}" in target:
            for n in range(layers):
                table[target.replace("{n}", str(n))] = source.replace("{n}", str(n))
        else:
            table[target] = source
    return table


def _tensor_name(source):
    return re.sub(r"(#\d+/\d+|\^T)*$", "", source)


def _checked(target, source, sources, shape):
    raw = sources[_tensor_name(source)]
    raw = raw.detach().cpu() if hasattr(raw, "detach") else raw
    # numpy has no bfloat16; float32 holds each of its values exactly.
    if str(getattr(raw, "dtype", "")) == "torch.bfloat16":
        raw = raw.float()
    array = np.asarray(raw)
    if array.dtype.kind != "f":
        raise ExportError(f'state dict: "{source}" is {array.dtype}, not floating point')
    for step in re.finditer(r"#(\d+)/(\d+)|\^T", source[len(_tensor_name(source)) :]):
        if step[0] == "^T":
            array = array.T
            continue
        i, k = int(step[1]), int(step[2])
        if i >= k or not array.ndim or array.shape[0] % k:
            raise ExportError(
                f'names: "{source}" cannot be cut: shape {list(array.shape)}, block {i} of {k}'
            )
        array = np.split(array, k)[i]
    fits = array.ndim == len(shape) and all(
        want in (None, got) for want, got in zip(shape, array.shape)
    )
    if not fits:
        want = ["any" if size is None else size for size in shape]
        raise ExportError(
            f'state dict: "{source}" has shape {list(array.shape)}, but "{target}" needs '
            f"{want}; correct the config or the names table"
        )
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(array, dtype="<f4")
    if not np.isfinite(array).all():
        where = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
        raise ExportError(
            f'state dict: "{source}" (for "{target}") holds {array[tuple(where)]} at index '
            f"{where}; export a state dict whose weights are all finite in float32"
        )
    return array


# ---- writing -----------------------------------------------------------------------------------


def write_safetensors(arrays, path, metadata=None):
    """Writes {name: float32 array} as safetensors: header length, JSON header, row-major data.

    The header is padded with spaces so that the data starts at a multiple of 8 bytes; tensors
    follow one another in the order given, without holes.
    """
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, array in arrays.items():
        size = array.size * 4
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [offset, offset + size],
        }
        offset += size
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)))
        out.write(text)
        for array in arrays.values():
            out.write(np.ascontiguousarray(array, dtype="<f4").tobytes())


def read_safetensors(path):
    """Reads a file that write_safetensors wrote; returns {name: float32 array}."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            arrays[name] = np.frombuffer(body[begin:end], "<f4").reshape(entry["shape"])
    return arrays


def _check_vocab(vocab, config):
    size = config["vocab_size"]
    seen = {}
    for code, index in vocab.items():
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < size:
            raise ExportError(f'vocab: "{code}" has id {index!r}; ids run from 0 to {size - 1}')
        if index in seen:
            raise ExportError(f'vocab: "{seen[index]}" and "{code}" share id {index}')
        seen[index] = code
    for key in ("pad", "cls", "sep", "mask", "unk"):
        index = config.get(f"{key}_token_id")
        if index is not None and not 0 <= index < size:
            raise ExportError(f"config: {key}_token_id {index} is outside 0..{size - 1}")


def export(state_dict, names, config, vocab, folder, descriptions=None):
    """Writes a model folder and returns the Report of what matched.

    state_dict: {source name: torch tensor or numpy array}; not modified.
    names: {target name: source name}, `{n}` for layers; None or {} if the names agree already.
    config, vocab, descriptions: the dicts that become the JSON files.
    Raises ExportError; a folder that was there keeps its files until everything is checked.
    """
    arrays, report = match(state_dict, names, config)
    _check_vocab(vocab, config)
    texts = {"config.json": config, "vocab.json": vocab}
    if descriptions is not None:
        texts["descriptions.json"] = descriptions
    try:
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, "model.safetensors.part")
        write_safetensors(arrays, part, {"format": "pt"})
        os.replace(part, part[: -len(".part")])
        for file, content in texts.items():
            part = os.path.join(folder, file + ".part")
            with open(part, "w", encoding="utf-8") as out:
                json.dump(content, out, indent=1, ensure_ascii=False, allow_nan=False)
                out.write("\n")
            os.replace(part, part[: -len(".part")])
    except OSError as e:
        raise ExportError(f"{folder}: cannot be written ({e.strerror}); choose another --out")
    return report


# ---- fixtures ----------------------------------------------------------------------------------


def write_fixture(path, inputs, logits):
    """Writes inputs and the logits of a module, for `gsig import --check`.

    path: .npz. inputs: {"input_ids": [N, L], ...}; also read are "age" (rows of the age table),
    "token_type", "time" (the number that the linear layer reads) and "tabular" (values before they are normalised, NaN where missing).
    logits: [N, labels] or [N]. Torch tensors or arrays.
    """
    if not path.endswith(".npz"):
        raise ExportError(f"{path}: a fixture is written as .npz; name it so")
    arrays = {name: np.asarray(_plain(value)) for name, value in inputs.items()}
    if arrays.get("input_ids") is None or arrays["input_ids"].ndim != 2:
        raise ExportError('inputs: "input_ids" [N, L] is missing')
    arrays["logits"] = np.asarray(_plain(logits), dtype="<f8")
    if len(arrays["logits"]) != len(arrays["input_ids"]):
        raise ExportError("the module gave not one row of logits for each row of input_ids")
    try:
        np.savez_compressed(path, **arrays)
    except OSError as e:
        raise ExportError(f"{path}: cannot be written ({e.strerror}); choose another --fixture")


def _plain(value):
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _run_fixture(options):
    """--fixture: builds the module, loads its weights, and runs it in float64."""
    _require_torch()
    import torch_module

    module = torch_module.make_module(options.module, _read_state_dict(options.state_dict))
    inputs = torch_module.read_inputs(options.inputs)
    logits = torch_module.logits_in_float64(module, inputs)
    write_fixture(options.fixture, inputs, logits)
    print(f"{options.fixture}: logits {list(logits.shape)} of {options.state_dict}")


def _run_onnx(options):
    """--onnx: exports the module, and records its logits for a check."""
    _require_torch()
    import onnx_export
    import torch_module

    given = options.state_dict and _read_state_dict(options.state_dict)
    module = torch_module.make_module(options.module, given)
    inputs = torch_module.read_inputs(options.inputs)
    out, check = (os.path.join(options.out, name) for name in ("model.onnx", "check.npz"))
    if options.out.endswith(".onnx"):
        out, check = options.out, options.out[: -len(".onnx")] + "-check.npz"
    onnx_export.write_export(module, inputs, out, check, options.opset, options.fixed)


# ---- command line ------------------------------------------------------------------------------


def _read_json(path, what):
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except OSError as e:
        raise ExportError(f"{path}: {what} cannot be read ({e.strerror}); check the path")
    except ValueError as e:
        raise ExportError(f"{path}: {what} is not valid JSON ({e}); correct the file")
    if not isinstance(content, dict):
        raise ExportError(f"{path}: {what} must be a JSON object")
    return content


def _require_torch():
    try:
        import torch
    except ImportError:
        raise ExportError("PyTorch is not installed for this python3; install torch")
    return torch


def _read_state_dict(path):
    torch = _require_torch()
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as e:
        raise ExportError(f"{path}: state dict cannot be read ({e.strerror}); check the path")
    except Exception:  # torch raises a different type for each way a file can be wrong
        raise ExportError(
            f"{path}: not a state dict; write it with torch.save(module.state_dict(), FILE)"
        )
    for key in ("state_dict", "model_state_dict"):
        if isinstance(loaded, dict) and isinstance(loaded.get(key), dict):
            loaded = loaded[key]
    if not isinstance(loaded, dict) or not all(hasattr(v, "shape") for v in loaded.values()):
        raise ExportError(
            f"{path}: not a state dict; write it with torch.save(module.state_dict(), FILE)"
        )
    return loaded


def _arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--state-dict", help="file of torch.save(state_dict)")
    parser.add_argument("--config", help="config.json of the model folder")
    parser.add_argument("--vocab", help='vocab.json: {"code": id}')
    parser.add_argument("--names", help='names table: {"target": "source"}, {n} for layers')
    parser.add_argument("--descriptions", help='descriptions.json: {"code": "text"}')
    parser.add_argument("--out", help="folder to write; with --onnx also FILE.onnx")
    parser.add_argument(
        "--fixture", help="write inputs and logits for `gsig import --check` instead (.npz)"
    )
    parser.add_argument(
        "--onnx", action="store_true", help="export the module as ONNX, with a check file beside"
    )
    parser.add_argument(
        "--module",
        help="with --fixture, --onnx: FILE.py:NAME, what makes the module (a class or a function "
        "without arguments), or the module",
    )
    parser.add_argument(
        "--inputs",
        help="with --fixture, --onnx: the arguments of forward by name, an .npz file or FILE.py:NAME, "
        "a function that gives a dict",
    )
    parser.add_argument("--opset", type=int, default=17, help="with --onnx: default 17")
    parser.add_argument(
        "--fixed",
        nargs="+",
        default=(),
        metavar="NAME",
        help="with --onnx: inputs whose second axis is no length, though it is as long",
    )
    options = parser.parse_args(arguments)
    if options.onnx:
        mode, needed = " with --onnx", ("module", "inputs", "out")
    elif options.fixture:
        mode, needed = " with --fixture", ("state_dict", "module", "inputs")
    else:
        mode, needed = "", ("state_dict", "config", "vocab", "out")
    for name in needed:
        if getattr(options, name) is None:
            parser.error(f"--{name.replace('_', '-')} is required{mode}")
    if options.onnx and options.fixture:
        parser.error("--onnx writes its check file itself; leave out --fixture")
    return options


def main(arguments=None):
    """Runs the command line; returns the exit code."""
    options = _arguments(arguments)
    try:
        if options.onnx or options.fixture:
            (_run_onnx if options.onnx else _run_fixture)(options)
            return 0
        config = _read_json(options.config, "config")
        vocab = _read_json(options.vocab, "vocabulary")
        names = _read_json(options.names, "names table") if options.names else {}
        descriptions = None
        if options.descriptions:
            descriptions = _read_json(options.descriptions, "descriptions")
        state_dict = _read_state_dict(options.state_dict)
        report = export(state_dict, names, config, vocab, options.out, descriptions)
    except ExportError as e:
        print(f"error: {e}", file=sys.stderr)
        return 2
    for target, source in report.matched.items():
        print(f"matched    {target}" + (f"  <-  {source}" if source != target else ""))
    for source in report.left_over:
        print(f"left over  {source}")
    print(
        f"{options.out}: {len(report.matched)} tensors written, 0 missing, "
        f"{len(report.left_over)} of the state dict left over"
    )
    return 0


if __name__ == "__main__":
    # As the module that the others import, whose errors are then those that main expects.
    from export_torch import main as run

    sys.exit(run())
