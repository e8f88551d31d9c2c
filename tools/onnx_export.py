"""Exports a PyTorch module as ONNX and looks the graph through; behind `export_torch.py --onnx`."""

import inspect
import io
import os

import numpy as np
import torch

from export_torch import ExportError
from onnx_file import OnnxFile
from torch_module import as_weights, in_order, logits_in_float64, logits_of, prepare

RANDOM = ("Bernoulli", "Multinomial", "RandomNormal", "RandomUniform")
BATCH, LENGTH = "batch", "length"


def tokens_of(inputs):
    """The first input of whole numbers [N, L], or else of three axes, such as multi-hot visits."""
    found = [t for t in inputs.values() if t.dim() == 2 and not t.is_floating_point()]
    found += [t for t in inputs.values() if t.dim() == 3]
    if not found:
        raise ExportError("inputs: none has whole numbers [N, L]; the token ids are missing")
    if found[0].shape[1] < 3:
        raise ExportError("inputs: give sequences of three tokens or more; shorter ones say too little")
    return found[0]


def axes(inputs, fixed=()):
    """{input: {axis: name}}: axis 0 is the batch; axis 1 the length where it is as long as tokens'.

    Inputs named in fixed have no length.
    """
    tokens = tokens_of(inputs)
    unknown = [name for name in fixed if name not in inputs]
    if unknown:
        raise ExportError(f"--fixed: there is no input {unknown[0]!r}")
    named = {}
    for name, value in inputs.items():
        if value.dim() == 0 or len(value) != len(tokens):
            raise ExportError(
                f"inputs: {name!r} has shape {list(value.shape)}, but there are {len(tokens)} sequences"
            )
        named[name] = {0: BATCH}
        if value.dim() > 1 and value.shape[1] == tokens.shape[1] and name not in fixed:
            named[name][1] = LENGTH
    return named


def resized(inputs, named):
    """The inputs with one sequence more and a length one shorter."""
    changed = {}
    for name, value in inputs.items():
        value = value[:, :-1] if 1 in named[name] else value
        changed[name] = torch.cat([value, value[:1]])
    return changed


def to_onnx(module, inputs, named, opset):
    """The bytes of torch.onnx.export of a prepared module."""
    forward, file = module.forward, io.BytesIO()
    # Newer PyTorch exports by another way unless told otherwise, which needs packages of its own.
    options = (
        {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    )
    module.forward = lambda *values: logits_of(forward(**dict(zip(inputs, values))))
    try:
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            file,
            input_names=list(inputs),
            output_names=["logits"],
            dynamic_axes={**named, "logits": {0: BATCH}},
            opset_version=opset,
            **options,
        )
    except ExportError:
        raise
    except Exception as e:  # whatever the module's own code, or a missing operator, throws
        raise ExportError(f"torch.onnx.export: {' '.join(str(e).split())[:300]}") from e
    finally:
        module.forward = forward
    return file.getvalue()


def require_finite(module):
    """Refuses NaN in weights and buffers, and infinity in weights; masks are buffers with infinity."""
    for name, value in module.named_parameters():
        if not torch.isfinite(value).all():
            raise ExportError(f'weights: "{name}" holds NaN or infinity')
    for name, value in module.named_buffers():
        if torch.isnan(value).any():
            raise ExportError(f'buffers: "{name}" holds NaN')


def require_no_chance(graph):
    """Refuses a graph that trains or draws random numbers."""
    constants = dict(graph.constants)
    for node in graph.nodes:
        if node.operator == "Constant":
            constants.update({node.outputs[0]: v for v in node.attributes().values()})
    for node in graph.nodes:
        training = node.operator == "BatchNormalization" and node.attributes().get("training_mode")
        if node.operator == "Dropout" and len(node.inputs) > 2 and node.inputs[2]:
            training = bool(np.any(constants.get(node.inputs[2], True)))
        if training or node.operator.startswith(RANDOM):
            raise ExportError(
                f"the graph draws random numbers or trains: {node.operator} {node.name}; let the "
                "module's code do so only if self.training, as nn.Dropout does"
            )


def baked_in(one, other):
    """What differs between the same module's graphs of two sizes, in words, or None."""
    # PyTorch names weights of the same numbers once, and others by Identity.
    ours, theirs = ([n for n in g.nodes if n.operator != "Identity"] for g in (one, other))
    for a, b in zip(ours, theirs):
        if (a.operator, a.outputs, a.raw_attributes) != (b.operator, b.outputs, b.raw_attributes):
            return f"{a.operator} {a.name or a.outputs[0]}"
    names = [n for n in one.constants if not np.array_equal(one.constants[n], other.constants.get(n))]
    if names:
        return f'the constant "{names[0]}"'
    return None if len(ours) == len(theirs) else "the number of nodes"


def export_onnx(module, inputs, opset=17, fixed=()):
    """Exports a module and says what it gives.

    inputs: {argument of forward: array or tensor}, two sequences or more, as long as some patient.
    The module is put into eval mode, and its parameters get gradients. Returns (bytes of the model,
    {name: axes in words}, what of batch or length is baked in, or None). Raises ExportError.
    """
    prepare(module)
    require_finite(module)
    inputs = as_weights(module, in_order(module, inputs))
    named = axes(inputs, fixed)
    model = to_onnx(module, inputs, named, opset)
    graph = OnnxFile(model)
    require_no_chance(graph)
    try:
        other = OnnxFile(to_onnx(module, resized(inputs, named), named, opset))
    except ExportError as e:
        raise ExportError(
            f"with another batch and length: {e}; name inputs whose second axis is no length: --fixed"
        ) from e
    told = {
        name: [named[name].get(i, n) for i, n in enumerate(value.shape)]
        for name, value in inputs.items()
    }
    return model, told, baked_in(graph, other)


def write_export(module, inputs, out, check, opset=17, fixed=()):
    """Writes a module as ONNX, and inputs and logits for `gsig import --check`; says what it wrote.

    out, check: files. The module is left in float64. Raises ExportError; nothing is written before
    everything is computed.
    """
    model, told, baked = export_onnx(module, inputs, opset, fixed)
    logits = logits_in_float64(module, inputs)
    arrays = {name: np.asarray(value) for name, value in inputs.items()}
    for file in (out, check):
        try:
            os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
            with open(file + ".part", "wb") as part:
                if file == out:
                    part.write(model)
                else:
                    np.savez_compressed(part, **arrays, logits=logits)
            os.replace(file + ".part", file)
        except OSError as e:
            raise ExportError(f"{file}: cannot be written ({e.strerror}); choose another --out")
    for name, sizes in told.items():
        print(f"input   {name} [{', '.join(map(str, sizes))}]")
    print(f"output  logits [{', '.join(map(str, (BATCH, *logits.shape[1:])))}]")
    if baked:
        print(
            f"note: {baked} depends on the example's size: the module's code has made a number of "
            f"it (len, int, .shape in a loop), so that the model may be right for this size alone"
        )
    print(f"{out}: {len(model)} bytes, opset {opset}; {check}: logits in float64")
