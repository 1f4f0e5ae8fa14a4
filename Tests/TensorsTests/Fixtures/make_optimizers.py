"""Writes optimizers.json: what torch.optim and its schedules do in 50 random steps. Run with PyTorch; printed version is recorded."""

import json
import pathlib

import torch
from torch.optim import lr_scheduler as schedules

STEPS = 50
generator = torch.Generator().manual_seed(20)
start = [round(v, 3) for v in torch.randn(3, generator=generator).tolist()]
gradients = [[round(v, 3) for v in torch.randn(3, generator=generator).tolist()] for _ in range(STEPS)]
skipped = [3, 4, 17]  # steps in which the parameter gets no gradient

OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.5, 0.999)),
    "adam, decay": lambda p: torch.optim.Adam(p, lr=0.02, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.02),
    "sgd, momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.01),
    "sgd, nesterov": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.01, nesterov=True),
}


def optimized(make):
    w = torch.tensor(start, requires_grad=True)
    optimizer = make([w])
    values = []
    for step, gradient in enumerate(gradients):
        w.grad = None if step in skipped else torch.tensor(gradient)
        optimizer.step()
        if (step + 1) % 10 == 0 or step == 0:
            values.append(w.tolist())
    return values


def scheduled(make, observe=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    factors = []
    for step in range(STEPS):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(observe[step]) if observe else schedule.step()
    return factors


metrics = [round(1 / (1 + 0.1 * i) + v, 3)
           for i, v in enumerate((0.1 * torch.randn(STEPS, generator=generator)).tolist())]
SCHEDULES = {
    # Constant for 20 epochs, then down to 0 over 25.
    "linearDecay": scheduled(lambda o: schedules.SequentialLR(
        o, [schedules.ConstantLR(o, 1.0), schedules.LinearLR(o, 1.0, 0.0, total_iters=25)], milestones=[20])),
    "multiStep": scheduled(lambda o: schedules.ChainedScheduler(
        [schedules.LinearLR(o, 0.1, 1.0, total_iters=10), schedules.MultiStepLR(o, [15, 30], gamma=0.5)])),
    "inverse": scheduled(lambda o: schedules.LambdaLR(o, lambda step: 1 / (1 + 0.05 * step))),
    "plateau": scheduled(lambda o: schedules.ReduceLROnPlateau(o, factor=0.5, patience=2, threshold=0.05), metrics),
}

print(f"torch {torch.__version__}")
text = json.dumps({
    "torch": torch.__version__, "start": start, "gradients": gradients, "skipped": skipped, "metrics": metrics,
    "optimizers": {name: optimized(make) for name, make in OPTIMIZERS.items()}, "schedules": SCHEDULES})
pathlib.Path(__file__).with_name("optimizers.json").write_text(text + "\n")
