"""Nets in PyTorch that papers recommend for tables, each by its paper's recipe: a deep ensemble (Lakshminarayanan,
Pritzel, Blundell 2017), RealMLP-TD (Holzmueller, Grinsztajn, Steinwart 2024), TabM (Gorishniy, Kotelnikov, Babenko 2025)."""

import copy
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional


class Split:
    """A table as tensors: training rows, rows to stop on (a fifth), rows to predict; numbers of the target standardised."""

    def __init__(self, table, x, test, share=0.2):
        self.classes = table.classes
        random = np.random.default_rng(table.seed)
        order = random.permutation(len(x))
        held = int(share * len(x))
        left, own = order[:held], order[held:]
        y = table.y
        self.mean, self.std = (0.0, 1.0) if self.classes is not None else (float(y.mean()), float(y.std()))
        if self.classes is None:
            y = (y - self.mean) / self.std
        x, test = torch.tensor(x, dtype=torch.float32), torch.tensor(test, dtype=torch.float32)
        y = torch.tensor(y, dtype=torch.float32 if self.classes is None else torch.long)
        self.x, self.y, self.left, self.left_y, self.test = x[own], y[own], x[left], y[left], test
        self.outputs = 1 if self.classes is None else len(self.classes)

    def values(self, mean, variance):
        """What is predicted of numbers, in the user's units."""
        return {"mean": (mean * self.std + self.mean).numpy(), "sd": (variance.sqrt() * self.std).numpy()}


def batches(rows, size, generator):
    order = torch.randperm(rows, generator=generator)
    return (order[at : at + size] for at in range(0, rows, size))


def trained(model, split, step, judge, epochs, size, seed, patience):
    """Epochs until `judge` finds no improvement for so long; the best weights stay. @returns the best value"""
    generator = torch.Generator().manual_seed(seed)
    best, since, kept = math.inf, 0, copy.deepcopy(model.state_dict())
    for epoch in range(epochs):
        model.train()
        for number, rows in enumerate(batches(len(split.x), size, generator)):
            step(rows, epoch, number)
        model.eval()
        with torch.no_grad():
            loss = float(judge())
        if loss < best:
            best, since, kept = loss, 0, copy.deepcopy(model.state_dict())
        else:
            since += 1
        if since >= patience:
            break
    model.load_state_dict(kept)
    model.eval()
    return best


# A deep ensemble.


def deep_ensemble(table, threads, members=10):
    torch.set_num_threads(threads)
    split = Split(table, *table.standardised())
    heads = split.outputs if split.classes is not None else 2
    answers = []
    for member in range(members):
        torch.manual_seed(table.seed * 1000 + member)
        layers = [nn.Linear(split.x.shape[1], 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, heads)]
        model = nn.Sequential(*layers)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)

        def loss(x, y, model=model):
            z = model(x)
            if split.classes is not None:
                return functional.cross_entropy(z, y)
            return functional.gaussian_nll_loss(z[:, 0], y, functional.softplus(z[:, 1]) + 1e-6)

        def step(rows, _epoch, _number, loss=loss, optimizer=optimizer):
            optimizer.zero_grad()
            loss(split.x[rows], split.y[rows]).backward()
            optimizer.step()

        trained(model, split, step, lambda loss=loss: loss(split.left, split.left_y), 200, 64, member, 20)
        with torch.no_grad():
            answers.append(model(split.test))
    if split.classes is not None:
        return {"probabilities": torch.stack([z.softmax(1) for z in answers]).mean(0).numpy()}
    means = torch.stack([z[:, 0] for z in answers])
    variances = torch.stack([functional.softplus(z[:, 1]) + 1e-6 for z in answers])
    mean = means.mean(0)
    return split.values(mean, (variances + means**2).mean(0) - mean**2)


# RealMLP with its tuned defaults.


def robust(x, test):
    """Robust scale and smooth clip of numbers; 0/1 columns as they are."""
    flags = np.all((x == 0) | (x == 1), axis=0)
    low, mid, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    spread = x.max(0) - x.min(0)
    factor = np.where(high > low, 1 / np.maximum(high - low, 1e-30), np.where(spread > 0, 2 / np.maximum(spread, 1e-30), 0))
    mid, factor = np.where(flags, 0, mid), np.where(flags, 1, factor)
    clipped = [(part - mid) * factor for part in (x, test)]
    return [np.where(flags, part, part / np.sqrt(1 + (part / 3) ** 2)) for part in clipped], ~flags


class Ntk(nn.Module):
    """A layer in the NTK's parametrisation: weights of variance one over the root of the inputs."""

    def __init__(self, inputs, units, zero=False):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, units) if zero else torch.randn(inputs, units))
        self.bias = nn.Parameter(torch.zeros(units) if zero else torch.randn(units))
        self.factor = inputs**-0.5

    def forward(self, x):
        return self.factor * (x @ self.weight) + self.bias


class Parametric(nn.Module):
    """x + a (f(x) − x) with an a for each unit, f SELU for classes and Mish for numbers."""

    def __init__(self, units, function):
        super().__init__()
        self.weight, self.function = nn.Parameter(torch.ones(units)), function

    def forward(self, x):
        return x + self.weight * (self.function(x) - x)


class Periodic(nn.Module):
    """PBLD: [x, W₂ cos(2π W₁ x + b₁) + b₂] for each number."""

    def __init__(self, numbers, frequencies=16, size=4, scale=0.1):
        super().__init__()
        self.frequency = nn.Parameter(scale * torch.randn(numbers, frequencies))
        self.phase = nn.Parameter(math.pi * (2 * torch.rand(numbers, frequencies) - 1))
        bound = frequencies**-0.5
        self.weight = nn.Parameter(bound * (2 * torch.rand(numbers, frequencies, size - 1) - 1))
        self.bias = nn.Parameter(bound * (2 * torch.rand(numbers, size - 1) - 1))

    def forward(self, x):
        waves = torch.cos(2 * math.pi * x[:, :, None] * self.frequency + self.phase)
        learned = torch.einsum("bnf,nfs->bns", waves, self.weight) + self.bias
        return torch.cat([x[:, :, None], learned], 2).flatten(1)


class RealMlp(nn.Module):
    def __init__(self, features, numbers, outputs, classes):
        super().__init__()
        self.numbers = torch.tensor(np.flatnonzero(numbers))
        self.flags = torch.tensor(np.flatnonzero(~numbers))
        self.periodic = Periodic(len(self.numbers))
        inputs = 4 * len(self.numbers) + len(self.flags)
        self.scale = nn.Parameter(torch.ones(inputs))
        function = functional.selu if classes else functional.mish
        self.hidden = nn.ModuleList([Ntk(inputs, 256), Ntk(256, 256), Ntk(256, 256)])
        self.activations = nn.ModuleList([Parametric(256, function) for _ in range(3)])
        self.head = Ntk(256, outputs, zero=True)
        self.dropout = 0.15

    def forward(self, x):
        h = torch.cat([self.periodic(x[:, self.numbers]), x[:, self.flags]], 1) * self.scale
        for layer, activation in zip(self.hidden, self.activations):
            h = functional.dropout(activation(layer(h)), self.dropout, self.training)
        return self.head(h)

    def groups(self, rate):
        matrices = [layer.weight for layer in [*self.hidden, self.head]]
        biases = [layer.bias for layer in [*self.hidden, self.head]]
        factors = [
            (matrices, 1.0, 1.0),
            (biases, 0.1, 0.0),
            ([self.scale], 6.0, 0.0),
            ([activation.weight for activation in self.activations], 0.1, 0.0),
            (list(self.periodic.parameters()), 0.1, 0.0),
        ]
        return [{"params": own, "lr": rate * factor, "factor": factor, "decays": decays} for own, factor, decays in factors]


def flat_cos(t):
    return 1.0 if t < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * t - 1)))


def real_mlp(table, threads, epochs=256, size=256):
    torch.set_num_threads(threads)
    torch.manual_seed(table.seed)
    (x, test), numbers = robust(*table.encoded())
    split = Split(table, x, test)
    classes = split.classes is not None
    rate = 0.04 if classes else 0.2
    model = RealMlp(split.x.shape[1], numbers, split.outputs, classes)
    groups = model.groups(rate)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.95), weight_decay=0)
    size = min(size, len(split.x))
    steps = math.ceil(len(split.x) / size)
    low, high = float(split.y.min()), float(split.y.max())

    def loss(z, y, smoothing=0.0):
        if classes:
            return functional.cross_entropy(z, y, label_smoothing=smoothing)
        return functional.mse_loss(z[:, 0], y)

    def step(rows, epoch, number):
        t = (epoch * steps + number) / (epochs * steps)
        factor = 0.5 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * t)))
        model.dropout = 0.15 * flat_cos(t)
        for group in optimizer.param_groups:
            group["lr"] = rate * factor * group["factor"]
            group["weight_decay"] = 2e-2 * flat_cos(t) * group["decays"]
        optimizer.zero_grad()
        loss(model(split.x[rows]), split.y[rows], 0.1).backward()
        optimizer.step()

    def judge():
        z = model(split.left)
        return (z.argmax(1) != split.left_y).float().mean() if classes else loss(z.clamp(low, high), split.left_y)

    best = trained(model, split, step, judge, epochs, size, table.seed, epochs)
    with torch.no_grad():
        z = model(split.test)
    if classes:
        return {"probabilities": z.softmax(1).numpy()}
    return split.values(z[:, 0].clamp(low, high), torch.full((len(z),), best))


# TabM with 32 submodels, smaller than the paper's (3 blocks of 512), which would take minutes a table.


class BatchLinear(nn.Module):
    """y = ((x ∘ r) W) ∘ s + b for each of k submodels."""

    def __init__(self, inputs, units, k, first):
        super().__init__()
        bound = inputs**-0.5
        self.weight = nn.Parameter(bound * (2 * torch.rand(inputs, units) - 1))
        signs = torch.randint(0, 2, (k, inputs)).float() * 2 - 1
        self.r = nn.Parameter(signs if first else torch.ones(k, inputs))
        self.s = nn.Parameter(torch.ones(k, units))
        self.bias = nn.Parameter((bound * (2 * torch.rand(units) - 1)).repeat(k, 1))

    def forward(self, x):
        return ((x * self.r) @ self.weight) * self.s + self.bias


class TabM(nn.Module):
    def __init__(self, inputs, outputs, k, units=256, blocks=2):
        super().__init__()
        self.k = k
        sizes = [inputs] + [units] * blocks
        self.blocks = nn.ModuleList([BatchLinear(sizes[at], units, k, at == 0) for at in range(blocks)])
        bound = units**-0.5
        self.head = nn.Parameter(bound * (2 * torch.rand(k, units, outputs) - 1))
        self.bias = nn.Parameter(bound * (2 * torch.rand(k, outputs) - 1))

    def forward(self, x):
        h = x[:, None].expand(-1, self.k, -1)
        for block in self.blocks:
            h = functional.dropout(functional.relu(block(h)), 0.1, self.training)
        return torch.einsum("bku,kuo->bko", h, self.head) + self.bias


def tabm(table, threads, k=32, most=256):
    torch.set_num_threads(threads)
    torch.manual_seed(table.seed)
    from sklearn.preprocessing import QuantileTransformer

    x, test = table.encoded()
    numbers = ~np.all((x == 0) | (x == 1), axis=0)
    scaler = QuantileTransformer(n_quantiles=max(min(len(x) // 30, 1000), 10), output_distribution="normal", random_state=table.seed)
    x[:, numbers], test[:, numbers] = scaler.fit_transform(x[:, numbers]), scaler.transform(test[:, numbers])
    split = Split(table, x, test)
    model = TabM(split.x.shape[1], split.outputs, k)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=3e-4)
    classes = split.classes is not None

    def step(rows, _epoch, _number):
        optimizer.zero_grad()
        z, y = model(split.x[rows]), split.y[rows][:, None].expand(-1, k)
        loss = functional.cross_entropy(z.flatten(0, 1), y.flatten()) if classes else functional.mse_loss(z[..., 0], y)
        loss.backward()
        optimizer.step()

    def judge():
        z = model(split.left)
        if classes:
            return functional.nll_loss(z.softmax(2).mean(1).log(), split.left_y)
        return functional.mse_loss(z[..., 0].mean(1), split.left_y)

    # The paper's tables have 10 000 rows and more: as many steps an epoch, which is what patience is counted in.
    size = max(16, min(most, len(split.x) // 32))
    best = trained(model, split, step, judge, 1000, size, table.seed, 16)
    with torch.no_grad():
        z = model(split.test)
    if classes:
        return {"probabilities": z.softmax(2).mean(1).numpy()}
    return split.values(z[..., 0].mean(1), torch.full((len(z),), best))
