"""The cold job in PyTorch, as a user would write it: `python digits_torch.py data/digits.csv 2 weights.pt`.

Reads the CSV, trains 16 bagged members of one hidden layer of 64 for 40 epochs, batched over members,
and saves the weights. Its whole process is timed against tutti's command line.
"""

import sys

import numpy as np
import torch
from torch.nn import functional

MEMBERS, HIDDEN, EPOCHS, BATCH = 16, 64, 40, 32


def main(csv, threads, out):
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    table = np.loadtxt(csv, np.float32, delimiter=",", skiprows=1)
    x, y = torch.from_numpy(table[:, :-1]), torch.from_numpy(table[:, -1].astype(np.int64))
    x = (x - x.mean(0)) / x.std(0).clamp_min(1e-6)
    rows, sizes = len(x), [x.shape[1], HIDDEN, int(y.max()) + 1]

    parameters = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        bound = (6 / inputs) ** 0.5
        parameters.append(torch.empty(MEMBERS, inputs, outputs).uniform_(-bound, bound).requires_grad_())
        parameters.append(torch.zeros(MEMBERS, 1, outputs, requires_grad=True))
    w1, b1, w2, b2 = parameters
    adam = torch.optim.Adam(parameters, lr=1e-3, fused=True)

    bootstrap = torch.randint(rows, (MEMBERS, rows))
    for _ in range(EPOCHS):
        order = bootstrap.gather(1, torch.rand(MEMBERS, rows).argsort(1))
        total = 0.0
        for batch in order.split(BATCH, dim=1):
            adam.zero_grad()
            raw = torch.baddbmm(b2, torch.baddbmm(b1, x[batch], w1).relu(), w2)
            loss = functional.cross_entropy(raw.flatten(0, 1), y[batch].flatten(), reduction="sum")
            (loss / batch.shape[1]).backward()
            adam.step()
            total += loss.detach()
    torch.save([parameter.detach() for parameter in parameters], out)
    print(f"training loss {float(total) / rows / MEMBERS:.4f}")


main(*sys.argv[1:])
