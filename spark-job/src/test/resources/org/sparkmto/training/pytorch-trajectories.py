"""Trains the small network of PyTorchTrajectoriesTest with PyTorch, in double precision.

    python pytorch-trajectories.py problem.json > pytorch-trajectories.json

problem.json holds the starting weights, the batches and the steps of an epoch; the test writes it when it is run
with -Dspark-mto.record=problem.json. Made with torch 2.15.0 on a CPU.
"""

import copy
import json
import sys

import torch
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
problem = json.load(open(sys.argv[1]))
TASKS = problem["tasks"]


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.names = list(problem["start"])
        for name, tensor in problem["start"].items():
            value = torch.tensor(tensor["values"]).reshape(tensor["shape"])
            self.register_parameter(name.replace(".", "_"), torch.nn.Parameter(value))

    def of(self, name):
        return getattr(self, name.replace(".", "_"))

    def linear(self, x, name):
        return functional.linear(x, self.of(name + ".weight"), self.of(name + ".bias"))

    def convolution(self, x, name):
        y = functional.conv2d(x, self.of(name + ".weight"), self.of(name + ".bias"), padding=1)
        return functional.max_pool2d(functional.relu(y), 2)

    def forward(self, x):
        x = self.convolution(self.convolution(x, "encoder.conv1"), "encoder.conv2")
        z = functional.relu(self.linear(x.flatten(1), "encoder.fc"))
        return [
            self.linear(functional.relu(self.linear(z, f"heads.{task}.fc1")), f"heads.{task}.fc2")
            for task in TASKS
        ]


def groups(net, case):
    found = []
    for name in net.names:
        parameter = net.of(name)
        encoder = name.startswith("encoder.")
        factor = case.get("encoder-rate", 1) if encoder else case.get("head-rate", 1)
        decays = case.get("decay", "all") == "all" or parameter.ndim > 1
        group = {"params": [parameter], "lr": factor * case["rate"]}
        if not decays:
            group["weight_decay"] = 0
        found.append(group)
    return found


def train(case):
    net = Net()
    made = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    optimizer = made[case["optimizer"]](groups(net, case), lr=case["rate"], **case["options"])
    average = None
    if "ema" in case:
        average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(case["ema"]))
        average.update_parameters(net)  # the first call copies: the average starts at the start
    steps = len(problem["batches"])
    frozen = case.get("freeze-encoder-steps", 0)
    frozen = steps if frozen < 0 else frozen
    for step, batch in enumerate(problem["batches"]):
        for name in net.names:
            if name.startswith("encoder."):
                net.of(name).requires_grad_(step >= frozen)
        inputs = torch.tensor(batch["inputs"]).reshape(-1, 1, 8, 8)
        labels = torch.tensor(batch["labels"]).reshape(-1, len(TASKS))
        optimizer.zero_grad(set_to_none=True)
        loss = sum(
            functional.binary_cross_entropy_with_logits(output[:, 0], labels[:, task])
            for task, output in enumerate(net(inputs))
        )
        loss.backward()
        if "clip-norm" in case:
            moving = [p for p in net.parameters() if p.grad is not None]
            torch.nn.utils.clip_grad_norm_(moving, case["clip-norm"])
        optimizer.step()
        if "ema" in case:
            average.update_parameters(net)
        if "last-epochs" in case:
            epochs = steps // problem["steps-per-epoch"]
            done = step + 1
            if done % problem["steps-per-epoch"] == 0:
                if done // problem["steps-per-epoch"] > epochs - case["last-epochs"]:
                    if average is None:
                        average = AveragedModel(net)
                    average.update_parameters(net)
    result = average.module if average else net
    return [v for name in net.names for v in result.of(name).detach().flatten().tolist()]


SGD = {"optimizer": "sgd", "options": {"momentum": 0.9}, "rate": 0.1}
ADAM = {"optimizer": "adam", "options": {}, "rate": 0.01}
CASES = {
    "sgd": SGD,
    "sgd-clipped": {**SGD, "clip-norm": 0.3},
    "adam-clipped": {**ADAM, "clip-norm": 0.3},
    "sgd-decay-of-matrices": {
        **SGD,
        "options": {"momentum": 0.9, "weight_decay": 0.1},
        "decay": "matrices",
    },
    "adamw-decay-of-matrices": {
        "optimizer": "adamw",
        "options": {"weight_decay": 0.5},
        "rate": 0.01,
        "decay": "matrices",
    },
    "sgd-groups": {**SGD, "encoder-rate": 0.1, "head-rate": 2},
    "adam-groups": {**ADAM, "encoder-rate": 0.1, "head-rate": 2},
    "sgd-frozen": {**SGD, "freeze-encoder-steps": 3},
    "adam-frozen": {**ADAM, "freeze-encoder-steps": 3},
    "adam-frozen-for-good": {**ADAM, "freeze-encoder-steps": -1, "clip-norm": 0.3},
    "sgd-moving-average": {**SGD, "ema": 0.9},
    "adam-moving-average": {**ADAM, "ema": 0.5},
    "sgd-last-epochs": {**SGD, "last-epochs": 2},
    "all": {
        "optimizer": "adamw",
        "options": {"weight_decay": 0.5},
        "rate": 0.01,
        "decay": "matrices",
        "clip-norm": 0.3,
        "encoder-rate": 0.3,
        "freeze-encoder-steps": 2,
        "ema": 0.8,
    },
}

start = [v for tensor in problem["start"].values() for v in tensor["values"]]
json.dump(
    {
        "torch": torch.__version__,
        "cases": {
            name: {"case": case, "parameters": [round(v, 9) for v in train(copy.deepcopy(case))]}
            for name, case in CASES.items()
        },
    },
    sys.stdout,
)
