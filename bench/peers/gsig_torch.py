"""IG and GS-IG in PyTorch, float32, on a model folder of the demo's architecture.

Sequential or in batches of steps, padded or at the patient's real length: the differences between
the peers are arguments here, so that each of them computes the same sums.
"""

import json
import os
import sys

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools")
sys.path[:0] = [TOOLS, os.path.join(TOOLS, "fixtures")]

import torch
from torch.nn import functional

import demo_model
from parity_method import choose, quadrature, right_riemann, theta_grid
from parity_safetensors import read_float64

SPECIAL = torch.tensor([demo_model.PAD, demo_model.CLS, demo_model.SEP])


class NoMask:
    """The mask of a sequence without PAD: adding it to the scores costs nothing."""

    def __radd__(self, scores):
        return scores


def logits(model, point, addend, tabular, mask):
    """point [B,L,d], addend [1,L,d], tabular [B,T], mask [1,1,1,L] or NoMask; returns [B,1]."""
    x = model.norm(point + addend)
    for block in model.blocks:
        x = block(x, mask)
    side = functional.gelu(model.tabular[0](tabular))
    hidden = functional.gelu(model.classifier[0](torch.cat([x[:, 0], side], 1)))
    return model.classifier[1](hidden)


class Explained:
    """A model folder: the model without weight gradients, and the baselines."""

    def __init__(self, folder):
        self.model, self.config, self.vocab = demo_model.load(folder)
        self.model.requires_grad_(False)
        path = os.path.join(folder, "baseline.safetensors")
        self.sequence_mean, self.tabular_mean = (
            torch.tensor(read_float64(path, name), dtype=torch.float32)
            for name in ("sequence.manifold_mean", "tabular.mean")
        )

    def patient(self, line, padded):
        """A cohort line as the model sees it, padded to the model's length or not at all."""
        return Patient(self, line, padded)


class Patient:
    """Where the path starts and ends, what is added to the point, the mask, the valid tokens."""

    def __init__(self, explained, line, padded):
        model, config = explained.model, explained.config
        length = config["max_position_embeddings"]
        sequence = demo_model.token_ids(line["visits"], explained.vocab, length)
        ids = demo_model.padded([sequence], length if padded else None)[0]
        is_sep = (ids == demo_model.SEP).long()
        visits = is_sep.cumsum(0) - is_sep
        self.ids = ids
        self.valid = ~torch.isin(ids, SPECIAL)
        self.addend = (model.positions.weight[: len(ids)] + model.visits(visits))[None]
        self.mask = NoMask()
        if padded:
            hidden = torch.zeros(len(ids)).masked_fill(ids == demo_model.PAD, float("-inf"))
            self.mask = hidden[None, None, None]
        self.end, self.start = model.codes(ids), explained.sequence_mean[: len(ids)]
        features = config["tabular"]["features"]
        self.tabular_end = demo_model.normalised([line["tabular"]], features)[0]
        self.tabular_start = explained.tabular_mean
        self.model = model

    def logits(self, point, tabular):
        """point [B,L,d], tabular [B,T]; returns [B,1]."""
        return logits(self.model, point, self.addend, tabular, self.mask)


class Attribution:
    """theta, l21, the signed score of each valid token, and the tabular attributions."""

    def __init__(self, theta, attribution, tabular, valid):
        self.theta = float(theta)
        self.l21 = attribution[valid].norm(dim=1).sum().item()
        self.signed = attribution[valid].sum(1)
        self.tabular = tabular

    def as_list(self):
        """As the contenders' protocol has it."""
        return [self.theta, self.l21, *self.signed.tolist(), *self.tabular.tolist()]


def integrate(patient, theta, rule, batch):
    """The sum over a rule's nodes, `batch` of them in each forward and backward."""
    nodes, weights = (torch.tensor(values, dtype=torch.float32) for values in rule)
    change = patient.end - patient.start
    tabular_change = patient.tabular_end - patient.tabular_start
    gradient, tabular_gradient = torch.zeros_like(change), torch.zeros_like(tabular_change)
    for a, w in zip(nodes.split(batch), weights.split(batch)):
        point = (patient.start + a[:, None, None] * change).requires_grad_()
        tabular = (patient.tabular_start + a[:, None] * tabular_change).requires_grad_()
        score = patient.logits(point, tabular).sum()
        at_point, at_tabular = torch.autograd.grad(score, [point, tabular])
        gradient += torch.tensordot(w, at_point, 1)
        tabular_gradient += w @ at_tabular
    return Attribution(theta, change * gradient, tabular_change * tabular_gradient, patient.valid)


def ig(patient, steps, batch):
    """Plain integrated gradients, right Riemann sum."""
    return integrate(patient, 1.0, right_riemann(steps, 1.0), batch)


def fine(patient, steps, batch):
    """Integrated gradients as such: so many Gauss-Legendre nodes leave float32's rounding."""
    return integrate(patient, 1.0, quadrature("gauss-legendre", steps), batch)


def gsig(patient, steps, batch):
    """GS-IG: the attribution with the smallest l21 on the compatibility grid and theta = 1."""
    thetas = theta_grid()
    found = [
        integrate(patient, theta, right_riemann(steps, theta), batch) for theta in thetas
    ]
    return found[choose(thetas, [attribution.l21 for attribution in found])]


def read_cohort(path, patients=None):
    """The first lines of a cohort file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file][:patients]
