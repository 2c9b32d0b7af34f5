"""The PyTorch side of benches/train.ts: the same layers, batch and data, as a careful PyTorch user would write them.

Reads one JSON request a line and answers each with one JSON line:
{"model": "mlp" | "conv", "variant": {"layout": …, "adam": …, "compile": …}, "steps": n} -> {"seconds": …, "loss": …}
Arguments: the file of pictures (uint8, 28 by 28, one after the other) and the number of threads.
"""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH = 128
LATENT = 20


class Mlp(nn.Module):
    """784-400-20."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mu = nn.Linear(400, LATENT)
        self.logvar = nn.Linear(400, LATENT)
        self.back = nn.Linear(LATENT, 400)
        self.logits = nn.Linear(400, 784)

    def forward(self, x, noise):
        h = F.relu(self.hidden(x.flatten(1)))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + (logvar * 0.5).exp() * noise
        return self.logits(F.relu(self.back(z))).view_as(x), mu, logvar


class Conv(nn.Module):
    """32-64-256-20, strided 3 by 3 convolutions."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.hidden = nn.Linear(3136, 256)
        self.mu = nn.Linear(256, LATENT)
        self.logvar = nn.Linear(256, LATENT)
        self.back1 = nn.Linear(LATENT, 256)
        self.back2 = nn.Linear(256, 3136)
        self.up1 = nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(32, 1, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x, noise):
        h = F.relu(self.conv1(x))
        h = F.relu(self.conv2(h)).flatten(1)
        h = F.relu(self.hidden(h))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + (logvar * 0.5).exp() * noise
        h = F.relu(self.back2(F.relu(self.back1(z)))).view(-1, 64, 7, 7)
        return self.up2(F.relu(self.up1(h))), mu, logvar


def loss_of(model, x, noise):
    logits, mu, logvar = model(x, noise)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum()
    return (reconstruction + kl) / x.shape[0]


class Contestant:
    """A model in one variant, trained on as it is timed."""

    def __init__(self, name, variant, pictures):
        torch.manual_seed(1)
        self.pictures = pictures
        model = {"mlp": Mlp, "conv": Conv}[name]()
        self.layout = torch.channels_last if variant["layout"] == "channels_last" else torch.contiguous_format
        if name == "conv":
            model = model.to(memory_format=self.layout)
        self.convolutional = name == "conv"
        self.model = model.train()
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=variant["adam"] == "fused")
        self.loss = torch.compile(loss_of) if variant["compile"] else loss_of
        self.order = torch.randperm(len(pictures))
        self.at = 0

    def step(self):
        if self.at + BATCH > len(self.pictures):
            self.order, self.at = torch.randperm(len(self.pictures)), 0
        x = self.pictures[self.order[self.at : self.at + BATCH]].to(torch.float32).div_(255)
        if self.convolutional:
            x = x.contiguous(memory_format=self.layout)
        self.at += BATCH
        loss = self.loss(self.model, x, torch.randn(BATCH, LATENT))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def main():
    path, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    data = bytearray(open(path, "rb").read())
    pictures = torch.frombuffer(data, dtype=torch.uint8).view(-1, 1, 28, 28)
    contestants = {}
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        key = json.dumps([request["model"], request["variant"]])
        if key not in contestants:
            contestants[key] = Contestant(request["model"], request["variant"], pictures)
            for _ in range(10):
                contestants[key].step()
        contestant = contestants[key]
        start = time.perf_counter()
        loss = math.nan
        for _ in range(request["steps"]):
            loss = contestant.step()
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss}), flush=True)


main()
