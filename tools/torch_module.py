"""PyTorch modules as gsig explains them: made from a user's file, in eval mode, on the path with gradients."""

import importlib.util
import inspect
import os

import numpy as np
import torch

from export_torch import ExportError


def load_from(place, what):
    """The object that `FILE.py:NAME` names."""
    file, _, name = place.rpartition(":")
    if not file or not os.path.isfile(file):
        raise ExportError(f"{what}: {place!r} is not FILE.py:NAME of a file that is there")
    spec = importlib.util.spec_from_file_location("module_to_export", file)
    code = importlib.util.module_from_spec(spec)
    run(lambda: spec.loader.exec_module(code), file)
    if not hasattr(code, name):
        raise ExportError(f"{what}: {file} has no {name}")
    return getattr(code, name)


def run(work, where):
    """What a user's code gives; what it throws becomes one line."""
    try:
        return work()
    except ExportError:
        raise
    except Exception as e:  # any kind, for the code is not ours
        text = " ".join(str(e).split())[:300]
        raise ExportError(f"{where}: {type(e).__name__}: {text}") from e


def make_module(place, state_dict=None):
    """The module that `FILE.py:NAME` makes, with a state dict's weights where one is given."""
    make = load_from(place, "--module")
    module = make if isinstance(make, torch.nn.Module) else run(make, f"--module {place}")
    if not isinstance(module, torch.nn.Module):
        raise ExportError(f"--module: {place} gives a {type(module).__name__}, not a torch module")
    if state_dict is not None:
        run(lambda: module.load_state_dict(state_dict), "--state-dict")
    return module


def read_inputs(place):
    """Arguments of forward by name: from an .npz file, or what the function `FILE.py:NAME` gives."""
    if place.endswith(".npz"):
        try:
            with np.load(place) as arrays:
                return {key: arrays[key] for key in arrays.files}
        except (OSError, ValueError) as e:
            raise ExportError(f"{place}: inputs cannot be read ({e}); write them with np.savez")
    inputs = run(load_from(place, "--inputs"), f"--inputs {place}")
    if not isinstance(inputs, dict) or not inputs:
        raise ExportError(f"--inputs: {place} must give a dict, arguments of forward by name")
    return inputs


def prepare(module):
    """Puts a module into the state in which it is explained: eval mode, on the path with gradients.

    Without gradients PyTorch runs another path of TransformerEncoder, which gives 0 at PAD: a mean
    over all positions would be recorded that no gradient belongs to.
    """
    if hasattr(torch.backends, "mha"):
        torch.backends.mha.set_fastpath_enabled(False)
    for parameter in module.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    return module.eval()


def in_order(module, inputs):
    """Inputs by name as tensors, in the order of the module's forward."""
    known = inspect.signature(module.forward).parameters
    free = any(p.kind is p.VAR_KEYWORD for p in known.values())
    unknown = [name for name in inputs if name not in known and not free]
    if unknown:
        raise ExportError(
            f"inputs: forward has no argument {unknown[0]!r}; it has {', '.join(known)}"
        )
    names = [n for n in known if n in inputs] + [n for n in inputs if n not in known]
    return {name: torch.as_tensor(inputs[name]) for name in names}


def as_weights(module, inputs):
    """The inputs with floats of the module's own type, for numpy's are of float64."""
    kinds = [p.dtype for p in module.parameters() if p.is_floating_point()]
    kind = kinds[0] if kinds else torch.get_default_dtype()
    return {n: v.to(kind) if v.is_floating_point() else v for n, v in inputs.items()}


def logits_of(output):
    """What a module gives as a tensor: itself, its `logits`, or the first of several."""
    output = getattr(output, "logits", output)
    if isinstance(output, dict):
        output = output.get("logits", output)
    if isinstance(output, (tuple, list)) and output:
        output = output[0]
    if not isinstance(output, torch.Tensor):
        raise ExportError(
            f"the module gives a {type(output).__name__}; let it return its logits as a tensor"
        )
    return output


def logits_in_float64(module, inputs):
    """The logits of a module in float64, as an array; the module stays in float64."""
    prepare(module.double())
    given = as_weights(module, in_order(module, inputs))
    with torch.enable_grad():
        output = run(lambda: logits_of(module(**given)), "the module")
    return output.detach().numpy()
