"""Writes the golden files of this folder: the published CycleGAN networks, run and differentiated by PyTorch.

    python3 make_goldens.py FOLDER        (needs torch and numpy; the committed files were made with torch 1.13.0)

Every number that goes in (weights, images, probes) is rounded to float16 first and stored as F16, so it is exact in
every precision; everything that comes out was computed in float64 and is stored as F32. So a difference between a
golden file and Lobbycard is Lobbycard's own rounding. Layouts are PyTorch's: images NCHW, convolutions OIHW,
transposed convolutions IOHW. The same seed and torch version write the same bytes.
"""

import json
import struct
import sys
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.functional import l1_loss, mse_loss

SEED = 20200528


def write_safetensors(path, tensors, metadata):
    """Header length as unsigned 64-bit little endian, a JSON header, the data back to back."""
    dtypes = {torch.float16: ("F16", "<f2"), torch.float32: ("F32", "<f4"), torch.float64: ("F32", "<f4")}
    header, data = {"__metadata__": {key: str(value) for key, value in metadata.items()}}, b""
    for name, tensor in tensors.items():
        dtype, code = dtypes[tensor.dtype]
        raw = numpy.ascontiguousarray(tensor.detach().numpy().astype(code)).tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(f"{path.name}: {path.stat().st_size} bytes")


def exact(tensor):
    """The nearest values that float16 can hold, as float64."""
    return tensor.half().double()


def image(*shape):
    """An image batch in [-1, 1]: smooth low frequencies under a little noise, so that no layer sees pure noise."""
    count, channels, height, width = shape
    coarse = torch.randn(count, channels, 4, 4, dtype=torch.float64)
    smooth = nn.functional.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
    return exact(torch.tanh(0.7 * smooth + 0.2 * torch.randn(*shape, dtype=torch.float64)))


class ResnetBlock(nn.Module):
    """x + conv_block(x), reflection padding, no activation after the sum."""

    def __init__(self, channels):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels)]
        self.conv_block = nn.Sequential(*half(), nn.ReLU(), *half())

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    """The ResNet generator of CycleGAN; `upsampling` is "convt" (as published) or "resize"."""

    def __init__(self, ngf, blocks, upsampling):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, ngf, 7), nn.InstanceNorm2d(ngf), nn.ReLU()]
        for width in (ngf, 2 * ngf):
            layers += [nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()]
        layers += [ResnetBlock(4 * ngf) for _ in range(blocks)]
        for width in (4 * ngf, 2 * ngf):
            if upsampling == "convt":
                layers += [nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1)]
            else:
                layers += [nn.Upsample(scale_factor=2, mode="nearest"), nn.ReflectionPad2d(1)]
                layers += [nn.Conv2d(width, width // 2, 3)]
            layers += [nn.InstanceNorm2d(width // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    """The PatchGAN discriminator; `pooled` averages the patches to one score per image, [n, 1]."""

    def __init__(self, ndf, layers, pooled):
        super().__init__()
        self.pooled = pooled
        stack, width = [nn.Conv2d(3, ndf, 4, 2, 1), nn.LeakyReLU(0.2)], ndf
        for layer in range(1, layers + 1):
            wider = ndf * min(2**layer, 8)
            stack += [nn.Conv2d(width, wider, 4, 2 if layer < layers else 1, 1)]
            stack += [nn.InstanceNorm2d(wider), nn.LeakyReLU(0.2)]
            width = wider
        self.model = nn.Sequential(*stack, nn.Conv2d(width, 1, 4, 1, 1))

    def forward(self, x):
        scores = self.model(x)
        return scores.mean((2, 3)) if self.pooled else scores


def draw(network):
    """Fills a network with weights of deviation 1 / sqrt(fan in) and biases of deviation 0.1."""
    with torch.no_grad():
        for name, parameter in network.double().named_parameters():
            fan = parameter[0].numel() if parameter.dim() > 1 else 100
            parameter.copy_(exact(torch.randn_like(parameter) / fan**0.5))
    return network


def reversed_copy(network, fresh):
    """The same kind of network whose tensors hold the first one's values in reverse order: a second network, no bytes."""
    state = {name: value.flatten().flip(0).reshape(value.shape) for name, value in network.state_dict().items()}
    fresh.double().load_state_dict(state)
    return fresh


def weights(network):
    return {name: value.half() for name, value in network.state_dict().items()}


def gradients(network):
    return {"gradient." + name: parameter.grad for name, parameter in network.named_parameters()}


def differentiated(network, x):
    """Output of a network, and the gradients of sum(output * probe) in the input and every parameter."""
    x.requires_grad_()
    output = network(x)
    probe = exact(torch.randn_like(output))
    (output * probe).sum().backward()
    results = {"output": output, "gradient.input": x.grad, **gradients(network)}
    return {**weights(network), "input": x.half(), "probe": probe.half(), **results}


def wasserstein(critic, real, fake, mix, weight):
    """The terms of the critic's loss: mean D(fake) - mean D(real) and its gradient penalty, one factor per sample."""
    between = (mix * real + (1 - mix) * fake).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    norms = (slope.square().sum((1, 2, 3)) + 1e-12).sqrt()
    terms = {"fake": critic(fake).mean(), "real": critic(real).mean(), "penalty": (norms - 1).square().mean()}
    return {**terms, "loss": terms["fake"] - terms["real"] + weight * terms["penalty"]}


def cyclegan_losses(nets, real_a, real_b, cycle, identity):
    """Every term of the LSGAN CycleGAN objective, unweighted, and the three weighted sums that are minimised."""
    gen_ab, gen_ba, disc_a, disc_b = (nets[key] for key in ("genAB", "genBA", "discA", "discB"))
    fake_b, fake_a = gen_ab(real_a), gen_ba(real_b)
    against = lambda scores, target: mse_loss(scores, torch.full_like(scores, target))
    judged = lambda disc, real, fake: (against(disc(real), 1.0) + against(disc(fake.detach()), 0.0)) / 2
    terms = {
        "adversarialAB": against(disc_b(fake_b), 1.0),
        "adversarialBA": against(disc_a(fake_a), 1.0),
        "cycleA": l1_loss(gen_ba(fake_b), real_a),
        "cycleB": l1_loss(gen_ab(fake_a), real_b),
        "identityA": l1_loss(gen_ba(real_a), real_a),
        "identityB": l1_loss(gen_ab(real_b), real_b),
        "discA": judged(disc_a, real_a, fake_a),
        "discB": judged(disc_b, real_b, fake_b),
    }
    terms["generators"] = (
        terms["adversarialAB"] + terms["adversarialBA"]
        + cycle * (terms["cycleA"] + terms["cycleB"]) + identity * (terms["identityA"] + terms["identityB"])
    )
    return terms


def cyclegan_step(nets, real_a, real_b, cycle, identity, rate, betas):
    """One step of Adam for generators and discriminators from the same forward pass; norms and chosen entries."""
    optimisers = [torch.optim.Adam([p for key in keys for p in nets[key].parameters()], lr=rate, betas=betas)
                  for keys in (("genAB", "genBA"), ("discA", "discB"))]
    before = cyclegan_losses(nets, real_a, real_b, cycle, identity)
    before["generators"].backward(retain_graph=True)
    for key in ("discA", "discB"):  # the generators' loss reached the discriminators too: forget that
        nets[key].zero_grad()
    (before["discA"] + before["discB"]).backward()
    tensors, names = {"realA": real_a.half(), "realB": real_b.half()}, {}
    # The entries to follow: the three of largest gradient, as flat positions in PyTorch's layout.
    largest = {key: [p.grad.flatten().abs().topk(min(3, p.numel())).indices for p in net.parameters()]
               for key, net in nets.items()}
    for key, net in nets.items():
        tensors[key + ".gradientNorms"] = torch.stack([p.grad.norm() for p in net.parameters()])
    for optimiser in optimisers:
        optimiser.step()
    for key, net in nets.items():
        names[key + ".names"] = json.dumps([name for name, _ in net.named_parameters()], separators=(",", ":"))
        rows = [torch.nn.functional.pad(index, (0, 3 - len(index)), value=index[0]) for index in largest[key]]
        values = [p.detach().flatten()[row] for p, row in zip(net.parameters(), rows)]
        tensors[key + ".parameterNorms"] = torch.stack([p.norm() for p in net.parameters()])
        tensors[key + ".entryPositions"] = torch.stack(rows).float()
        tensors[key + ".entries"] = torch.stack(values)
    after = cyclegan_losses(nets, real_a, real_b, cycle, identity)
    for when, terms in (("before", before), ("after", after)):
        tensors.update({f"{when}.{name}": value for name, value in terms.items()})
    return tensors, names


def main(folder):
    torch.manual_seed(SEED)
    about = {"torch": torch.__version__, "script": "tests/golden/make_goldens.py", "seed": SEED}
    write = lambda name, tensors, config: write_safetensors(
        folder / f"{name}.safetensors", tensors, {**about, "config": json.dumps(config, separators=(",", ":"))})

    for upsampling, ngf, size in (("convt", 4, (16, 20)), ("resize", 2, (12, 16))):
        config = {"ngf": ngf, "blocks": 2, "upsampling": upsampling}
        generator = draw(Generator(**config))
        write(f"generator_{upsampling}", differentiated(generator, image(2, 3, *size)), config)
        if upsampling == "convt":
            gen_ab, gen_ba = generator, reversed_copy(generator, Generator(**config))

    patch = {"ndf": 2, "layers": 3, "pooled": False}
    write("discriminator_patch", differentiated(draw(Discriminator(**patch)), image(2, 3, 32, 36)), patch)
    pooled = {"ndf": 4, "layers": 2, "pooled": True}
    critic = draw(Discriminator(**pooled))
    write("discriminator_pooled", differentiated(critic, image(2, 3, 20, 24)), pooled)

    critic.zero_grad()
    real, fake, mix = image(2, 3, 20, 24), image(2, 3, 20, 24), exact(torch.tensor([0.3, 0.8]))
    terms = wasserstein(critic, real, fake, mix.reshape(2, 1, 1, 1), 50)
    terms["loss"].backward()
    given = {"real": real.half(), "fake": fake.half(), "mix": mix.half()}
    values = {"value." + name: value for name, value in terms.items()}
    write("wgangp", {**given, **values, **gradients(critic)}, {**pooled, "penalty": 50, "weights": "discriminator_pooled"})

    shape = {**pooled, "pooled": False}
    judge_a, judge_b = Discriminator(**shape).double(), Discriminator(**shape)
    judge_a.load_state_dict(critic.state_dict())
    judge_b = reversed_copy(critic, judge_b)
    nets = {"genAB": gen_ab, "genBA": gen_ba, "discA": judge_a, "discB": judge_b}
    for net in nets.values():
        net.zero_grad()
    options = {"cycle": 10, "identity": 5, "rate": 2e-4, "betas": [0.5, 0.999]}
    tensors, names = cyclegan_step(nets, image(2, 3, 16, 20), image(2, 3, 16, 20), **options)
    shared = {"genAB": "generator_convt", "genBA": "generator_convt reversed", "discA": "discriminator_pooled",
              "discB": "discriminator_pooled reversed"}
    about.update(names)
    write("cyclegan_step", tensors, {**options, "weights": shared})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
