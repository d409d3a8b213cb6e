"""Writes the torch_*.pth files of this folder: state dicts of the published CycleGAN generator as PyTorch saves them.

    python3 make_torch_files.py FOLDER        (needs torch and numpy; the committed files were made with torch 2.13.0)

Each file is one way in which such weights are found: the zip layout and the legacy stream, half precision, bfloat16 and
double, the prefix of DataParallel, blocks with dropout, instance norms with running statistics, strided tensors,
tensors that share a storage, parameters in place of tensors. torch_outputs.safetensors has an image and what the
network of each file makes of it, computed in float64 from the numbers as the file holds them. The legacy layout names
storages by their addresses, so its bytes differ from run to run; the numbers do not.
"""

import sys
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

from make_goldens import Generator, draw, image, write_safetensors

SEED = 20170330


def generator(blocks, dropout=False, running=False):
    """A generator of width 2 that is ready to run; `running`: its norms keep statistics, as before PyTorch 0.4."""
    network = Generator(2, blocks, "convt")
    for layer in network.modules():
        if dropout and hasattr(layer, "conv_block"):
            layer.conv_block.insert(4, nn.Dropout(0.5))
        if running and isinstance(layer, nn.Sequential):
            for i, norm in enumerate(layer):
                if isinstance(norm, nn.InstanceNorm2d):
                    layer[i] = nn.InstanceNorm2d(norm.num_features, track_running_stats=True)
    draw(network)
    # Statistics of the image itself, as these norms compute them in training and as the published code runs them.
    for layer in network.modules():
        layer.train(isinstance(layer, nn.InstanceNorm2d))
    return network


def save(path, state, legacy):
    torch.save(state, path, _use_new_zipfile_serialization=not legacy)
    print(f"{path.name}: {path.stat().st_size} bytes")


def cast(network, dtype):
    """Rounds the parameters to a type; gives the state dict in that type. Counters stay whole numbers."""
    network.to(dtype).double()
    state = network.state_dict()
    return OrderedDict((key, value.to(dtype) if value.is_floating_point() else value) for key, value in state.items())


def strided(state):
    """The same values: kernels with their axes in another order, biases as parts of one storage, the last a parameter."""
    biases = torch.cat([value for value in state.values() if value.dim() == 1])
    result, start = OrderedDict(), 0
    for key, value in state.items():
        if value.dim() == 4:
            result[key] = value.permute(2, 3, 1, 0).contiguous().permute(3, 2, 0, 1)
        else:
            result[key] = biases[start : start + len(value)]
            start += len(value)
    result[key] = nn.Parameter(result[key])
    assert not result["model.1.weight"].is_contiguous()
    assert result["model.4.bias"].storage_offset() > 0
    return result


def main(folder):
    torch.manual_seed(SEED)
    x = image(1, 3, 12, 16)
    outputs = {"input": x.half()}

    def write(name, network, state, legacy):
        save(folder / f"torch_{name}.pth", state, legacy)
        with torch.no_grad():
            outputs[name] = network(x)

    network = generator(1)
    write("zip", network, cast(network, torch.float32), legacy=False)

    # As the published weights are: a stream of a time before num_batches_tracked.
    network = generator(1, running=True)
    with torch.no_grad():
        network(image(1, 3, 12, 16))
    state = cast(network, torch.float32)
    old = OrderedDict(item for item in state.items() if not item[0].endswith("num_batches_tracked"))
    write("legacy_running", network, old, legacy=True)

    network = generator(1, running=True)
    with torch.no_grad():
        network(image(1, 3, 12, 16))
    parallel = nn.DataParallel(network).state_dict().keys()
    state = cast(network, torch.float16)
    write("zip_half_module", network, OrderedDict(zip(parallel, state.values())), legacy=False)

    network = generator(2, dropout=True)
    write("legacy_double_dropout", network, cast(network, torch.float64), legacy=True)

    network = generator(1)
    write("zip_strided", network, strided(cast(network, torch.float32)), legacy=False)

    network = generator(0)
    write("legacy_bfloat16", network, strided(cast(network, torch.bfloat16)), legacy=True)

    about = {"torch": torch.__version__, "script": "tests/golden/make_torch_files.py", "seed": SEED}
    write_safetensors(folder / "torch_outputs.safetensors", outputs, about)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
