"""Tests of `export_torch.py --onnx`: python3 -m unittest discover -s tools (needs torch)."""

import contextlib
import io
import os
import tempfile
import unittest
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import export_torch
from onnx_file import OnnxFile

IDS = np.array([[1, 3, 4, 5, 2], [1, 7, 2, 0, 0]])
TABULAR = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]])


class Classifier(nn.Module):
    """A usual multimodal classifier; subclasses change what it does with the code vectors."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.codes, self.encoder = nn.Embedding(10, 8), nn.TransformerEncoder(layer, 1)
        self.head, self.drop = nn.Linear(11, 1), nn.Dropout(0.5)

    def change(self, x):
        return x

    def forward(self, ids, mask=None, tabular=None):
        x = self.change(self.drop(self.codes(ids)))
        x = self.encoder(x, src_key_padding_mask=ids == 0).mean(1)
        return self.head(torch.cat([x, tabular], 1))


class AlwaysDrops(Classifier):
    def change(self, x):
        return functional.dropout(x, 0.1)


class MakesANumberOfTheLength(Classifier):
    def change(self, x):
        return x / int(x.shape[1])


class GivesADict(Classifier):
    def forward(self, **given):
        return {"logits": super().forward(**given)}


class HasNaN(Classifier):
    def __init__(self):
        super().__init__()
        self.codes.weight.data[3, 2] = float("nan")


class Fails(Classifier):
    def change(self, x):
        raise ValueError("no\nluck")


def inputs():
    """Out of order, and float64 as numpy has it."""
    return {"tabular": TABULAR, "ids": IDS}


def as_long_as_wide():
    return {"tabular": TABULAR, "ids": IDS[:, :3]}


def unknown():
    return {"tabulars": TABULAR, "ids": IDS}


class ExportOnnxTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "new")

    def export(self, module, given="inputs", *more):
        """Exit code, what was printed, and the error."""
        here = os.path.abspath(__file__)
        out, error = io.StringIO(), io.StringIO()
        arguments = ["--onnx", "--module", f"{here}:{module}", "--inputs", f"{here}:{given}"]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = export_torch.main([*arguments, "--out", self.folder, *more])
        return code, out.getvalue(), error.getvalue()

    def refused(self, words, *arguments):
        code, _, error = self.export(*arguments)
        self.assertEqual(code, 2)
        self.assertIn(words, error)
        self.assertEqual(error.count("\n"), 1)
        self.assertFalse(os.path.exists(self.folder))

    def graph(self, name="model.onnx"):
        with open(os.path.join(self.folder, name), "rb") as file:
            return OnnxFile(file.read())

    def test_the_graph_takes_the_arguments_in_forwards_order(self):
        code, out, _ = self.export("Classifier")
        self.assertEqual(code, 0)
        self.assertIn("ids [batch, length]\ninput   tabular [batch, 3]", out)
        self.assertIn("output  logits [batch, 1]", out)
        self.assertNotIn("note", out)
        graph = self.graph()
        self.assertEqual((graph.inputs, graph.outputs), (["ids", "tabular"], ["logits"]))
        operators = {node.operator for node in graph.nodes}
        self.assertIn("Softmax", operators)
        self.assertNotIn("Dropout", operators)

    def test_the_check_has_the_logits_of_the_path_with_gradients(self):
        self.export("Classifier")
        module = Classifier().double().eval()
        # The second sequence is padded: without gradients PyTorch gives 0 at PAD.
        ids, tabular = torch.tensor(IDS), torch.tensor(TABULAR)
        with np.load(os.path.join(self.folder, "check.npz")) as check:
            self.assertEqual(sorted(check.files), ["ids", "logits", "tabular"])
            expected = module(ids, None, tabular.float().double()).detach().numpy()
            np.testing.assert_allclose(check["logits"], expected, atol=1e-12)

    def test_a_file_is_named(self):
        self.folder = self.folder + ".onnx"
        self.assertEqual(self.export("Classifier")[0], 0)
        self.assertTrue(os.path.exists(self.folder[:-5] + "-check.npz"))

    def test_an_opset_without_layer_norm(self):
        self.assertEqual(self.export("Classifier", "inputs", "--opset", "14")[0], 0)
        operators = {node.operator for node in self.graph().nodes}
        self.assertNotIn("LayerNormalization", operators)

    def test_other_outputs(self):
        self.assertEqual(self.export("GivesADict")[0], 0)

    def test_what_is_right_for_one_length_only_is_told(self):
        code, out, _ = self.export("MakesANumberOfTheLength")
        self.assertEqual(code, 0)
        self.assertIn("note: ", out)

    def test_a_second_axis_that_is_no_length(self):
        self.refused("--fixed", "Classifier", "as_long_as_wide")
        code, out, _ = self.export("Classifier", "as_long_as_wide", "--fixed", "tabular")
        self.assertEqual(code, 0)
        self.assertIn("tabular [batch, 3]", out)

    def test_refusals(self):
        self.refused("Dropout", "AlwaysDrops")
        self.refused('"codes.weight"', "HasNaN")
        self.refused("no luck", "Fails")
        self.refused("no argument 'tabulars'", "Classifier", "unknown")
        self.refused("has no Nothing", "Nothing")
        self.refused("opset", "Classifier", "inputs", "--opset", "99")


if __name__ == "__main__":
    unittest.main()
