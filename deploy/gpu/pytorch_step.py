#!/usr/bin/env python3
"""Times steps of training in plain PyTorch, as "spark-mto bench device" times ours: a ResNet-18 with binary tasks,
and a DeepLabV3+ on a ResNet-50 with the three tasks of NYUv2.

    python3 deploy/gpu/pytorch_step.py --device cuda
    python3 deploy/gpu/pytorch_step.py --device cuda --network deeplabv3plus --batch 8
    python3 deploy/gpu/pytorch_step.py --device cpu --batch 8 --side 32 --width 8 --steps 3

The same sizes, methods and optimisers (SGD with momentum; MAO's own), random images and labels that lie on the device.
Needs torch alone.
"""
import argparse
import contextlib
import time

import torch
from torch import nn
from torch.nn import functional as F


def convolution(inside, out, kernel, stride=1, dilation=1):
    """With batch normalisation behind it."""
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inside, out, kernel, stride, padding, dilation, bias=False), nn.BatchNorm2d(out))


class Block(nn.Module):
    """Of a residual network: some convolutions around a shortcut."""

    def __init__(self, inside, *convolutions, stride=1):
        super().__init__()
        self.convolutions = nn.ModuleList(convolutions)
        out = convolutions[-1][0].out_channels
        self.down = None if stride == 1 and inside == out else convolution(inside, out, 1, stride)

    def forward(self, x):
        y = x
        for convolution in self.convolutions[:-1]:
            y = F.relu(convolution(y))
        return F.relu(self.convolutions[-1](y) + (x if self.down is None else self.down(x)))


def basic(inside, inner, stride, dilation):
    return Block(
        inside, convolution(inside, inner, 3, stride), convolution(inner, inner, 3, 1, dilation), stride=stride)


def bottleneck(inside, inner, stride, dilation):
    return Block(
        inside,
        convolution(inside, inner, 1),
        convolution(inner, inner, 3, stride, dilation),
        convolution(inner, 4 * inner, 1),
        stride=stride)


class ResNet(nn.Module):
    """He et al., 2016, without its last layer: the maps of its first and last stage."""

    def __init__(self, width, block, counts, expansion, strides):
        super().__init__()
        self.first = convolution(3, width, 7, 2)
        stages = []
        inside = width
        dilation = 1
        for stage, (count, stride) in enumerate(zip(counts, strides)):
            inner = width << stage
            blocks = []
            for i in range(count):
                blocks.append(block(inside, inner, stride if i == 0 else 1, dilation))
                inside = inner * expansion
                if stage > 0 and stride == 1:
                    dilation = 2
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.channels = [width * expansion, inside]

    def forward(self, x):
        maps = [F.max_pool2d(F.relu(self.first(x)), 3, 2, 1)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[1], maps[-1]


class Faces:
    """A ResNet-18 and yes-or-no questions of whole images."""

    title = "ResNet-18"

    def __init__(self, args):
        self.resnet = ResNet(args.width, basic, [2, 2, 2, 2], 1, [1, 2, 2, 2])
        self.encoder = nn.ModuleList([self.resnet])
        self.heads = nn.ModuleList(nn.Linear(self.resnet.channels[1], 1) for _ in range(args.tasks))
        self.labels = [torch.randint(0, 2, (args.batch,)).float() for _ in range(args.tasks)]
        self.size = (args.side, args.side)

    def encode(self, images):
        return [F.adaptive_avg_pool2d(self.resnet(images)[1], 1).flatten(1)]

    def output(self, task, z):
        return self.heads[task](z[0]).squeeze(1)

    def loss(self, task, output, labels):
        return F.binary_cross_entropy_with_logits(output, labels)


class Pyramid(nn.Module):
    """Chen et al., "Rethinking atrous convolution", 2017, without dropout."""

    def __init__(self, inside, out, rates):
        super().__init__()
        self.branches = nn.ModuleList(
            [convolution(inside, out, 1)] + [convolution(inside, out, 3, 1, rate) for rate in rates])
        self.pooled = convolution(inside, out, 1)
        self.project = convolution((len(rates) + 2) * out, out, 1)

    def forward(self, x):
        maps = [F.relu(branch(x)) for branch in self.branches]
        mean = F.relu(self.pooled(F.adaptive_avg_pool2d(x, 1)))
        return F.relu(self.project(torch.cat(maps + [mean.expand(-1, -1, *x.shape[2:])], 1)))


class Rooms:
    """DeepLabV3+ with a decoder for each task (Chen et al., ECCV 2018); segmentation, depth and normals of NYUv2."""

    title = "DeepLabV3+ on a ResNet-50"

    def __init__(self, args):
        features = 256
        self.resnet = ResNet(args.width, bottleneck, [3, 4, 6, 3], 4, [1, 2, 2, 1])
        self.pyramid = Pyramid(self.resnet.channels[1], features, [6, 12, 18])
        self.reduction = convolution(self.resnet.channels[0], 48, 1)
        self.encoder = nn.ModuleList([self.resnet, self.pyramid, self.reduction])
        self.heads = nn.ModuleList(
            nn.ModuleList([
                convolution(features + 48, features, 3), convolution(features, features, 3),
                nn.Conv2d(features, outputs, 1)])
            for outputs in (13, 1, 3))
        self.size = (args.height, args.side)
        self.labels = [
            torch.randint(0, 13, (args.batch, *self.size)),
            torch.rand(args.batch, 1, *self.size),
            F.normalize(torch.randn(args.batch, 3, *self.size), dim=1)]

    def encode(self, images):
        fine, coarse = self.resnet(images)
        return [self.pyramid(coarse), F.relu(self.reduction(fine))]

    def output(self, task, z):
        first, second, last = self.heads[task]
        x = torch.cat([self.sized(z[0], z[1].shape[2:]), z[1]], 1)
        return self.sized(last(F.relu(second(F.relu(first(x))))), self.size)

    @staticmethod
    def sized(maps, size):
        return F.interpolate(maps, size, mode="bilinear", align_corners=False)

    def loss(self, task, output, labels):
        if task == 0:
            return F.cross_entropy(output, labels)
        if task == 1:
            return F.l1_loss(output, labels)
        return (1 - F.cosine_similarity(output, labels, dim=1)).mean()


class Problem:
    def __init__(self, args):
        torch.manual_seed(1)
        self.device = torch.device(args.device)
        self.numbers = args.precision
        self.network = NETWORKS[args.network](args)
        self.network.encoder.to(self.device)
        self.network.heads.to(self.device)
        self.shared = list(self.network.encoder.parameters())
        self.own = [list(head.parameters()) for head in self.network.heads]
        self.images = torch.randint(0, 256, (args.batch, 3, *self.network.size), dtype=torch.uint8).to(self.device)
        self.labels = [labels.to(self.device) for labels in self.network.labels]
        parameters = self.shared + [p for own in self.own for p in own]
        self.optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9)
        self.moments = None

    def autocast(self):
        if self.numbers == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def encode(self):
        with self.autocast():
            return self.network.encode(self.images.float() / 255)

    def loss(self, task, z):
        with self.autocast():
            output = self.network.output(task, z)
        return self.network.loss(task, output.float(), self.labels[task])

    def losses(self):
        z = self.encode()
        return [self.loss(task, z) for task in range(len(self.labels))]

    def write(self, flat):
        at = 0
        for p in self.shared:
            p.grad = flat[at:at + p.numel()].view_as(p)
            at += p.numel()

    def ew(self):
        torch.stack(self.losses()).sum().backward()

    def at_representation(self):
        z = self.encode()
        copies = [[part.detach().requires_grad_() for part in z] for _ in self.labels]
        for task, copy in enumerate(copies):
            self.loss(task, copy).backward()
        g = torch.stack([torch.cat([part.grad.float().flatten() for part in copy]) for copy in copies])
        combined = (imtl_g(g @ g.T) @ g).split([part.numel() for part in z])
        torch.autograd.backward(z, [d.view_as(part).to(part.dtype) for d, part in zip(combined, z)])

    def rows(self):
        losses = self.losses()
        rows = torch.empty(len(losses), sum(p.numel() for p in self.shared), device=self.device)
        for k, loss in enumerate(losses):
            grads = torch.autograd.grad(loss, self.shared + self.own[k], retain_graph=k + 1 < len(losses))
            torch.cat([g.flatten() for g in grads[:len(self.shared)]], out=rows[k])
            for p, g in zip(self.own[k], grads[len(self.shared):]):
                p.grad = g
        return rows

    def pcgrad(self):
        rows = self.rows()
        self.write(projected(rows @ rows.T).to(self.device).float() @ rows)

    def mao(self):
        """Hervella et al., 2023, eq. 12: moments of every task; SGD's momentum acts on heads alone."""
        rows = self.rows()
        if self.moments is None:
            self.moments = torch.zeros_like(rows), torch.zeros_like(rows)
        first, second = self.moments
        first.lerp_(rows, 0.1)
        second.mul_(0.999).addcmul_(rows, rows, value=0.001)
        update = (first / (second + 1e-8).sqrt()).sum(0)
        at = 0
        for p in self.shared:
            p.grad = None
            p.data.sub_(update[at:at + p.numel()].view_as(p), alpha=1e-4)
            at += p.numel()


NETWORKS = {"resnet18": Faces, "deeplabv3plus": Rooms}
METHODS = {
    "ew": Problem.ew,
    "imtl-g at z": Problem.at_representation,
    "pcgrad exact": Problem.pcgrad,
    "mao": Problem.mao,
}


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
    parser.add_argument("--network", choices=NETWORKS, default="resnet18")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--side", type=int, help="of the images in pixels: 64, or 384 of deeplabv3plus")
    parser.add_argument("--height", type=int, default=288, help="of the images of deeplabv3plus")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--tasks", type=int, default=40)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    args.side = args.side or (64 if args.network == "resnet18" else 384)
    torch.set_num_threads(args.threads)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True
    args.precision = "float32"
    problem = Problem(args)
    parameters = sum(p.numel() for p in problem.shared), sum(p.numel() for own in problem.own for p in own)
    height, width = problem.network.size
    print(f"PyTorch {torch.__version__}, {problem.network.title} of width {args.width}, {len(problem.labels)} tasks, "
          f"{parameters[0]:,} shared parameters and {parameters[1]:,} of heads, "
          f"{args.batch} images of {height} x {width} a step, on {args.device}")
    print(f"{'method':24} {'float32 ms':>12} {'/EW':>8} {'bf16 ms':>12} {'/EW':>8}")
    ew = {}
    for name, step in METHODS.items():
        cells = [f"{name:24}"]
        for args.precision in "float32", "bf16":
            problem = Problem(args)
            millis = milliseconds(problem, lambda: step(problem), args.steps)
            ew.setdefault(args.precision, millis)
            cells.append(f"{millis:12.1f} {millis / ew[args.precision]:8.2f}")
        print(" ".join(cells), flush=True)
    if args.device.startswith("cuda"):
        print(f"at most {torch.cuda.max_memory_allocated() >> 20} MiB of tensors")


if __name__ == "__main__":
    main()
