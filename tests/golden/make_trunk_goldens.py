"""Writes trunk_*.safetensors of this folder: torchvision's big networks, run and differentiated by PyTorch.

    python3 make_trunk_goldens.py FOLDER     (needs torch, torchvision and numpy; the committed files tell their versions)

The networks have 11 to 25 million weights, too many for a file: every number that goes in is made by a formula of its
name and place (see `numbers`), which tests/golden/_formula.ts computes too. The files hold samples of what comes out, computed in
float64. Layouts are PyTorch's: images NCHW, kernels OIHW. Norms run with their running statistics.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
from torch.nn import functional
from make_goldens import write_safetensors

# PyPI's torchvision is compiled for CUDA; beside a PyTorch without it its operators do not load, and importing it asks
# for two of them. The networks use none.
operators = torch.library.Library("torchvision", "FRAGMENT")
for name in ("nms", "qnms"):
    if not hasattr(torch.ops.torchvision, name):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision  # noqa: E402
from torchvision.transforms.functional import normalize  # noqa: E402

# Of each tensor that comes out so many values are kept, evenly spaced, and its norm.
SAMPLES = 600

# What goes in: images per batch, height, width. Inception's are smaller than it takes, so that they are enlarged first.
INPUTS = {
    "vgg16": (1, 32, 48),
    "vgg19": (1, 48, 32),
    "resnet18": (2, 32, 48),
    "resnet34": (1, 64, 40),
    "inception": (1, 60, 80),
}

# Convolutions whose kernels' gradients are kept, with the norm after each.
KERNELS = {
    "vgg16": {"features.0": None, "features.14": None, "features.28": None},
    "vgg19": {"features.0": None, "features.16": None, "features.34": None},
    "resnet18": {"conv1": "bn1", "layer2.0.conv1": "layer2.0.bn1",
                 "layer3.0.downsample.0": "layer3.0.downsample.1", "layer4.1.conv2": "layer4.1.bn2"},
    "resnet34": {"conv1": "bn1", "layer2.3.conv2": "layer2.3.bn2",
                 "layer4.0.downsample.0": "layer4.0.downsample.1", "layer4.2.conv1": "layer4.2.bn1"},
    "inception": {f"{name}.conv": f"{name}.bn" for name in (
        "Conv2d_1a_3x3", "Mixed_5c.branch_pool", "Mixed_6d.branch7x7dbl_3", "Mixed_7c.branch3x3dbl_3b")},
}


def numbers(name, shape, low, high):
    """Uniform in [low, high), float32: 32 mixed bits of the place, from a start that is FNV-1a of the name."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = (start ^ byte) * 0x01000193 & 0xFFFFFFFF
    mixed = (numpy.arange(int(numpy.prod(shape)), dtype=numpy.uint32) * numpy.uint32(0x9E3779B1)) ^ numpy.uint32(start)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        mixed = (mixed ^ (mixed >> numpy.uint32(shift))) * numpy.uint32(factor)
    values = low + (high - low) * (mixed.astype(numpy.float64) / 2**32)
    return torch.from_numpy(values.astype(numpy.float32).reshape(shape))


def fill(network):
    """Weights of variance 2 / fan in, less in the last convolution of a residual block; norms about 1 and 0."""
    state = {}
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = tensor
            continue
        most = 0.2
        if tensor.dim() == 4:
            most = (6 / tensor[0].numel()) ** 0.5 * (0.3 if name.endswith("conv2.weight") else 1)
        isScale = name.endswith("running_var") or (tensor.dim() == 1 and name.endswith("weight"))
        low, high = (0.6, 1.4) if isScale else (-most, most)
        state[name] = numbers(name, tuple(tensor.shape), low, high)
    network.load_state_dict(state)
    return network.double().eval()


def levels_of(net, network, images):
    """The features at four levels, of images in [-1, 1]."""
    images = normalize((images + 1) / 2, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    if net.startswith("vgg"):
        found = []
        for module in network.features:
            if isinstance(module, torch.nn.MaxPool2d):
                found.append(images)
            images = module(images)
        return found[1:]
    if net.startswith("resnet"):
        x = network.maxpool(network.relu(network.bn1(network.conv1(images))))
        found = []
        for stage in (network.layer1, network.layer2, network.layer3, network.layer4):
            x = stage(x)
            found.append(x)
        return found
    x, found = network._transform_input(images), []
    for name, module in network.named_children():
        if name == "avgpool":
            return found
        if name == "AuxLogits":
            continue
        x = module(x)
        if name in ("Conv2d_4a_3x3", "Mixed_5d", "Mixed_6e", "Mixed_7c"):
            found.append(x)


def make(net):
    # Inception with the options that its published weights are given with.
    options = {"transform_input": True, "aux_logits": True, "init_weights": False} if net == "inception" else {}
    make_network = torchvision.models.inception_v3 if net == "inception" else getattr(torchvision.models, net)
    network = fill(make_network(weights=None, **options))
    n, height, width = INPUTS[net]
    images = numbers("images", (n, 3, height, width), -1, 1).double().requires_grad_()
    seen, least = images, 75 if net == "inception" else 32
    if min(height, width) < least:
        size = [round(side * least / min(height, width)) for side in (height, width)]
        seen = functional.interpolate(images, size, mode="bilinear", align_corners=False)
    levels = levels_of(net, network, seen)
    probes = [numbers(f"probe.{i}", tuple(x.shape), -4, 4).double() / x.numel() ** 0.5 for i, x in enumerate(levels)]
    loss = sum((x * probe).sum() for x, probe in zip(levels, probes))
    modules = dict(network.named_modules())
    kernels = [modules[name].weight for name in KERNELS[net]]
    (slope,) = torch.autograd.grad(loss, images, create_graph=True)
    first = torch.autograd.grad(loss, kernels, retain_graph=True)
    norms = slope.square().sum((1, 2, 3)).sqrt()
    penalty = (norms - 1).square().mean()
    second = torch.autograd.grad(penalty, kernels)
    tensors = {"input": slope, "penalty": penalty.reshape(1)}
    tensors.update({f"level.{i}": x for i, x in enumerate(levels)})
    for (name, norm), once, twice in zip(KERNELS[net].items(), first, second):
        tensors[f"gradient.{name}"] = folded(once, modules.get(norm))
        tensors[f"penalty.{name}"] = folded(twice, modules.get(norm))
    return tensors, {name: list(tensor.shape) for name, tensor in network.state_dict().items()}


def folded(gradient, norm):
    """The gradient in the kernel that has the norm after it folded into it: the kernel is multiplied by the norm's factor."""
    if norm is None:
        return gradient
    return gradient * ((norm.running_var + norm.eps).sqrt() / norm.weight).reshape(-1, 1, 1, 1)


def samples(tensor):
    """Evenly spaced values of a tensor, and at the end its norm."""
    flat = tensor.detach().flatten()
    step = max(1, len(flat) // SAMPLES)
    return torch.cat([flat[::step], flat.norm().reshape(1)])


def main(folder):
    for net in INPUTS:
        tensors, state = make(net)
        tensors = {name: samples(tensor) for name, tensor in tensors.items()}
        about = {"state": json.dumps(state, separators=(",", ":")), "torch": torch.__version__, "torchvision": torchvision.__version__,
                 "script": "tests/golden/make_trunk_goldens.py",
                 "config": json.dumps({"input": INPUTS[net], "samples": SAMPLES}, separators=(",", ":"))}
        write_safetensors(folder / f"trunk_{net}.safetensors", tensors, about)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
