"""The measurements of torch-benchmark with PyTorch: `name <tab> seconds`, the median of several."""

import os
import sys
import time

import torch
from torch import nn

HEIGHT, WIDTH = 128, 256


def seconds(rounds, body):
    body()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return sorted(times)[rounds // 2]


def report(name, value):
    print(f"{name}\t{value:.9f}", flush=True)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels), nn.ReLU(True),
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels))

    def forward(self, x):
        return x + self.conv_block(x)


def generator(inputs=36, width=64, downsamplings=4, blocks=9):
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7), nn.InstanceNorm2d(width), nn.ReLU(True)]
    channels = width
    for _ in range(downsamplings):
        layers += [nn.Conv2d(channels, 2 * channels, 3, 2, 1), nn.InstanceNorm2d(2 * channels), nn.ReLU(True)]
        channels *= 2
    layers += [Block(channels) for _ in range(blocks)]
    for _ in range(downsamplings):
        layers += [nn.ConvTranspose2d(channels, channels // 2, 3, 2, 1, 1), nn.InstanceNorm2d(channels // 2),
                   nn.ReLU(True)]
        channels //= 2
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
    return nn.Sequential(*layers)


@torch.inference_mode()
def overhead():
    x, y = torch.ones(2, 2), torch.ones(2, 2)
    picture, kernel = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
    count = 20_000

    def each(name, body):
        def loop():
            for _ in range(count):
                body()
        report(f"overhead {name}", seconds(7, loop) / count)

    each("add", lambda: x + y)
    each("add scalar", lambda: x + 1.5)
    each("relu", lambda: x.relu())
    each("reshape", lambda: x.reshape(4))
    each("select", lambda: x[0])
    each("sum over a dimension", lambda: x.sum(1))
    each("conv2d", lambda: nn.functional.conv2d(picture, kernel, padding=1))
    with torch.inference_mode(False):
        w = torch.ones(2, 2, requires_grad=True)
        z = torch.ones(2, 2)
        each("mul with gradient", lambda: w * z)


@torch.inference_mode()
def peak():
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
    report("sgemm 2048", seconds(9, lambda: a @ b))


def parts():
    def each(name, layer, *shape):
        x = torch.randn(*shape)
        with torch.inference_mode():
            report(f"{name} forward", seconds(9, lambda: layer(x)))
        leaf = torch.randn(*shape, requires_grad=True)

        def both():
            leaf.grad = None
            y = layer(leaf)
            y.backward(y.detach())
        report(f"{name} forward and backward", seconds(9, both))

    each("conv 7x7 36-64 at 256x128", nn.Conv2d(36, 64, 7, padding=3), 1, 36, 128, 256)
    each("conv 3x3 stride 2 64-128", nn.Conv2d(64, 128, 3, 2, 1), 1, 64, 128, 256)
    each("conv 3x3 1024 at 16x8", nn.Conv2d(1024, 1024, 3), 1, 1024, 10, 18)
    each("transposed 1024-512 at 16x8", nn.ConvTranspose2d(1024, 512, 3, 2, 1, 1), 1, 1024, 8, 16)
    each("transposed 128-64 at 128x64", nn.ConvTranspose2d(128, 64, 3, 2, 1, 1), 1, 128, 64, 128)
    each("conv 7x7 64-3 at 256x128", nn.Conv2d(64, 3, 7), 1, 64, 134, 262)
    each("instance norm 64 at 256x128", nn.InstanceNorm2d(64), 1, 64, 128, 256)
    each("relu 64 at 256x128", nn.ReLU(), 1, 64, 128, 256)
    each("reflection pad 64 at 256x128", nn.ReflectionPad2d(3), 1, 64, 128, 256)


@torch.inference_mode()
def inference():
    network, x = generator().eval(), torch.randn(1, 36, HEIGHT, WIDTH)
    report("generator inference", seconds(9, lambda: network(x)))


def step():
    # PyTorch's default first; its one-pass Adam, which users must ask for, for a fair look at the rest.
    for suffix, fused in [("", None), (", fused Adam", True)]:
        network = generator()
        optimizer = torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=fused)
        x, real = torch.randn(1, 36, HEIGHT, WIDTH), torch.randn(1, 3, HEIGHT, WIDTH)

        def one():
            optimizer.zero_grad()
            nn.functional.l1_loss(network(x), real).backward()
            optimizer.step()
        report("generator training step" + suffix, seconds(7, one))
        for parameter in network.parameters():
            parameter.grad = torch.ones_like(parameter)
        report("adam step" + suffix, seconds(7, optimizer.step))


def detector():
    from torchvision.models.detection import MaskRCNN
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
    from torchvision.ops.misc import FrozenBatchNorm2d

    backbone = resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=FrozenBatchNorm2d, trainable_layers=3)
    network = MaskRCNN(
        backbone, 91, min_size=600, max_size=800, rpn_post_nms_top_n_train=1000, rpn_pre_nms_top_n_test=1000,
        rpn_post_nms_top_n_test=1000)
    x = [torch.rand(3, 600, 800)]
    network.eval()
    with torch.inference_mode():
        report("detector inference", seconds(5, lambda: network(x)))
    network.train()
    boxes = torch.tensor([[40., 50, 240, 350], [300, 100, 420, 260], [500, 300, 780, 560], [100, 400, 180, 480]])
    masks = torch.zeros(4, 600, 800, dtype=torch.uint8)
    for mask, box in zip(masks, boxes.int().tolist()):
        mask[box[1]:box[3], box[0]:box[2]] = 1
    target = [{"boxes": boxes, "labels": torch.arange(1, 5), "masks": masks}]
    trained = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=1e-5, momentum=0.9)

    def one():
        optimizer.zero_grad()
        sum(network(x, target).values()).backward()
        optimizer.step()
    report("detector training step", seconds(5, one))


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("THREADS", "2")))
    print(f"version {torch.__version__.split('+')[0]}\t0")
    wanted = sys.argv[1:] or ["overhead", "peak", "parts", "inference", "step", "detector"]
    for name in wanted:
        globals()[name]()
