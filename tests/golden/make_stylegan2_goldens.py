"""Writes the golden files of StyleGAN2's parts: plain PyTorch from the formulas of Karras et al. 2020, run and differentiated.

    python3 make_stylegan2_goldens.py FOLDER        (needs torch and numpy; the committed files were made with torch 2.13.0)

Numbers and layouts are as in make_goldens.py: exact inputs, results computed in float64, images NCHW, convolutions OIHW, transposed
ones IOHW; matrices of dense layers are [in, out]. The modulated convolution is the published one, with filters of each picture's own.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu, pad

from make_goldens import exact, image, write_safetensors

SEED = 20191203
FILTER = (1, 3, 3, 1)


def fir(gain):
    """The square filter, of sum `gain`."""
    taps = torch.tensor(FILTER, dtype=torch.float64)
    square = torch.outer(taps, taps)
    return square * gain / square.sum()


def upsample(x):
    """Twice the sides: each pixel spreads the filter; gain 4, since three of four samples are zeros."""
    channels = x.shape[1]
    weight = fir(4).expand(channels, 1, 4, 4)
    return conv_transpose2d(x, weight, stride=2, padding=1, groups=channels)


def downsample(x):
    """Half the sides: every second pixel of the filtered picture."""
    channels = x.shape[1]
    return conv2d(pad(x, (1, 1, 1, 1)), fir(1).expand(channels, 1, 4, 4), stride=2, groups=channels)


def blur(x, around, gain):
    """The filtered picture, with zeros around it first."""
    channels = x.shape[1]
    return conv2d(pad(x, (around,) * 4), fir(gain).expand(channels, 1, 4, 4), groups=channels)


def activate(x):
    return leaky_relu(x, 0.2) * 2**0.5


def modulated(x, kernel, factors, doubles=False, demodulates=True):
    """Filters of each picture's own, one group of a grouped convolution for each."""
    n, cin, h, w = x.shape
    own = kernel[None] * factors[:, :, None, None, None] if doubles else kernel[None] * factors[:, None, :, None, None]
    if demodulates:
        own = own * (own.square().sum((1, 3, 4) if doubles else (2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    grouped, filters = x.reshape(1, n * cin, h, w), own.flatten(0, 1)
    if doubles:
        wide = conv_transpose2d(grouped, filters, stride=2, groups=n)
        return blur(wide.reshape(n, -1, *wide.shape[2:]), 1, 4)
    out = conv2d(grouped, filters, padding=kernel.shape[-1] // 2, groups=n)
    return out.reshape(n, -1, h, w)


def equalised(x, layer, rate=1.0):
    kernel, bias = layer["kernel"], layer["bias"]
    return x @ (kernel * rate / kernel.shape[0] ** 0.5) + bias * rate


def equalised_conv(x, layer, **options):
    kernel = layer["kernel"] / layer["kernel"][0].numel() ** 0.5
    return conv2d(x, kernel, layer.get("bias"), **options)


def normalise(x):
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def minibatch_deviation(x, group):
    """The deviation within groups, picture i in group i mod (n / group), as one more feature map's values."""
    n, c, h, w = x.shape
    apart = x.reshape(group, n // group, c, h, w)
    apart = apart - apart.mean(0)
    level = (apart.square().mean(0) + 1e-8).sqrt().mean((1, 2, 3))
    return level.repeat(group)[:, None, None, None].expand(n, 1, h, w)


def styles_of(layers, inputs, config):
    latents, condition = inputs[:, : config["latent"]], inputs[:, config["latent"] :]
    strength = condition.sum(1, keepdim=True).square().clamp(max=1)
    genres = normalise(condition @ layers("mapping.embed")["kernel"]) * strength
    x = torch.cat([normalise(latents), genres], 1)
    for i in range(config["mapping"]):
        x = activate(equalised(x, layers(f"mapping.layer.{i}"), rate=0.01))
    return x


def synthesise(layers, constant, styles, noise, stages):
    """`styles` and `noise`: one for each layer; the picture is the sum of all sizes' colours."""

    def convolve(i, x):
        layer = layers(f"conv.{i}")
        factors = equalised(styles[i], layers(f"conv.{i}.affine"))
        y = modulated(x, layer["kernel"], factors, doubles=i % 2 == 1)
        return activate(y + noise[i] * layer["strength"] + layer["bias"][:, None, None])

    def colours(stage, x):
        layer = layers(f"rgb.{stage}")
        factors = equalised(styles[2 * stage + 1], layers(f"rgb.{stage}.affine")) / x.shape[1] ** 0.5
        return modulated(x, layer["kernel"], factors, demodulates=False) + layer["bias"][:, None, None]

    x = convolve(0, constant.expand(len(styles[0]), -1, -1, -1))
    picture = colours(0, x)
    for stage in range(1, stages + 1):
        x = convolve(2 * stage, convolve(2 * stage - 1, x))
        picture = upsample(picture) + colours(stage, x)
    return picture


def judge(layers, images, condition, config):
    x = activate(equalised_conv(images, layers("rgb")))
    for i in range(config["stages"]):
        inner = activate(equalised_conv(x, layers(f"block.{i}.first"), padding=1))
        halved = activate(equalised_conv(blur(inner, 2, 1), layers(f"block.{i}.second"), stride=2))
        around = equalised_conv(downsample(x), layers(f"block.{i}.skip"))
        x = (halved + around) / 2**0.5
    x = torch.cat([x, minibatch_deviation(x, config["group"])], 1)
    x = activate(equalised_conv(x, layers("conv"), padding=1))
    found = activate(equalised(x.permute(0, 2, 3, 1).flatten(1), layers("features")))
    projected = (found * (condition @ layers("embed")["kernel"])).sum(1, keepdim=True)
    return equalised(found, layers("score")) + projected / found.shape[1] ** 0.5


def draw(shapes):
    """Parameters by dotted path: as training draws them, but biases and strengths not at their constants."""
    deviations = {"bias": 0.3, "strength": 0.3}

    def parameter(path, shape):
        deviation = 100 if path.startswith("mapping.layer") and path.endswith("kernel") else deviations.get(path.split(".")[-1], 1)
        mean = 1 if path.endswith("affine.bias") else 0
        return exact(mean + deviation * torch.randn(shape, dtype=torch.float64)).requires_grad_()

    return {path: parameter(path, shape) for path, shape in shapes.items()}


def layers_of(params):
    """The parameters of a path, by their last names."""
    return lambda path: {key[len(path) + 1 :]: value for key, value in params.items() if key.startswith(path + ".")}


def generator_shapes(latent, genres, style, mapping, widths, base, stages):
    shapes = {"mapping.embed.kernel": (genres, style)}
    for i in range(mapping):
        shapes[f"mapping.layer.{i}.kernel"] = (latent + style if i == 0 else style, style)
        shapes[f"mapping.layer.{i}.bias"] = (style,)
    shapes["constant"] = (1, widths[0], *base)
    for i in range(2 * stages + 1):
        cin, cout = widths[i // 2], widths[(i + 1) // 2]
        shapes[f"conv.{i}.affine.kernel"], shapes[f"conv.{i}.affine.bias"] = (style, cin), (cin,)
        shapes[f"conv.{i}.kernel"] = (cin, cout, 3, 3) if i % 2 else (cout, cin, 3, 3)
        shapes[f"conv.{i}.bias"], shapes[f"conv.{i}.strength"] = (cout,), ()
    for i, width in enumerate(widths):
        shapes[f"rgb.{i}.affine.kernel"], shapes[f"rgb.{i}.affine.bias"] = (style, width), (width,)
        shapes[f"rgb.{i}.kernel"], shapes[f"rgb.{i}.bias"] = (3, width, 1, 1), (3,)
    return shapes


def discriminator_shapes(genres, widths, base, stages):
    downwards = widths[::-1]
    shapes = {"rgb.kernel": (downwards[0], 3, 1, 1), "rgb.bias": (downwards[0],)}
    for i in range(stages):
        cin, cout = downwards[i], downwards[i + 1]
        shapes[f"block.{i}.first.kernel"], shapes[f"block.{i}.first.bias"] = (cin, cin, 3, 3), (cin,)
        shapes[f"block.{i}.second.kernel"], shapes[f"block.{i}.second.bias"] = (cout, cin, 3, 3), (cout,)
        shapes[f"block.{i}.skip.kernel"] = (cout, cin, 1, 1)
    last = widths[0]
    shapes["conv.kernel"], shapes["conv.bias"] = (last, last + 1, 3, 3), (last,)
    shapes["features.kernel"], shapes["features.bias"] = (base[0] * base[1] * last, last), (last,)
    shapes["score.kernel"], shapes["score.bias"] = (last, 1), (1,)
    shapes["embed.kernel"] = (genres, last)
    return shapes


def gradients(params, loss, name):
    """The gradients of a loss in all parameters, 0 where it does not depend on one."""
    found = torch.autograd.grad(loss, list(params.values()), retain_graph=True, allow_unused=True)
    filled = [torch.zeros_like(value) if slope is None else slope for value, slope in zip(params.values(), found)]
    return {f"{name}.{path}": slope for path, slope in zip(params, filled)}


def conditions(*rows):
    """Genres as the networks take them: divided by the root of their sum."""
    genres = torch.tensor(rows, dtype=torch.float64)
    return exact(genres / genres.sum(1, keepdim=True).clamp(min=1e-6).sqrt())


CONDITIONS = [(1, 0, 0), (1, 0, 1), (0, 0, 0), (0.25, 0, 0.125)]


def generator_case(config):
    """A picture of each input with noise; and the path lengths of the same pictures (Karras et al. 2020, equation 4)."""
    params = draw(generator_shapes(**config))
    layers, stages = layers_of(params), config["stages"]
    condition = conditions(*CONDITIONS)
    latents = exact(torch.randn(len(condition), config["latent"], dtype=torch.float64))
    inputs = torch.cat([latents, condition], 1).requires_grad_()
    sides = [[side * 2 ** ((i + 1) // 2) for side in config["base"]] for i in range(2 * stages + 1)]
    noise = [exact(torch.randn(len(inputs), 1, *side, dtype=torch.float64)) for side in sides]
    w = styles_of(layers, inputs, config)
    styles = [w * 1 for _ in range(2 * stages + 2)]
    output = synthesise(layers, params["constant"], styles, noise, stages)
    probe = exact(torch.randn_like(output))
    loss = (output * probe).sum()
    direction = exact(torch.randn_like(output))
    along = (output * direction).sum() / (output.shape[2] * output.shape[3]) ** 0.5
    slopes = torch.autograd.grad(along, styles, create_graph=True)
    lengths = torch.stack(slopes, 1).square().sum(2).mean(1).sqrt()
    target = 0.5
    penalty = (lengths - target).square().mean()
    return {
        **{"params." + path: value.half() for path, value in params.items()},
        **{f"noise.{i}": value.half() for i, value in enumerate(noise)},
        **{"inputs": inputs.half(), "probe": probe.half(), "direction": direction.half(), "styles": w, "output": output},
        **gradients(params, loss, "gradient"),
        "gradient.inputs": torch.autograd.grad(loss, inputs, retain_graph=True)[0],
        **{"path.lengths": lengths, "path.penalty": penalty, "path.target": exact(torch.tensor(target))},
        **gradients(params, penalty, "path.gradient"),
    }


def discriminator_case(config):
    """Scores of pictures, and R1 with its gradient in the weights (Mescheder et al. 2018, equation 9)."""
    sizes = {key: config[key] for key in ("genres", "widths", "base", "stages")}
    params = draw(discriminator_shapes(**sizes))
    layers, condition = layers_of(params), conditions(*CONDITIONS)
    height, width = (side * 2 ** config["stages"] for side in config["base"])
    images = image(len(condition), 3, height, width).requires_grad_()
    output = judge(layers, images, condition, config)
    probe = exact(torch.randn_like(output))
    loss = (output * probe).sum()
    (slopes,) = torch.autograd.grad(output.sum(), images, create_graph=True)
    penalty = slopes.square().sum((1, 2, 3)).mean() / 2
    return {
        **{"params." + path: value.half() for path, value in params.items()},
        **{"images": images.half(), "condition": condition.half(), "probe": probe.half(), "output": output},
        **gradients(params, loss, "gradient"),
        "gradient.images": torch.autograd.grad(loss, images, retain_graph=True)[0],
        "r1.penalty": penalty,
        **gradients(params, penalty, "r1.gradient"),
    }


def differentiated(function, **inputs):
    """A function's output, and the gradients of sum(output * probe) in its inputs."""
    for value in inputs.values():
        value.requires_grad_()
    output = function(**inputs)
    probe = exact(torch.randn_like(output))
    (output * probe).sum().backward()
    given = {name: value.half() for name, value in inputs.items()}
    return {**given, "probe": probe.half(), "output": output, **{"gradient." + name: value.grad for name, value in inputs.items()}}


def main(folder):
    torch.manual_seed(SEED)
    about = {"torch": torch.__version__, "script": "tests/golden/make_stylegan2_goldens.py", "seed": SEED}
    write = lambda name, tensors, config: write_safetensors(
        folder / f"{name}.safetensors", tensors, {**about, "config": json.dumps(config, separators=(",", ":"))})

    blurred = {}
    for name, function in (("up", upsample), ("down", downsample)):
        values = differentiated(function, x=image(2, 3, 6, 4))
        blurred.update({f"{name}.{key}": value for key, value in values.items()})
    write("blur", blurred, {"filter": FILTER})

    parts = {}
    normal = lambda *shape: exact(torch.randn(*shape, dtype=torch.float64))
    for name, kernel, doubles in (("plain", normal(5, 4, 3, 3), False), ("doubling", normal(4, 5, 3, 3), True)):
        function = lambda x, kernel, factors: modulated(x, kernel, factors, doubles=doubles)
        values = differentiated(function, x=image(3, 4, 4, 6), kernel=kernel, factors=normal(3, 4))
        parts.update({f"{name}.{key}": value for key, value in values.items()})
    for name, count, group in (("two groups", 8, 4), ("all", 3, 3)):
        values = differentiated(lambda x: minibatch_deviation(x, group), x=normal(count, 3, 2, 5))
        parts.update({f"{name}.{key}": value for key, value in values.items()})
    write("stylegan2_parts", parts, {})

    shared = {"genres": 3, "widths": [6, 6, 3], "base": [3, 2], "stages": 2}
    generator = {**shared, "latent": 4, "style": 5, "mapping": 2}
    write("stylegan2_generator", generator_case(generator), generator)
    discriminator = {**shared, "group": 2}
    write("stylegan2_discriminator", discriminator_case(discriminator), discriminator)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
