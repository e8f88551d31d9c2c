"""A safetensors writer for the parity fixtures, and the rounding of weights to a stored type."""

import json
import struct

import numpy as np


def encode(array, dtype):
    """The little-endian bytes of a float64 array in a stored type. The values must fit it."""
    if dtype == "BF16":
        bits = np.ascontiguousarray(array, dtype="<f4").view("<u4")
        assert not np.any(bits & 0xFFFF), "not a bfloat16 value"
        return (bits >> 16).astype("<u2").tobytes()
    kind = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}[dtype]
    stored = np.ascontiguousarray(array, dtype=kind).reshape(array.shape)
    assert np.array_equal(stored.astype("<f8"), array), "not a value of " + dtype
    return stored.tobytes()


def write(path, tensors, dtype):
    """Writes {name: float64 array} to a safetensors file of one type, in the order given."""
    header, blobs, offset = {}, [], 0
    for name, array in tensors.items():
        blob = encode(array, dtype)
        end = offset + len(blob)
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, end]}
        blobs.append(blob)
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_header(path):
    """The header of a safetensors file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length))


def read_float64(path, name):
    """One tensor of a file written with the type F64."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    entry = json.loads(content[8 : 8 + length])[name]
    start, end = entry["data_offsets"]
    values = np.frombuffer(content[8 + length + start : 8 + length + end], dtype="<f8")
    return values.reshape(entry["shape"])
