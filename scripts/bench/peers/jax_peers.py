"""JAX three ways: `jit` one member at a time, `jit(vmap)` over members, and vmap halves on host devices of their own.

A whole training is one compiled call: `lax.scan` over epochs and steps, Adam by hand. Which of two ways
of reading the rows is faster (a gather per step, or one per epoch) depends on the workload, so `prepare`
compiles and times both and keeps the better. Unrolling the scan by four was not faster on any workload.
"""

import math
import os
import platform
import sys
import time

# Must be set before jax is imported. Host devices run beside each other, one thread each.
if sys.argv[1:2] == ["jax-pmap"]:
    devices = f"--xla_force_host_platform_device_count={sys.argv[2]}"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {devices}".strip()

import jax
import jax.numpy as jnp
import jaxlib
import numpy as np
from jax import lax

from workload import LEARNING_RATE

GATHERS = ("step", "epoch")


def forward(layers, h):
    for w, b in layers[:-1]:
        h = convolved(h, w, b) if w.ndim == 4 else jax.nn.relu(h @ w + b)
    w, b = layers[-1]
    return h.reshape(len(h), -1) @ w + b


def convolved(h, w, b):
    """A 3x3 convolution, ReLU and a max pooling of 2; rows of pixels become square images first."""
    if h.ndim == 2:
        side = math.isqrt(h.shape[1])
        h = h.reshape(-1, 1, side, side)
    h = jax.nn.relu(lax.conv_general_dilated(h, w, (1, 1), "VALID") + b[:, None, None])
    return lax.reduce_window(h, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def loss_of(layers, x, y, regression):
    raw = forward(layers, x)
    if regression:
        return jnp.mean((raw - y) ** 2)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(raw), y[:, None], 1))


def adam(state, gradient):
    layers, mean, square, count = state
    count = count + 1
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
    square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, gradient)
    scale_m, scale_v = 1 / (1 - 0.9**count), 1 / (1 - 0.999**count)
    layers = jax.tree.map(
        lambda p, m, v: p - LEARNING_RATE * (m * scale_m) / (jnp.sqrt(v * scale_v) + 1e-8), layers, mean, square
    )
    return layers, mean, square, count


def trainer(regression, gather):
    """train(layers, batches i32[epochs, steps, batch], x, y) → layers, of one member."""

    def train(layers, batches, x, y):
        def step(state, batch):
            xb, yb = (x[batch], y[batch]) if gather == "step" else batch
            return adam(state, jax.grad(loss_of)(state[0], xb, yb, regression)), None

        def epoch(state, rows):
            return lax.scan(step, state, rows if gather == "step" else (x[rows], y[rows]))

        zeros = jax.tree.map(jnp.zeros_like, layers)
        return lax.scan(epoch, (layers, zeros, zeros, jnp.float32(0)), batches)[0][0]

    return train


class Jax:
    """One member at a time."""

    def __init__(self, threads):
        self.threads = threads

    def versions(self):
        return {"python": platform.python_version(), "jax": jax.__version__, "jaxlib": jaxlib.__version__}

    def compile(self, gather):
        return jax.jit(trainer(self.workload.regression, gather))

    def prepare(self):
        workload = self.workload
        self.x = jnp.asarray(workload.x)
        self.y = jnp.asarray(workload.y, jnp.float32 if workload.regression else jnp.int32)
        gathers = GATHERS[:1] if workload.frugal else GATHERS
        compiled = {gather: self.compile(gather) for gather in gathers}
        first, seconds = {}, {}
        for gather, self.run in compiled.items():
            first[gather] = self.timed()
            seconds[gather] = min(self.timed(), self.timed())
        best = min(gathers, key=seconds.get)
        self.run = compiled[best]
        self.raw = jax.jit(forward)
        return {"compileSeconds": first[best] - seconds[best], "variant": f"gather per {best}"}

    def timed(self):
        start = time.perf_counter()
        self.train([0, 0])
        return time.perf_counter() - start

    def draw(self, seed):
        random = np.random.default_rng(seed)
        k = self.workload.members
        return self.workload.draw_layers(random, k), self.workload.bagged_batches(random, k)

    def train(self, seed):
        layers, batches = self.draw(seed)
        members = [
            self.run([(w[i], b[i]) for w, b in layers], batches[i], self.x, self.y)
            for i in range(self.workload.members)
        ]
        self.members = jax.block_until_ready(members)

    def final_loss(self):
        return float(np.mean([self.workload.mean_loss(self.raw(member, self.x)) for member in self.members]))


class JaxVmap(Jax):
    """All members at once: every array of a member has a leading axis of k."""

    def compile(self, gather):
        return jax.jit(jax.vmap(trainer(self.workload.regression, gather), in_axes=(0, 0, None, None)))

    def train(self, seed):
        layers, batches = self.draw(seed)
        stacked = jax.block_until_ready(self.run(layers, batches, self.x, self.y))
        self.members = [[(w[i], b[i]) for w, b in stacked] for i in range(self.workload.members)]


class JaxPmap(Jax):
    """One host device per thread, each a vmap over its share of the members."""

    def compile(self, gather):
        one = jax.vmap(trainer(self.workload.regression, gather), in_axes=(0, 0, None, None))
        return jax.pmap(one, in_axes=(0, 0, None, None))

    def prepare(self):
        assert self.workload.members % self.threads == 0, "members must divide over the devices"
        return super().prepare()

    def train(self, seed):
        split = lambda a: a.reshape(self.threads, -1, *a.shape[1:])
        layers, batches = jax.tree.map(split, self.draw(seed))
        stacked = jax.block_until_ready(self.run(layers, batches, self.x, self.y))
        self.stacked = stacked

    def final_loss(self):
        join = lambda a: np.asarray(a).reshape(-1, *a.shape[2:])
        stacked = jax.tree.map(join, self.stacked)
        self.members = [[(w[i], b[i]) for w, b in stacked] for i in range(self.workload.members)]
        return super().final_loss()
