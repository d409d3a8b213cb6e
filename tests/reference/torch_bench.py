"""PyTorch's part in `deno task bench`: the same kernels and LSGAN CycleGAN steps, run whenever the task asks.

Requests come as lines of JSON on stdin, answers go as lines of JSON to stdout, as in tasks/_bench_child.ts.
Usage: python3 torch_bench.py THREADS. Needs PyTorch.
A step: six generator passes (fakes, reconstructions, identities), both discriminators, two Adam updates, batch 1.
"""
import itertools
import json
import re
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)
WARM_UP_SECONDS = 0.04


class Block(nn.Module):
    """A residual block of the generator."""

    def __init__(self, channels):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels)]
        self.body = nn.Sequential(*half(), nn.ReLU(True), *half())

    def forward(self, x):
        return x + self.body(x)


def generator(width, blocks):
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU(True)]
    for c in (width, 2 * width):
        layers += [nn.Conv2d(c, 2 * c, 3, 2, 1), nn.InstanceNorm2d(2 * c), nn.ReLU(True)]
    layers += [Block(4 * width) for _ in range(blocks)]
    for c in (4 * width, 2 * width):
        layers += [nn.ConvTranspose2d(c, c // 2, 3, 2, 1, 1), nn.InstanceNorm2d(c // 2), nn.ReLU(True)]
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
    return nn.Sequential(*layers)


def discriminator(width):
    layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for c, stride in ((width, 2), (2 * width, 2), (4 * width, 1)):
        layers += [nn.Conv2d(c, 2 * c, 4, stride, 1), nn.InstanceNorm2d(2 * c), nn.LeakyReLU(0.2, True)]
    return nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1))


def training_step(size, width, blocks):
    """The discriminators are as wide as the generators."""
    gen_ab, gen_ba = generator(width, blocks), generator(width, blocks)
    disc_a, disc_b = discriminator(width), discriminator(width)
    generators = list(itertools.chain(gen_ab.parameters(), gen_ba.parameters()))
    discriminators = list(itertools.chain(disc_a.parameters(), disc_b.parameters()))
    adam_g = torch.optim.Adam(generators, 2e-4, (0.5, 0.999))
    adam_d = torch.optim.Adam(discriminators, 2e-4, (0.5, 0.999))
    a, b = (torch.rand(1, 3, size, size) * 2 - 1 for _ in range(2))

    def run():
        for p in discriminators:
            p.requires_grad_(False)
        adam_g.zero_grad()
        fake_b, fake_a = gen_ab(a), gen_ba(b)
        cycle_a, cycle_b, identity_b, identity_a = gen_ba(fake_b), gen_ab(fake_a), gen_ab(b), gen_ba(a)
        loss = ((disc_b(fake_b) - 1) ** 2).mean() + ((disc_a(fake_a) - 1) ** 2).mean()
        loss = loss + 10 * (F.l1_loss(cycle_a, a) + F.l1_loss(cycle_b, b))
        loss = loss + 5 * (F.l1_loss(identity_b, b) + F.l1_loss(identity_a, a))
        loss.backward()
        adam_g.step()
        for p in discriminators:
            p.requires_grad_(True)
        adam_d.zero_grad()
        halves = [
            ((d(real) - 1) ** 2).mean() + (d(fake.detach()) ** 2).mean()
            for d, real, fake in ((disc_b, b, fake_b), (disc_a, a, fake_a))
        ]
        (0.5 * sum(halves)).backward()
        adam_d.step()

    return run


def convolution(which, k, cin, cout, out, stride):
    side = (out - 1) * stride + k
    x, w, dy = torch.randn(1, cin, side, side), torch.randn(cout, cin, k, k), torch.randn(1, cout, out, out)
    if which == "forward":
        return lambda: F.conv2d(x, w, stride=stride)
    mask = [which == "input gradient", which == "filter gradient", False]
    sizes = ([stride, stride], [0, 0], [1, 1], False, [0, 0], 1, mask)
    return lambda: torch.ops.aten.convolution_backward(dy, x, w, None, *sizes)


def prepare(name):
    """The case of that name, or None."""
    if m := re.fullmatch(r"matrix product (\d+)x\d+x\d+", name):
        a, b = (torch.randn(int(m[1]), int(m[1])) for _ in range(2))
        return lambda: a @ b
    if m := re.fullmatch(r"step (\d+)/ngf(\d+)/(\d+) blocks", name):
        return training_step(*map(int, m.groups()))
    if m := re.fullmatch(r"(.+) (\d+)x\d+ (\d+) to (\d+) at (\d+)x\d+(?: stride (\d+))?(?:, direct)?", name):
        k, cin, cout, out = map(int, m.groups()[1:5])
        return convolution(m[1], k, cin, cout, out, int(m[6] or 1))
    return None


def answer(message):
    print(json.dumps(message), flush=True)


answer({"ready": f"PyTorch {torch.__version__}"})
work = {}
for line in sys.stdin:
    request = json.loads(line)
    if "drop" in request:
        work.pop(request["drop"], None)
        answer({"dropped": True})
        continue
    name = request["name"]
    if name not in work:
        work[name] = prepare(name)
        for _ in range(3 if work[name] else 0):
            work[name]()
    seconds = []
    if work[name]:
        begin = time.perf_counter()
        work[name]()
        while time.perf_counter() - begin < WARM_UP_SECONDS:
            work[name]()
        for _ in range(request["runs"]):
            start = time.perf_counter()
            work[name]()
            seconds.append(time.perf_counter() - start)
    answer({"seconds": seconds})
