"""What every Python peer shares: a workload's rows, bagging by index, He initialisation, the loss.

The Node side wrote the rows (workloads.ts); here they are only read. Imports numpy and nothing else,
so that a peer pays at start-up for its own library alone.
"""

from pathlib import Path

import numpy as np

LEARNING_RATE = 1e-3


class Workload:
    """x: f32[rows, features]; y: i64[rows] class indices, or f32[rows, outputs] for regression."""

    def __init__(self, message):
        spec = message["workload"]
        folder = Path(message["folder"])
        self.frugal = message["frugal"]
        self.regression = spec["task"] == "regression"
        self.rows, self.sizes = spec["rows"], spec["sizes"]
        self.batch, self.members, self.epochs = spec["batch"], spec["members"], spec["epochs"]
        self.steps = self.rows // self.batch
        assert self.steps * self.batch == self.rows, "rows must be a multiple of the batch"
        self.x = np.fromfile(folder / "x.f32", np.float32).reshape(self.rows, self.sizes[0])
        if self.regression:
            self.y = np.fromfile(folder / "y.f32", np.float32).reshape(self.rows, self.sizes[-1])
        else:
            self.y = np.fromfile(folder / "y.i32", np.int32).astype(np.int64)

    def bagged_batches(self, random, members):
        """Row indices i32[members, epochs, steps, batch]: one bootstrap per member, shuffled every epoch."""
        bootstrap = random.integers(self.rows, size=(members, self.rows), dtype=np.int32)
        epochs = [random.permuted(bootstrap, axis=1) for _ in range(self.epochs)]
        return np.stack(epochs, 1).reshape(members, self.epochs, self.steps, self.batch)

    def mean_loss(self, raw):
        """Mean loss of one member's raw outputs f32[rows, outputs] over all original rows, in double precision."""
        raw = np.asarray(raw, np.float64)
        if self.regression:
            return float(np.mean((raw - self.y) ** 2))
        raw = raw - raw.max(1, keepdims=True)
        return float(np.mean(np.log(np.exp(raw).sum(1)) - raw[np.arange(self.rows), self.y]))


def he_uniform(random, sizes, members=None):
    """[(w f32[(members,) inputs, outputs], b f32[(members,) outputs])]: uniform ±√(6/inputs), biases zero."""
    lead = () if members is None else (members,)
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        bound = np.float32((6 / inputs) ** 0.5)
        w = random.random(lead + (inputs, outputs), dtype=np.float32) * (2 * bound) - bound
        layers.append((w, np.zeros(lead + (outputs,), np.float32)))
    return layers
