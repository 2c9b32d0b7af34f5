"""Makes optimizers.json: what PyTorch's optimizers do to two weights over 25 steps.

    python tests/training/reference/optimizers.py > tests/training/reference/optimizers.json

Run with torch 2.13.0 (CPU). The gradients are kept in the file, so the test needs no random numbers of PyTorch's.
RMSProp runs with an epsilon of 1e-20, because PyTorch adds it outside the root and TensorFlow inside.
"""
import json
import math

import torch

STEPS = 25
SHAPES = {"matrix": [3, 2], "bias": [4]}


def cosine(step):
    return 0.5 * (1 + math.cos(math.pi * step / STEPS))


CASES = {
    "adam": (lambda p: torch.optim.Adam(p, lr=0.05), {"kind": "adam"}, 0.05, None),
    "adam under a cosine rate": (
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3),
        {"kind": "adam", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3},
        0.05,
        cosine,
    ),
    "adamw under a cosine rate": (
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
        {"kind": "adamw", "weightDecay": 0.1},
        0.05,
        cosine,
    ),
    "sgd": (lambda p: torch.optim.SGD(p, lr=0.1), {"kind": "sgd"}, 0.1, cosine),
    "sgd with momentum": (
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        {"kind": "momentum", "momentum": 0.9},
        0.1,
        cosine,
    ),
    "rmsprop with momentum": (
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.5, eps=1e-20),
        {"kind": "rmsprop", "decay": 0.9, "momentum": 0.5, "epsilon": 1e-20},
        0.01,
        None,
    ),
    "adam clipped to a norm of 1": (lambda p: torch.optim.Adam(p, lr=0.05), {"kind": "adam"}, 0.05, None, 1.0),
}


def main():
    torch.manual_seed(1)
    initial = {name: torch.randn(shape) for name, shape in SHAPES.items()}
    gradients = [{name: torch.randn(shape) * 2 ** ((s % 5) - 2) for name, shape in SHAPES.items()} for s in range(STEPS)]
    flat = lambda tensors: {name: tensor.flatten().tolist() for name, tensor in tensors.items()}
    cases = []
    for name, (make, optimizer, rate, schedule, *clip) in CASES.items():
        weights = {key: value.clone().requires_grad_() for key, value in initial.items()}
        torch_optimizer = make(list(weights.values()))
        trace = []
        for step in range(STEPS):
            factor = 1.0 if schedule is None else schedule(step)
            for group in torch_optimizer.param_groups:
                group["lr"] = rate * factor
            for key, weight in weights.items():
                weight.grad = gradients[step][key].clone()
            if clip:
                torch.nn.utils.clip_grad_norm_(list(weights.values()), clip[0], error_if_nonfinite=True)
            torch_optimizer.step()
            if step in (0, 9, STEPS - 1):
                trace.append({"step": step, "weights": flat({k: w.detach() for k, w in weights.items()})})
        cases.append({
            "name": name,
            "optimizer": optimizer,
            "learningRate": rate,
            "cosine": schedule is not None,
            "clipNorm": clip[0] if clip else None,
            "trace": trace,
        })
    print(json.dumps({
        "torch": torch.__version__,
        "steps": STEPS,
        "shapes": SHAPES,
        "initial": flat(initial),
        "gradients": [flat(g) for g in gradients],
        "cases": cases,
    }))


main()
