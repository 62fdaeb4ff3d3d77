# The layers of torch-trainings.py, from the papers and of what torch has, with the weights that tutti drew. `member` is what tutti leaves
# of a layer, in its order: of submodel j where there are several.
import math

import torch
import torch.nn.functional as F
from torch import nn


class Given:
    """Rows, truths and weights of a case; weights are taken matrix by matrix in tutti's order."""

    def __init__(self, given):
        self.x = torch.tensor(given["x"]).view(-1, given["features"])
        self.isRegression = "y" in given
        self.y = torch.tensor(given["y"]).view(len(self.x), -1) if self.isRegression else torch.tensor(given["labels"])
        self.targets = torch.tensor(given["targets"], dtype=torch.float64).view(self.y.shape) if self.isRegression else None
        self.batch = given["batch"]
        self.orders = given["orders"]
        self.partners = given.get("partners")
        self.shares = given.get("shares")
        self.matrices = list(given["matrices"])

    def take(self):
        """W (inputs, units), and its bias or None."""
        matrix = self.matrices.pop(0)
        inputs, units = matrix["inputs"], matrix["units"]
        values = torch.tensor(matrix["values"], dtype=torch.float64)
        bias = values[inputs * units :]
        return values[: inputs * units].view(inputs, units), bias if len(bias) > 0 else None

    def table(self, submodels, rows):
        """Of each submodel a row; each begins at a multiple of four."""
        return self.take()[0].view(submodels, -1)[:, :rows]


def learned(values):
    return nn.Parameter(values.clone())


class Linear(nn.Linear):
    def __init__(self, given):
        weight, bias = given.take()
        super().__init__(*weight.shape)
        self.weight, self.bias = learned(weight.T), learned(bias)

    def member(self, _):
        return [self.weight.T, self.bias]


class NtkLinear(nn.Module):
    """Jacot, Gabriel, Hongler (2018): W of variance 1 behind a factor 1/sqrt(inputs); tutti keeps the product."""

    def __init__(self, given):
        super().__init__()
        weight, bias = given.take()
        self.scale = 1 / math.sqrt(len(weight))
        self.weight, self.bias = learned(weight.T / self.scale), learned(bias)

    def forward(self, x):
        return self.scale * F.linear(x, self.weight) + self.bias

    def member(self, _):
        return [self.scale * self.weight.T, self.bias]


class LayerNorm(nn.LayerNorm):
    def __init__(self, given):
        gain, shift = given.take()
        super().__init__(len(shift))
        self.weight, self.bias = learned(gain[0]), learned(shift)

    def member(self, _):
        return [self.weight, self.bias]


class Residual(nn.Module):
    """x + W2 act(W1 norm(x))."""

    def __init__(self, given, activation):
        super().__init__()
        self.norm, self.first = LayerNorm(given), Linear(given)
        self.activation, self.second = activation, Linear(given)

    def forward(self, x):
        return x + self.second(self.activation(self.first(self.norm(x))))

    def member(self, j):
        return [part for layer in (self.norm, self.first, self.second) for part in layer.member(j)]


class Waves(nn.Module):
    """Of each number itself and cos(2 pi c x + b): Gorishniy, Rubachev, Babenko (2022); with a map behind, RealMLP's PBLD."""

    def __init__(self, given, size):
        super().__init__()
        features = given.x.shape[1]
        expansion = given.take()[0].view(features, 2, -1)
        self.frequencies, self.phases = learned(expansion[:, 0]), learned(expansion[:, 1])
        self.maps = Maps(given, features, size) if size > 0 else None

    def forward(self, x):
        waves = torch.cos(2 * math.pi * self.frequencies * x.unsqueeze(-1) + self.phases)
        return beside(x, waves if self.maps is None else self.maps(waves))

    def member(self, j):
        expansion = torch.stack([self.frequencies, self.phases], 1)
        return [expansion, *([] if self.maps is None else self.maps.member(j))]


class Maps(nn.Module):
    """A linear map of each number's terms to as many as `size`."""

    def __init__(self, given, features, size):
        super().__init__()
        both = given.take()[0].view(features, -1, size)
        self.weight, self.bias = learned(both[:, :-1]), learned(both[:, -1])

    def forward(self, terms):
        return torch.einsum("bft,fts->bfs", terms, self.weight) + self.bias

    def member(self, _):
        return [torch.cat([self.weight, self.bias.unsqueeze(1)], 1)]


class PiecewiseLinear(nn.Module):
    """Gorishniy, Rubachev, Babenko (2022), section 3.2, with clipped ends. Its bins are torch's quantiles, not tutti's."""

    def __init__(self, given, bins, size):
        super().__init__()
        given.take()
        features = given.x.shape[1]
        low, perUnit = torch.zeros(features, bins), torch.zeros(features, bins)
        for feature, column in enumerate(given.x.T):
            edges = torch.unique(torch.quantile(column, torch.linspace(0, 1, bins + 1)))
            low[feature, : len(edges) - 1] = edges[:-1]
            perUnit[feature, : len(edges) - 1] = 1 / edges.diff()
        self.register_buffer("low", low)
        self.register_buffer("perUnit", perUnit)
        self.maps = Maps(given, features, size) if size > 0 else None

    def forward(self, x):
        through = ((x.unsqueeze(-1) - self.low) * self.perUnit).clamp(0, 1)
        return beside(x, through if self.maps is None else self.maps(through))

    def member(self, j):
        bins = torch.stack([self.low, self.perUnit], 1)
        return [bins, *([] if self.maps is None else self.maps.member(j))]


def beside(x, terms):
    return torch.cat([x.unsqueeze(-1), terms], -1).flatten(1)


class Categories(nn.Module):
    """Columns behind the first are 0/1, one for each category."""

    def __init__(self, given):
        super().__init__()
        self.table = nn.Embedding.from_pretrained(given.take()[0].clone(), freeze=False)

    def forward(self, x):
        return torch.cat([x[:, :1], self.table(x[:, 1:].argmax(1))], 1)

    def member(self, _):
        return [self.table.weight]


class Scale(nn.Module):
    def __init__(self, given):
        super().__init__()
        self.factors = learned(given.take()[0][0])

    def forward(self, x):
        return x * self.factors

    def member(self, _):
        return [self.factors]


class Shared(nn.Module):
    """(x * r) W * s + b, r, s and b of each submodel where it has its own. x is (submodels, rows, inputs)."""

    def __init__(self, given, submodels, r=False, s=False, b=False, mask=False):
        super().__init__()
        weight, bias = given.take()
        inputs, units = weight.shape
        self.weight = learned(weight)
        self.r = learned(given.table(submodels, inputs)) if r else None
        self.s = learned(given.table(submodels, units)) if s else None
        self.bias = learned(given.table(submodels, units)) if b else learned(bias)
        if mask:
            self.register_buffer("mask", given.table(submodels, inputs))
        else:
            self.mask = None

    def forward(self, x):
        for factors in (self.r, self.mask):
            if factors is not None:
                x = x * factors.unsqueeze(1)
        z = x @ self.weight
        if self.s is not None:
            z = z * self.s.unsqueeze(1)
        return z + (self.bias.unsqueeze(1) if self.bias.dim() == 2 else self.bias)

    def member(self, j):
        weight = self.weight
        for factors in (self.r, self.mask):
            if factors is not None:
                weight = factors[j].unsqueeze(1) * weight
        if self.s is not None:
            weight = weight * self.s[j]
        return [weight, self.bias[j] if self.bias.dim() == 2 else self.bias]


class Own(nn.Module):
    """Of each submodel a layer of its own."""

    def __init__(self, given, submodels):
        super().__init__()
        parts = [given.take() for _ in range(submodels)]
        self.weight = learned(torch.stack([weight for weight, _ in parts]))
        self.bias = learned(torch.stack([bias for _, bias in parts]))

    def forward(self, x):
        return torch.baddbmm(self.bias.unsqueeze(1), x, self.weight)

    def member(self, j):
        return [self.weight[j], self.bias[j]]


def dense(given, activation, hidden=1, layer=Linear):
    """Layers that are left, `hidden` of them with an activation."""
    layers = [part for _ in range(hidden) for part in (layer(given), activation())]
    return nn.Sequential(*layers, layer(given))
