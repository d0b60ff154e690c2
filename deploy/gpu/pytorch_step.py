#!/usr/bin/env python3
"""Times steps of a ResNet-18 with binary tasks in plain PyTorch, as "spark-mto bench device" times ours.

    python3 deploy/gpu/pytorch_step.py --device cuda --batch 512
    python3 deploy/gpu/pytorch_step.py --device cpu --batch 8 --side 32 --width 8 --steps 3

The same sizes, methods and optimiser (SGD with momentum), random images that lie on the device. Needs torch alone.
"""
import argparse
import contextlib
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inside, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.down = None
        if stride != 1 or inside != out:
            self.down = nn.Sequential(nn.Conv2d(inside, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


class ResNet18(nn.Module):
    """He et al., 2016, without its last layer."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        blocks = []
        inside = width
        for stage in range(4):
            out = width << stage
            blocks += [Block(inside, out, 1 if stage == 0 else 2), Block(out, out, 1)]
            inside = out
        self.blocks = nn.Sequential(*blocks)
        self.features = inside

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return F.adaptive_avg_pool2d(self.blocks(x), 1).flatten(1)


class Problem:
    def __init__(self, args):
        torch.manual_seed(1)
        self.device = torch.device(args.device)
        self.numbers = args.precision
        self.encoder = ResNet18(args.width).to(self.device)
        self.heads = nn.ModuleList(nn.Linear(self.encoder.features, 1) for _ in range(args.tasks)).to(self.device)
        self.shared = list(self.encoder.parameters())
        self.own = list(self.heads.parameters())
        self.images = torch.randint(0, 256, (args.batch, 3, args.side, args.side), dtype=torch.uint8).to(self.device)
        self.labels = torch.randint(0, 2, (args.tasks, args.batch)).float().to(self.device)
        self.optimizer = torch.optim.SGD(self.shared + self.own, lr=0.01, momentum=0.9)

    def autocast(self):
        if self.numbers == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def encode(self):
        with self.autocast():
            return self.encoder(self.images.float() / 255)

    def losses(self, z):
        with self.autocast():
            outputs = [head(z).squeeze(1) for head in self.heads]
        return [F.binary_cross_entropy_with_logits(o.float(), y) for o, y in zip(outputs, self.labels)]

    def write(self, flat):
        at = 0
        for p in self.shared:
            p.grad = flat[at:at + p.numel()].view_as(p)
            at += p.numel()

    def ew(self):
        torch.stack(self.losses(self.encode())).sum().backward()

    def at_representation(self):
        z = self.encode()
        copies = [z.detach().requires_grad_() for _ in self.labels]
        for k, copy in enumerate(copies):
            with self.autocast():
                output = self.heads[k](copy).squeeze(1)
            F.binary_cross_entropy_with_logits(output.float(), self.labels[k]).backward()
        g = torch.stack([copy.grad.float().flatten() for copy in copies])
        z.backward((imtl_g(g @ g.T) @ g).view_as(z).to(z.dtype))

    def pcgrad(self):
        losses = self.losses(self.encode())
        rows = torch.empty(len(losses), sum(p.numel() for p in self.shared), device=self.device)
        for k, loss in enumerate(losses):
            own = list(self.heads[k].parameters())
            grads = torch.autograd.grad(loss, self.shared + own, retain_graph=k + 1 < len(losses))
            torch.cat([g.flatten() for g in grads[:len(self.shared)]], out=rows[k])
            for p, g in zip(own, grads[len(self.shared):]):
                p.grad = g
        self.write(projected(rows @ rows.T).to(self.device).float() @ rows)


def imtl_g(gram):
    """Liu et al., ICLR 2021, eq. 6, from the Gram matrix: projections on all unit gradients alike."""
    gram = gram.double()
    onto = gram / gram.diagonal().sqrt()
    apart = onto[:, :1] - onto[:, 1:]
    rest = torch.linalg.solve((apart[1:] - apart[:1]).T, -apart[0])
    return torch.cat([1 - rest.sum().view(1), rest]).float()


def projected(gram):
    """Yu et al., NeurIPS 2020, algorithm 1, from the Gram matrix: the weights of the gradients."""
    gram = gram.double().cpu()
    k = len(gram)
    weights = torch.eye(k, dtype=torch.float64)
    for i in range(k):
        for j in torch.randperm(k).tolist():
            inner = weights[i] @ gram[j]
            if j != i and inner < 0:
                weights[i, j] -= inner / gram[j, j]
    return weights.sum(0)


def milliseconds(problem, step, steps):
    def one():
        problem.optimizer.zero_grad(set_to_none=True)
        step()
        problem.optimizer.step()

    def settled():
        if problem.device.type == "cuda":
            torch.cuda.synchronize()

    one()
    settled()
    begin = time.perf_counter()
    for _ in range(steps - 1):
        one()
    settled()
    return 1e3 * (time.perf_counter() - begin) / (steps - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--tasks", type=int, default=40)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True
    print(f"PyTorch {torch.__version__}, ResNet-18 of width {args.width}, {args.tasks} tasks, "
          f"{args.batch} images of {args.side} x {args.side} a step, on {args.device}")
    print(f"{'method':24} {'float32 ms':>12} {'/EW':>8} {'bf16 ms':>12} {'/EW':>8}")
    ew = {}
    for name in "ew", "imtl-g at z", "pcgrad exact":
        cells = [f"{name:24}"]
        for args.precision in "float32", "bf16":
            problem = Problem(args)
            step = {"ew": problem.ew, "imtl-g at z": problem.at_representation, "pcgrad exact": problem.pcgrad}[name]
            millis = milliseconds(problem, step, args.steps)
            ew.setdefault(args.precision, millis)
            cells.append(f"{millis:12.1f} {millis / ew[args.precision]:8.2f}")
        print(" ".join(cells), flush=True)
    if args.device.startswith("cuda"):
        print(f"at most {torch.cuda.max_memory_allocated() >> 20} MiB of tensors")


if __name__ == "__main__":
    main()
