"""What every Python peer shares: a workload's rows, bagging by index, He initialisation, the loss.

The Node side wrote the rows (workloads.ts); here they are only read. Imports numpy and nothing else,
so that a peer pays at start-up for its own library alone.
"""

import math
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
        # Filters of 3x3 convolutions, each with a ReLU and a max pooling of 2; the input is then a square image.
        self.convolutions = spec.get("convolutions", [])
        self.side = math.isqrt(self.sizes[0])
        self.batch, self.members, self.epochs = spec["batch"], spec["members"], spec["epochs"]
        self.steps = self.rows // self.batch
        assert self.steps * self.batch == self.rows, "rows must be a multiple of the batch"
        self.x = np.fromfile(folder / "x.f32", np.float32).reshape(self.rows, self.sizes[0])
        if self.regression:
            self.y = np.fromfile(folder / "y.f32", np.float32).reshape(self.rows, self.sizes[-1])
        else:
            self.y = np.fromfile(folder / "y.i32", np.int32).astype(np.int64)

    def draw_layers(self, random, members=None):
        """He-uniform layers from input to output: convolutions w f32[(members,) filters, channels, 3, 3], then dense."""
        layers, channels, side = [], 1, self.side
        for filters in self.convolutions:
            layers.append(he_uniform_layer(random, (filters, channels, 3, 3), channels * 9, filters, members))
            channels, side = filters, (side - 2) // 2
        inputs = channels * side * side if self.convolutions else self.sizes[0]
        return layers + he_uniform(random, [inputs, *self.sizes[1:]], members)

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
    return [
        he_uniform_layer(random, (inputs, outputs), inputs, outputs, members)
        for inputs, outputs in zip(sizes, sizes[1:])
    ]


def he_uniform_layer(random, shape, fan_in, outputs, members):
    lead = () if members is None else (members,)
    bound = np.float32((6 / fan_in) ** 0.5)
    w = random.random(lead + shape, dtype=np.float32) * (2 * bound) - bound
    return w, np.zeros(lead + (outputs,), np.float32)
