"""Integrated gradients of the parity fixtures: scores, paths, baselines, theta selection."""

import numpy as np
import torch

import parity_data as data

THETAS = ["0.1", "0.569", "1", "2.096", "5"]
RULES = ["left", "midpoint", "trapezoid", "gauss-legendre"]


def right_riemann(steps, theta):
    """Nodes a_k = (k/K)^theta and weights a_k - a_(k-1), k = 1..K."""
    nodes = (np.arange(steps + 1) / steps) ** theta
    return nodes[1:], np.diff(nodes)


def quadrature(rule, steps):
    """Nodes and weights on [0, 1] at theta = 1."""
    uniform = np.full(steps, 1.0 / steps)
    if rule == "left":
        return np.arange(steps) / steps, uniform
    if rule == "midpoint":
        return (np.arange(steps) + 0.5) / steps, uniform
    if rule == "trapezoid":
        ends = np.full(steps + 1, 1.0 / steps)
        ends[[0, -1]] /= 2
        return np.arange(steps + 1) / steps, ends
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    return (nodes + 1) / 2, weights / 2


def theta_grid():
    """The compatibility grid and theta = 1, ascending."""
    return np.array(sorted([*np.logspace(np.log10(0.1), np.log10(5), 10), 1.0]))


def choose(thetas, objective):
    """Theta = 1 first; a later one, ascending, wins only if smaller by more than 1e-6 relative."""
    best = int(np.flatnonzero(thetas == 1.0)[0])
    for i in range(len(thetas)):
        if objective[i] < objective[best] * (1 - 1e-6):
            best = i
    return best


class Patient:
    """One trajectory as the model sees it."""

    def __init__(self, model, trajectory, vocabulary):
        config = model.config
        dtype = model.embeddings.word_embeddings.weight.dtype
        self.tokens = data.tokenize(trajectory, config, vocabulary)
        self.inputs = data.token_inputs(self.tokens, config)
        ids = self.tokens["ids"]
        self.real = torch.arange(len(ids)) < self.tokens["real"]
        special = (config["cls_token_id"], config["sep_token_id"], config["pad_token_id"])
        self.valid = torch.tensor([i not in special for i in ids])
        with torch.no_grad():
            self.e = model.attribution_input(self.inputs)
        self.x = torch.tensor(data.normalised(trajectory, config), dtype=dtype)


def sequence_baseline(model, patient, name, means):
    """E0 [L, d]."""
    config, tokens = model.config, patient.tokens
    if name in means:
        return means[name]
    if name == "zero":
        return torch.zeros_like(patient.e)
    pad, mask = config["pad_token_id"], config["mask_token_id"]
    if name == "pad-trajectory":
        kept = (config["cls_token_id"], config["sep_token_id"], pad)
        ids = [i if i in kept else pad for i in tokens["ids"]]
    else:
        ids = [pad if name == "pad" else mask] * len(tokens["ids"])
    changed = data.replaced(tokens, ids)
    if config["attribution_point"] == "code":
        inputs = {"ids": ids}
    else:
        inputs = data.token_inputs(changed, config, changed=True)
    with torch.no_grad():
        return model.attribution_input(inputs)


def validation_means(patients):
    """The two manifold means [L, d] and the mean [T] of the normalised tabular values."""
    e = torch.stack([p.e for p in patients])
    real = torch.stack([p.real for p in patients]).to(e.dtype)[..., None]
    mean = e.mean(dim=0)
    count = real.sum(dim=0)
    unpadded = torch.where(count > 0, (e * real).sum(dim=0) / count.clamp(min=1), mean)
    tabular = torch.stack([p.x for p in patients]).mean(dim=0)
    return {"manifold-mean": mean, "manifold-mean-unpadded": unpadded}, tabular


class Explanation:
    """f of one patient, and its integrated gradients between the baseline and the input."""

    def __init__(self, model, case, patient, e0, x0):
        self.model, self.case, self.patient = model, case, patient
        self.e0, self.x0 = e0, x0
        with torch.no_grad():
            self.logits = model.logits(
                patient.e[None], patient.x[None], patient.inputs, patient.real
            )[0]
        if case["class"] is not None:
            self.explained = case["class"]
        else:
            self.explained = 1 if len(self.logits) == 1 else int(self.logits.argmax())
        self.score, self.gradient, self.tabular_gradient = (
            t[0] for t in self.evaluate(torch.ones(1, dtype=patient.e.dtype))
        )
        self.baseline_score = self.evaluate(torch.zeros(1, dtype=patient.e.dtype))[0][0]

    def f(self, logits):
        """The explained score [B] of logits [B, labels]."""
        probability = self.case["target"] == "probability"
        if logits.shape[1] == 1:
            signed = logits[:, 0] if self.explained == 1 else -logits[:, 0]
            return torch.sigmoid(signed) if probability else signed
        return (self.probabilities(logits) if probability else logits)[:, self.explained]

    def probabilities(self, logits):
        """Of logits [B, labels]: a softmax, or for a multi-label model a sigmoid a label."""
        if self.model.config["problem_type"] == "multi_label_classification":
            return torch.sigmoid(logits)
        return torch.sigmoid(logits) if logits.shape[1] == 1 else torch.softmax(logits, dim=-1)

    def evaluate(self, nodes):
        """f [B] and its gradients at E0 + a (E - E0), X0 + a (X - X0) for every node a."""
        p = self.patient
        e = self.e0 + nodes[:, None, None] * (p.e - self.e0)
        x = self.x0 + nodes[:, None] * (p.x - self.x0)
        # At a = 1 the input itself: E0 + (E - E0) may differ from E in the last bit.
        e = torch.where(nodes[:, None, None] == 1, p.e, e).requires_grad_()
        x = torch.where(nodes[:, None] == 1, p.x, x).requires_grad_()
        score = self.f(self.model.logits(e, x, p.inputs, p.real))
        de, dx = torch.autograd.grad(score.sum(), [e, x], allow_unused=True)
        return score.detach(), de, torch.zeros_like(x) if dx is None else dx

    def integrate(self, nodes, weights):
        """IG [L, d], IG_tab [T], l21 over the valid tokens and the completeness gap."""
        assert abs(weights.sum() - 1) < 1e-12, "quadrature weights must sum to 1"
        dtype = self.patient.e.dtype
        nodes, weights = torch.tensor(nodes, dtype=dtype), torch.tensor(weights, dtype=dtype)
        _, de, dx = self.evaluate(nodes)
        ig = (self.patient.e - self.e0) * torch.einsum("k,kld->ld", weights, de)
        ig_tab = (self.patient.x - self.x0) * torch.einsum("k,kt->t", weights, dx)
        l21 = ig[self.patient.valid].norm(dim=-1).sum().item()
        change = self.score - self.baseline_score
        gap = abs((ig.sum() + ig_tab.sum() - change).item())
        return ig, ig_tab, l21, gap


def expected(model, case, cohort, validation, vocabulary):
    """All expected tensors of a case, {name: float64 array}."""
    means, tabular_mean = validation_means(
        [Patient(model, t, vocabulary) for t in validation]
    )
    has_tabular = model.config["tabular"] is not None
    out = {
        "validation.manifold_mean": means["manifold-mean"],
        "validation.manifold_mean_unpadded": means["manifold-mean-unpadded"],
    }
    if has_tabular:
        out["validation.tabular_mean"] = tabular_mean
    for i, trajectory in enumerate(cohort):
        patient = Patient(model, trajectory, vocabulary)
        e0 = sequence_baseline(model, patient, case["sequence_baseline"], means)
        x0 = {"mean": tabular_mean, "zero": 0 * patient.x, "self": patient.x}[
            case["tabular_baseline"]
        ]
        one = Explanation(model, case, patient, e0, x0)
        steps = case["steps"]
        values = {
            "input_ids": patient.tokens["ids"],
            "embedding": patient.e,
            "logits": one.logits,
            "explained_class": [one.explained],
            "score": [one.score],
            "baseline_score": [one.baseline_score],
            "baseline": e0,
            "gradient": one.gradient,
        }
        if has_tabular:
            values["tabular"] = patient.x
            values["tabular_baseline"] = x0
            values["tabular_gradient"] = one.tabular_gradient
        if model.config["problem_type"] == "multi_label_classification":
            values["probabilities"] = one.probabilities(one.logits[None])[0]
        for theta in THETAS:
            ig, ig_tab, _, _ = one.integrate(*right_riemann(steps, float(theta)))
            values["ig." + theta] = ig
            if has_tabular:
                values["ig_tabular." + theta] = ig_tab
        thetas = theta_grid()
        curve = [one.integrate(*right_riemann(steps, t))[2:] for t in thetas]
        l21 = np.array([c[0] for c in curve])
        values["curve.theta"] = thetas
        values["curve.l21"] = l21
        values["curve.gap"] = [c[1] for c in curve]
        values["chosen_theta"] = [thetas[choose(thetas, l21)]]
        for rule in RULES:
            values["quadrature." + rule] = one.integrate(*quadrature(rule, steps))[2:]
        out.update({"p%d.%s" % (i, name): value for name, value in values.items()})
    return {name: as_array(value) for name, value in out.items()}


def as_array(value):
    if not isinstance(value, torch.Tensor):
        value = torch.tensor([float(v) for v in value], dtype=torch.float64)
    return value.detach().to(torch.float64).numpy()
