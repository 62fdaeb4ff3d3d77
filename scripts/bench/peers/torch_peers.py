"""PyTorch three ways: members one by one, in processes of one thread each, and all in one batched matmul.

Adam is `fused=True` throughout: up to twice as fast as `foreach`. One member's epoch is gathered at once
(faster than a gather per step); for the batched ensemble that is no faster and takes k times the memory.
"""

import multiprocessing
import platform

import numpy as np
import torch
from torch.nn import functional

from ways import BLOCKS, fastest, in_blocks, in_blocks_by_threads, thread_pool
from workload import LEARNING_RATE, he_uniform


def network(random, workload):
    blocks = [torch.nn.Unflatten(1, (1, workload.side, workload.side))] if workload.convolutions else []
    for index, (w, b) in enumerate(workload.draw_layers(random)):
        dense = w.ndim == 2
        layer = torch.nn.Linear(*w.shape) if dense else torch.nn.Conv2d(w.shape[1], w.shape[0], 3)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(w.T if dense else w))
            layer.bias.copy_(torch.from_numpy(b))
        if dense and index == len(workload.convolutions) > 0:
            blocks.append(torch.nn.Flatten())
        blocks += [layer, torch.nn.ReLU(inplace=True)]
        if not dense:
            blocks.append(torch.nn.MaxPool2d(2))
    return torch.nn.Sequential(*blocks[:-1])


def gather(values, rows):
    """values[n, ...], rows i32[...] → [*rows, ...]."""
    return values.index_select(0, rows.reshape(-1)).view(*rows.shape, *values.shape[1:])


def train_one(workload, seed):
    random = np.random.default_rng(seed)
    x, y = torch.from_numpy(workload.x), torch.from_numpy(workload.y)
    batches = torch.from_numpy(workload.bagged_batches(random, 1)[0])
    model = network(random, workload)
    loss_of = functional.mse_loss if workload.regression else functional.cross_entropy
    adam = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    for rows in batches:
        for xb, yb in zip(gather(x, rows), gather(y, rows)):
            adam.zero_grad()
            loss_of(model(xb), yb).backward()
            adam.step()
    return model


class Torch:
    """Members one by one, intra-op threads."""

    def __init__(self, threads):
        torch.set_num_threads(threads)
        self.threads = threads
        self.predict_ways = None

    def versions(self):
        return {"python": platform.python_version(), "torch": torch.__version__}

    def prepare(self):
        self.train([0, 0])

    def train(self, seed):
        self.models = [train_one(self.workload, [*seed, member]) for member in range(self.workload.members)]

    @torch.inference_mode()
    def final_loss(self):
        x = torch.from_numpy(self.workload.x)
        return float(np.mean([self.workload.mean_loss(model(x)) for model in self.models]))

    def predict(self, x, message):
        """All rows at once or in blocks, the threads together or a block each: the fastest, once they were tried."""
        if self.predict_ways is None:
            self.predict_ways = self.ways(x)
            self.best = fastest(self.predict_ways)
        return self.predict_ways[self.best]()

    def variant(self):
        return self.best

    def ways(self, x):
        pool = thread_pool(self.threads)
        name = lambda block: "all rows" if block is None else f"{block} rows"
        together = {
            f"{name(block)}, threads together": lambda b=block: self.with_threads(
                self.threads, lambda: in_blocks(self.predict_rows, x, b)
            )
            for block in BLOCKS
        }
        apart = {
            f"{name(block)}, a thread each": lambda b=block: self.with_threads(
                1, lambda: in_blocks_by_threads(self.predict_rows, x, b, pool)
            )
            for block in BLOCKS[1:]
        }
        return together | apart

    def with_threads(self, threads, job):
        torch.set_num_threads(threads)
        return job()

    def predict_rows(self, rows):
        with torch.inference_mode():
            return self.mean_of(torch.from_numpy(rows)).numpy()

    def mean_of(self, x):
        outputs = [model(x) for model in self.models]
        if not self.workload.regression:
            outputs = [output.softmax(1) for output in outputs]
        return torch.stack(outputs).mean(0)


def start_process():
    torch.set_num_threads(1)


def train_in_process(workload, seed):
    return [parameter.detach().numpy() for parameter in train_one(workload, seed).parameters()]


class TorchProcesses(Torch):
    """One thread in each process, members handed out one at a time; the weights come back as arrays."""

    def __init__(self, threads):
        super().__init__(threads)
        self.processes = multiprocessing.get_context("spawn").Pool(threads, start_process)

    def train(self, seed):
        jobs = [(self.workload, [*seed, member]) for member in range(self.workload.members)]
        results = self.processes.starmap(train_in_process, jobs, chunksize=1)
        self.models = [network(np.random.default_rng(0), self.workload) for _ in results]
        with torch.no_grad():
            for model, arrays in zip(self.models, results):
                for parameter, array in zip(model.parameters(), arrays):
                    parameter.copy_(torch.from_numpy(array))


class TorchBatched(Torch):
    """All members in one `baddbmm` per layer: parameters w [k, inputs, outputs] and b [k, 1, outputs]."""

    def train(self, seed):
        workload, k = self.workload, self.workload.members
        assert not workload.convolutions, "written for dense networks"
        random = np.random.default_rng(seed)
        x, y = torch.from_numpy(workload.x), torch.from_numpy(workload.y)
        # [epochs, steps, k, batch], so that a step's rows lie together after the gather.
        batches = workload.bagged_batches(random, k).transpose(1, 2, 0, 3)
        self.layers = [
            (torch.from_numpy(w).requires_grad_(), torch.from_numpy(b).unsqueeze(1).requires_grad_())
            for w, b in he_uniform(random, workload.sizes, k)
        ]
        adam = torch.optim.Adam([p for layer in self.layers for p in layer], lr=LEARNING_RATE, fused=True)
        loss_of = functional.mse_loss if workload.regression else functional.cross_entropy
        for rows in torch.from_numpy(np.ascontiguousarray(batches)):
            for step in rows:
                xb, yb = gather(x, step), gather(y, step)
                adam.zero_grad()
                # Summed over members, averaged over the batch: each member's own gradient.
                loss = loss_of(self.forward(xb).flatten(0, 1), yb.flatten(0, 1), reduction="sum")
                (loss / workload.batch).backward()
                adam.step()

    def forward(self, h, members=slice(None)):
        for w, b in self.layers[:-1]:
            h = torch.baddbmm(b[members], h, w[members]).relu_()
        w, b = self.layers[-1]
        return torch.baddbmm(b[members], h, w[members])

    @torch.inference_mode()
    def final_loss(self):
        x = torch.from_numpy(self.workload.x)[None]
        members = [slice(member, member + 1) for member in range(self.workload.members)]
        return float(np.mean([self.workload.mean_loss(self.forward(x, one)[0]) for one in members]))

    def mean_of(self, x):
        outputs = self.forward(x.expand(self.workload.members, -1, -1))
        return (outputs if self.workload.regression else outputs.softmax(2)).mean(0)
