"""Python's side of colorizer.sh: makes an input, and runs the documentation's network on it with the weights of both formats."""

import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

TOLERANCE = 1e-5


def network():
    model = nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(),
        nn.Conv2d(16, 3, 3, padding=1), nn.Tanh())
    return nn.ModuleDict({"model": model})


def compare(folder, source, *outputs):
    x = load_file(source)["tensor"]
    expected = None
    largest = 0.0
    for state in (load_file(f"{folder}/colorizer.safetensors"),
                  torch.load(f"{folder}/colorizer.pth", weights_only=True)):
        net = network()
        net.load_state_dict(state)
        with torch.inference_mode():
            y = net["model"](x)
        if expected is not None and not torch.equal(y, expected):
            sys.exit("the two formats hold different weights")
        expected = y
    if expected.std() < 1e-3:
        sys.exit("the network's output is flat: nothing would be compared")
    for path in outputs:
        ours = load_file(path)["tensor"]
        if ours.shape != expected.shape:
            sys.exit(f"{path}: has the shape {list(ours.shape)}, expected {list(expected.shape)}")
        largest = max(largest, (ours - expected).abs().max().item())
    print(f"torch {torch.__version__}: largest difference of {expected.numel()} outputs {largest:.3g}")
    if not largest <= TOLERANCE:
        sys.exit(f"that is more than {TOLERANCE}")


def weights(first, second, limit=5e-3):
    """Sums over two processes are rounded otherwise, which Adam amplifies where gradients are tiny."""
    a, b = load_file(first), load_file(second)
    largest = max((a[name] - b[name]).abs().max().item() for name in a)
    print(f"two processes beside one: largest difference of the weights {largest:.3g}")
    if a.keys() != b.keys() or not largest <= limit:
        sys.exit(f"that is more than {limit}")


if sys.argv[1] == "input":
    generator = torch.Generator().manual_seed(1)
    save_file({"tensor": torch.rand(2, 1, 48, 64, generator=generator) * 2 - 1}, sys.argv[2])
elif sys.argv[1] == "compare":
    compare(*sys.argv[2:])
else:
    weights(*sys.argv[2:])
