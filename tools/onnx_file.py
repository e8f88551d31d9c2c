"""Reads files in the ONNX format as far as the scripts here need: messages, tensors, attributes.

A message of protocol buffers is a row of fields, each a number with a value: numbers are read as
they are, and texts, bytes and messages within as bytes. Only numpy is needed.
"""

import struct

import numpy as np

DTYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}


def varint(data, at):
    """The number at an index, and the index behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value - (1 << 64) if value >> 63 else value, at


def fields(message):
    """Numbers and values of a message's fields, in order."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(message, at)
        else:
            size, at = varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = message[at : at + size], at + size
        yield key >> 3, value


def every(message, number):
    """All values of a field."""
    return [value for n, value in fields(message) if n == number]


def tensor(message):
    """(name, array) of a TensorProto whose values are raw, as PyTorch writes them."""
    known = dict(fields(message))
    values = np.frombuffer(known.get(9, b""), DTYPES[known[2]])
    return known.get(8, b"").decode(), values.reshape(every(message, 1))


def attribute(message):
    """(name, value) of an AttributeProto: a number, text, array or list of whole numbers."""
    known = dict(fields(message))
    kind = known[20]
    if kind == 1:
        value = struct.unpack("<f", known[2])[0]
    elif kind == 2:
        value = known.get(3, 0)
    elif kind == 3:
        value = known[4].decode()
    elif kind == 4:
        value = tensor(known[5])[1]
    elif kind == 7:
        value = every(message, 8)
    else:
        raise ValueError(f"attribute of kind {kind}")
    return known[1].decode(), value


class Node:
    """A NodeProto: its name, operator, names of inputs and outputs, and attributes as messages."""

    def __init__(self, message):
        self.name, self.operator = (b"".join(every(message, n)).decode() for n in (3, 4))
        self.inputs, self.outputs = ([v.decode() for v in every(message, n)] for n in (1, 2))
        self.raw_attributes = every(message, 5)

    def attributes(self):
        """Values of attributes by name."""
        return dict(attribute(a) for a in self.raw_attributes)


class OnnxFile:
    """The graph of a file: initialisers by name, names of inputs and outputs, nodes in order."""

    def __init__(self, data):
        graph = every(data, 7)[0]
        self.constants = dict(tensor(t) for t in every(graph, 5))
        self.inputs, self.outputs = (
            [dict(fields(v))[1].decode() for v in every(graph, n)] for n in (11, 12)
        )
        self.nodes = [Node(message) for message in every(graph, 1)]
