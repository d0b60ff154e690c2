"""Trains TorchScript files with PyTorch: gradient descent, equal weights, the same batches.

    python trajectory.py problem.json ENCODER HEAD > losses.json

problem.json holds the batches; ScriptTrajectoriesTest writes it when it is run with
-Dspark-mto.record=problem.json. Made with torch 2.10.0 on a CPU, from small-encoder.pt and small-head.pt.
"""

import json
import sys

import torch
from torch.nn import functional

RATE = 0.1
problem = json.load(open(sys.argv[1]))
tasks = problem["tasks"]
encoder = torch.jit.load(sys.argv[2]).train()
heads = [torch.jit.load(sys.argv[3]).train() for _ in tasks]
parameters = [p for module in [encoder, *heads] for p in module.parameters()]
optimizer = torch.optim.SGD(parameters, lr=RATE)
losses = []
for batch in problem["batches"]:
    labels = torch.tensor(batch["labels"]).reshape(-1, len(tasks))
    side = int((len(batch["inputs"]) / len(labels)) ** 0.5)
    images = torch.tensor(batch["inputs"]).reshape(len(labels), 1, side, side)
    optimizer.zero_grad()
    z = encoder(images)
    of_tasks = [
        functional.binary_cross_entropy_with_logits(head(z)[:, 0], labels[:, task])
        for task, head in enumerate(heads)
    ]
    sum(of_tasks).backward()
    optimizer.step()
    losses.append([loss.item() for loss in of_tasks])
json.dump({"rate": RATE, "losses": losses}, sys.stdout, indent=1)
