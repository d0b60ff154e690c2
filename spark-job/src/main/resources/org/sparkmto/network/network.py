"""@TITLE@

A network for several tasks in plain PyTorch, written by spark-mto. It needs torch, safetensors and
numpy, for image files also pillow; and beside it model.safetensors with the weights, and manifest.json,
which says what images, tasks, classes and thresholds are.

    python network.py photo.jpg ...    prints the answers about image files, a line of JSON for each

    import network
    net = network.load()
    outputs = net(images)              # by task; images as they are stored: bytes, samples first
    answers = net.answers(outputs)     # for each sample, by task: decisions, names, probabilities, numbers

Where SHARES is not 0 the network is told what matters: net(images, preference), a tensor of that many numbers,
one for each task in the order of the manifest's tasks, none negative, of sum 1; on the command line

    python network.py --preference 0.3,0.7 photo.jpg ...

Outputs are logits of labels, and numbers in the unit of the target. The network is in evaluation mode.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

# Tensors whose names are these, or end in these, are not learned.
BUFFERS = @BUFFERS@

# How many numbers a preference has that the network is asked for; 0 if it is asked for none.
SHARES = @SHARES@


class Part(torch.nn.Module):
    """Holds what lies below a name, which may be that of a task called training."""

    def train(self, mode=True):
        return self


class Network(torch.nn.Module):
    def __init__(self, manifest, tensors):
        super().__init__()
        self.manifest = manifest
        for name, tensor in tensors.items():
            *path, last = name.split(".")
            part = self
            for step in path:
                part = part._modules.setdefault(step, Part())
            if name in BUFFERS or last in BUFFERS:
                part._buffers[last] = tensor
            else:
                part._parameters[last] = torch.nn.Parameter(tensor)
        self.eval()

    def tensors(self):
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}

    # @FORWARD@

    def prepared(self, file):
        """An image file as the network takes it, without the axis of samples."""
        import numpy
        from PIL import Image, ImageOps

        inputs = self.manifest["schema"]["tasks"][0]["inputs"]
        how = self.manifest["schema"].get("preparation", {}).get(inputs[0])
        if len(inputs) != 1 or how is None:
            raise ValueError(f"the network takes {inputs}, not one image file")
        image = Image.open(file)
        if image.mode.startswith("I"):
            raise ValueError(f"{file} has 16 bits a channel, which only spark-mto predict reads")
        if how["orientation"] == "upright":
            image = ImageOps.exif_transpose(image)
        image = image.convert("RGB")
        height, width = how["height"], how["width"]
        if how["filter"] == "antialiased":
            image = image.resize((width, height), Image.Resampling.BILINEAR)
            pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1)
        else:
            pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1)
            pixels = resized(pixels, height, width, how["filter"])
        if how["colours"] == "gray":
            red, green, blue = pixels.to(torch.int64)
            pixels = ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)[None]
        return pixels.to(torch.uint8)

    def answers(self, outputs):
        """What spark-mto predict says: for each sample a dictionary by task."""
        tasks = [task for task in self.manifest["schema"]["tasks"] if task["name"] in outputs]
        thresholds = self.manifest.get("thresholds", {})
        samples = len(next(iter(outputs.values())))
        return [
            {
                task["name"]: answer(task, outputs[task["name"]][i], thresholds.get(task["name"], []))
                for task in tasks
            }
            for i in range(samples)
        ]


def resized(pixels, height, width, filter):
    """Channels of bytes at another size, without antialiasing."""
    rows, columns = pixels.shape[1:]
    if filter == "bilinear":
        exact = F.interpolate(pixels[None].double(), (height, width), mode="bilinear")[0]
        return torch.floor(exact + 0.5)
    y, x = torch.arange(height), torch.arange(width)
    if filter == "nearest-centre":
        y, x = (2 * y + 1) * rows // (2 * height), (2 * x + 1) * columns // (2 * width)
    elif filter == "nearest-floor":
        y, x = y * rows // height, x * columns // width
    else:
        raise ValueError(f"images were brought to their size by an unknown filter, {filter}")
    return pixels[:, y][:, :, x]


def answer(task, y, thresholds):
    """What the outputs of a task say of one sample; thresholds are logits from which on it is yes."""
    kind, y = task["kind"], y.detach().cpu()
    names = task.get("classNames")
    yes = [
        bool(logit >= thresholds[i]) if i < len(thresholds) and thresholds[i] is not None else bool(logit > 0)
        for i, logit in enumerate(y.flatten().tolist() if kind in ("binary", "multi-label") else [])
    ]
    if kind == "classification":
        p = torch.softmax(y.double(), 0).tolist()
        label = int(y.argmax())
        named = {"name": names[label]} if names else {}
        return {"label": label, **named, "probability": p[label], "probabilities": p}
    if kind == "binary":
        return {"decision": yes[0], "probability": float(torch.sigmoid(y.double())[0])}
    if kind == "multi-label":
        labels = [i for i, holds in enumerate(yes) if holds]
        named = {"names": [names[i] for i in labels]} if names else {}
        return {"labels": labels, **named, "probabilities": torch.sigmoid(y.double()).tolist()}
    if kind == "regression":
        return y.tolist() if len(y) > 1 else float(y[0])
    if kind == "segmentation":
        return y.argmax(0).tolist()
    if kind == "mask":
        return (y[0] > 0).int().tolist()
    if kind == "normals":
        return (y / y.norm(dim=0, keepdim=True)).tolist()
    return (y[0] if kind == "depth" else y).tolist()


def load(directory=None):
    """The network with the weights that lie in a directory, by default beside this file."""
    from safetensors.torch import load as tensors

    directory = Path(directory or Path(__file__).resolve().parent)
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    weights = (directory / "model.safetensors").read_bytes()
    expected = next(f["sha256"] for f in manifest["files"] if f["name"] == "model.safetensors")
    if hashlib.sha256(weights).hexdigest() != expected:
        raise ValueError(f"{directory}/model.safetensors is damaged, or of another model")
    return Network(manifest, tensors(weights))


def plain(value):
    """JSON has no numbers that are not finite."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def shares(text):
    """A preference as people write it: a number for each task with commas between them, of any sum."""
    numbers = torch.tensor([float(number) for number in text.split(",")])
    if len(numbers) != SHARES or numbers.min() < 0 or not numbers.sum() > 0:
        raise ValueError(f"{text} is not {SHARES} numbers, none negative, one above zero")
    return numbers / numbers.sum()


def main(files):
    asked = []
    if SHARES and files[:1] == ["--preference"] and len(files) > 1:
        try:
            asked = [shares(files[1])]
        except ValueError as e:
            sys.exit(f"--preference: {e}")
        files = files[2:]
    if not files or len(asked) != (SHARES > 0):
        sys.exit("usage: python network.py " + ("--preference A,B,... " if SHARES else "") + "IMAGE...")
    net = load()
    with torch.inference_mode():
        for file in files:
            try:
                image = net.prepared(file)
            except (OSError, ValueError) as e:
                sys.exit(f"{file}: {e}")
            said = net.answers(net(image[None], *asked))[0]
            print(json.dumps({"file": file, **plain(said)}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
