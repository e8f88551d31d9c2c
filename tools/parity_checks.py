"""What a parity fixture must satisfy before it is written."""

import copy
import math

import numpy as np
import torch
from torch import nn

import parity_method as method
import parity_model
import parity_sensitivity as sensitivity
from parity_model import ReferenceModel

# Bounds that a fixture keeps, so that a failing comparison means a fault and not a bad fixture.
KINK = 3e-6  # a ReLU input closer to 0 than this may switch in float32
FLOAT32 = 3e-5  # deviation of float32 PyTorch, relative to the largest entry
NEAR_TIE = 1e-3  # relative distance between the best objective and the next one
BEND = 1.03  # largest l21 of the theta curve over the smallest


def encoder_against_torch():
    """Compares the encoder with nn.TransformerEncoderLayer, post-norm and pre-norm."""
    for norm_first in (False, True):
        for act in ("relu", "gelu"):
            config = {
                "hidden_size": 12, "num_hidden_layers": 1, "num_attention_heads": 3,
                "intermediate_size": 13, "hidden_act": act, "layer_norm_eps": 1e-5,
                "vocab_size": 8, "max_position_embeddings": 9, "pad_token_id": 0,
                "norm_first": norm_first,
            }
            generator = torch.Generator().manual_seed(5)
            model = ReferenceModel(config, {"position": 9}, True, False).double()
            for parameter in model.parameters():
                values = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
                parameter.data.copy_(values)
            ours = model.encoder.layer[0]
            theirs = nn.TransformerEncoderLayer(
                12, 3, 13, dropout=0.0, activation=act, batch_first=True,
                norm_first=norm_first, layer_norm_eps=1e-5, dtype=torch.float64,
            )
            attention = ours.attention.self
            parts = (attention.query, attention.key, attention.value)
            theirs.load_state_dict({
                "self_attn.in_proj_weight": torch.cat([p.weight for p in parts]),
                "self_attn.in_proj_bias": torch.cat([p.bias for p in parts]),
                "self_attn.out_proj.weight": ours.attention.output.dense.weight,
                "self_attn.out_proj.bias": ours.attention.output.dense.bias,
                "linear1.weight": ours.intermediate.dense.weight,
                "linear1.bias": ours.intermediate.dense.bias,
                "linear2.weight": ours.output.dense.weight,
                "linear2.bias": ours.output.dense.bias,
                "norm1.weight": ours.attention.output.LayerNorm.weight,
                "norm1.bias": ours.attention.output.LayerNorm.bias,
                "norm2.weight": ours.output.LayerNorm.weight,
                "norm2.bias": ours.output.LayerNorm.bias,
            })
            x = torch.randn(2, 9, 12, generator=generator, dtype=torch.float64)
            real = torch.arange(9) < 6
            theirs_out = theirs(x, src_key_padding_mask=(~real).expand(2, 9))
            difference = (ours(x, real) - theirs_out).abs().max().item()
            assert difference < 1e-12, "encoder differs from PyTorch's by %g" % difference


def rules():
    """Every rule's weights sum to 1, and each integrates what it must exactly."""
    for steps in (1, 7, 16, 50):
        for rule in method.RULES:
            nodes, weights = method.quadrature(rule, steps)
            assert abs(weights.sum() - 1) < 1e-12
            if rule != "left":
                assert abs(weights @ nodes - 0.5) < 1e-12
        nodes, weights = method.quadrature("gauss-legendre", steps)
        assert abs(weights @ nodes ** (2 * steps - 1) - 1 / (2 * steps)) < 1e-12
        for theta in method.theta_grid():
            assert abs(method.right_riemann(steps, theta)[1].sum() - 1) < 1e-12


def examine(case, model, vocabulary, cohort, validation, expected):
    """(problem or None, facts): whether the fixture is worth comparing with."""
    facts = {}
    if not all(np.isfinite(value).all() for value in expected.values()):
        return "a number is not finite", facts
    bend = tie = math.inf
    for i in range(len(cohort)):
        if np.abs(expected["p%d.gradient" % i]).max() < 1e-3:
            return "patient %d: tiny gradient" % i, facts
        change = expected["p%d.score" % i] - expected["p%d.baseline_score" % i]
        if abs(change[0]) < 0.01:
            return "patient %d: the score hardly changes" % i, facts
        curve = expected["p%d.curve.l21" % i]
        thetas = expected["p%d.curve.theta" % i]
        chosen = expected["p%d.chosen_theta" % i][0]
        assert curve[thetas == chosen] <= curve[thetas == 1.0]
        best, second = np.sort(curve)[:2]
        if best == 0:
            return "patient %d: no attribution" % i, facts
        tie = min(tie, second / best - 1)
        bend = min(bend, curve.max() / curve.min())
    facts["bend"], facts["tie"] = "%.2f" % bend, "%.1e" % tie
    if tie < NEAR_TIE:
        return "near tie %.1e" % tie, facts
    if bend < BEND:
        return "nearly linear path %.3f" % bend, facts

    problem = sensitivity.blind_spot(case, model, vocabulary, cohort)
    if problem is not None:
        return problem, facts

    # The kinks that matter are those on the paths, which is what a rerun meets.
    parity_model.kink_margin[0] = math.inf
    again = method.expected(model, case["run"], cohort, validation, vocabulary)
    assert all(np.array_equal(again[name], expected[name]) for name in expected)
    facts["kink"] = "%.1e" % parity_model.kink_margin[0]
    if parity_model.kink_margin[0] < KINK:
        return "a ReLU at its kink %.1e" % parity_model.kink_margin[0], facts

    single = copy.deepcopy(model).float()
    rerun = method.expected(single, case["run"], cohort, validation, vocabulary)
    worst = 0.0
    for name, value in expected.items():
        if ".quadrature." in name or value.size == 0:
            continue  # a gap of rounding size has no digits to compare
        scale = np.abs(value).max()
        deviation = np.abs(rerun[name] - value).max()
        worst = max(worst, deviation / scale if scale > 0 else deviation)
    facts["float32"] = "%.1e" % worst
    if worst > FLOAT32:
        return "float32 deviates %.1e" % worst, facts
    return calculus(case, model, vocabulary, cohort, expected, facts)


def calculus(case, model, vocabulary, cohort, expected, facts):
    """The gradient against a central difference, and the integral against the score's change."""
    generator = torch.Generator().manual_seed(9)
    for i, trajectory in enumerate(cohort):
        patient = method.Patient(model, trajectory, vocabulary)
        x0 = torch.tensor(expected.get("p%d.tabular_baseline" % i, np.zeros(0)))
        e0 = torch.tensor(expected["p%d.baseline" % i])
        one = method.Explanation(model, case["run"], patient, e0, x0)
        v = torch.randn(patient.e.shape, generator=generator, dtype=torch.float64)
        u = torch.randn(patient.x.shape, generator=generator, dtype=torch.float64)
        h = 1e-6
        with torch.no_grad():
            high, low = (
                one.f(
                    model.logits(
                        (patient.e + s * v)[None], (patient.x + s * u)[None],
                        patient.inputs, patient.real,
                    )
                )[0]
                for s in (h, -h)
            )
        slope = (one.gradient * v).sum() + (one.tabular_gradient * u).sum()
        assert abs((high - low) / (2 * h) - slope) < 1e-6 * (1 + abs(slope)), "gradient"
        # Gauss-Legendre on panels that are finer towards the baseline, where layer norm bends.
        edges = np.unique(np.concatenate([[0], np.logspace(-6, 0, 20), np.linspace(0.1, 1, 19)]))
        nodes, weights = method.quadrature("gauss-legendre", 16)
        total_nodes = np.concatenate([a + (b - a) * nodes for a, b in zip(edges, edges[1:])])
        total_weights = np.concatenate([(b - a) * weights for a, b in zip(edges, edges[1:])])
        gap = one.integrate(total_nodes, total_weights)[3]
        change = abs(expected["p%d.score" % i][0] - expected["p%d.baseline_score" % i][0])
        smooth = math.isinf(parity_model.kink_margin[0])
        assert gap < (1e-6 if smooth else 2e-2) * (1 + change), "integral off by %g" % gap
        facts["integral"] = "%.0e" % max(gap, float(facts.get("integral", 0)))
    return None, facts
