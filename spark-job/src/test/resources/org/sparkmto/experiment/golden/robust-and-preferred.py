"""What TorchJD answers for drawn gradients and losses, in double precision, as a golden-vector file.

    python robust-and-preferred.py > robust-and-preferred.json

Made with torchjd 0.17.0 and torch 2.4.1 on a CPU.
"""

import json

import torch
from torchjd.aggregation import CRMOGMWeighting, IMTLGWeighting, KrumWeighting, TrimmedMean
from torchjd.scalarization import PBI

torch.set_default_dtype(torch.float64)
FACTORS = [1.0, 0.9, 1.15]


def derivative(scalarization, losses):
    at = losses.clone().requires_grad_()
    scalarization(at).backward()
    return at.grad.tolist()


def step(i, rows):
    places = torch.linspace(-1, 1, len(rows))
    return rows * (FACTORS[i] * (1 + 0.1 * i * places))[:, None]


def case(name, tasks, parameters, decades):
    lengths = 10 ** (decades * (torch.rand(tasks, 1) - 0.5))
    gradients = torch.randn(tasks, parameters) * lengths
    losses = 0.1 + 3 * torch.rand(tasks)
    gram = gradients @ gradients.T
    methods = {}
    for wrong, selected in [(0, 1), (1, 1), (1, 2), (2, 3), (4, 1)]:
        # With one neighbour each, two tasks have the same score: here the first is taken, in Java both.
        if wrong + 4 <= tasks:
            weights = KrumWeighting(n_byzantine=wrong, n_selected=selected)(gram)
            methods[f"krum_{wrong}_{selected}"] = {"alpha": weights.tolist()}
    for trim in range((tasks + 1) // 2):
        methods[f"trimmed_mean_{trim}"] = {"g": TrimmedMean(trim)(gradients).tolist()}
    for i, theta in enumerate([0.0, 0.5, 5.0]):
        wish = 0.1 + torch.rand(tasks)
        least = [None, torch.zeros(tasks), losses - 2 * torch.rand(tasks)][i]
        fields = {"theta": theta, "weights": wish.tolist()}
        fields["alpha"] = derivative(PBI(theta, wish, least), losses)
        if least is not None:
            fields["reference"] = least.tolist()
        methods[f"pbi_{i}"] = fields
    for alpha in [0.5, 0.9]:
        average = CRMOGMWeighting(IMTLGWeighting(), alpha=alpha)
        answers = [average(rows @ rows.T) for rows in (step(i, gradients) for i in range(3))]
        methods[f"cr_mogm_imtl-g_{alpha}"] = {"steps": [{"alpha": a.tolist()} for a in answers]}
    return {
        "name": name,
        "K": tasks,
        "P": parameters,
        "G": gradients.tolist(),
        "losses": losses.tolist(),
        "gram": gram.tolist(),
        "sequence": {"f": FACTORS},
        "methods": methods,
    }


torch.manual_seed(5)
CASES = [case("four", 4, 6, 0), case("seven", 7, 12, 0), case("wide", 7, 12, 4), case("twelve", 12, 20, 1)]
print(json.dumps({"format": 1, "cases": CASES}))
