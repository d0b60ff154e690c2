"""Writes the TorchScript files of ScriptNetworkTest and ScriptTrajectoriesTest.

    python export.py FOLDER [WIDTH [CHANNELS [SCALE]]]

    residual-encoder.pt, residual-head.pt   ResNet-18, as wide as WIDTH (2), for images of CHANNELS (1), with
                                            torchvision's names; a linear head. With a SCALE it
                                            repeats each pixel so often on both axes
    small-encoder.pt, small-head.pt         the layers of `small-conv` for 8x8, without batch normalisation
    operator.pt                             calls an operator that libtorch does not have
    state.pt                                a state_dict, which is no TorchScript

The fixtures were made with torch 2.10.0 and with torch 2.15.0 on a CPU. What TorchScript notes of the places of
sources is left out: it names folders of the machine.
"""

import sys
import zipfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential()
        if stride != 1 or inputs != outputs:
            convolution = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(convolution, nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(y)) + self.downsample(x))


class Residual(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(width, width, 1), Block(width, width, 1))
        self.layer2 = nn.Sequential(Block(width, 2 * width, 2), Block(2 * width, 2 * width, 1))
        self.layer3 = nn.Sequential(Block(2 * width, 4 * width, 2), Block(4 * width, 4 * width, 1))
        self.layer4 = nn.Sequential(Block(4 * width, 8 * width, 2), Block(8 * width, 8 * width, 1))

    def forward(self, x):
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return torch.flatten(functional.adaptive_avg_pool2d(x, (1, 1)), 1)


class Repeated(nn.Module):
    def __init__(self, times):
        super().__init__()
        self.times = times

    def forward(self, x):
        return x.repeat_interleave(self.times, 2).repeat_interleave(self.times, 3)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.fc = nn.Linear(16, 6)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return functional.relu(self.fc(torch.flatten(x, 1)))


class Hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 5)
        self.fc2 = nn.Linear(5, 1)

    def forward(self, z):
        return self.fc2(functional.relu(self.fc1(z)))


def custom():
    torch.library.define("ours::twice", "(Tensor x) -> Tensor")

    class Custom(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x):
            return torch.ops.ours.twice(self.fc(x))

    return Custom()


folder = Path(sys.argv[1])
width = int(sys.argv[2]) if len(sys.argv) > 2 else 2
channels = int(sys.argv[3]) if len(sys.argv) > 3 else 1
scale = int(sys.argv[4]) if len(sys.argv) > 4 else 1
torch.manual_seed(1)
modules = {
    "residual-encoder": Residual(channels, width),
    "residual-head": nn.Linear(8 * width, 1),
    "small-encoder": Small(),
    "small-head": Hidden(),
    "operator": custom(),
}
if scale > 1:
    modules["residual-encoder"] = nn.Sequential(Repeated(scale), modules["residual-encoder"])
for name, module in modules.items():
    torch.jit.script(module).save(str(folder / f"{name}.pt"))
    with zipfile.ZipFile(folder / f"{name}.pt") as archive:
        kept = {e.filename: archive.read(e) for e in archive.infolist() if "debug_pkl" not in e.filename}
    with zipfile.ZipFile(folder / f"{name}.pt", "w") as archive:
        for entry, content in kept.items():
            archive.writestr(zipfile.ZipInfo(entry), content)
torch.save(nn.Linear(2, 2).state_dict(), str(folder / "state.pt"))
