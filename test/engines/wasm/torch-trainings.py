# The figures of torch-trainings.json, by PyTorch 2.13 in double precision: the trainings of torch-cases.ts from the same weights on the
# same rows, and what kernels of embeddings are held against. Networks and steps are written here from their papers and of what torch has;
# of tutti come rows, orders and draws.
#   node dist/test/engines/wasm/torch-cases.js | python test/engines/wasm/torch-trainings.py > test/engines/wasm/torch-trainings.json
import json
import sys

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch_layers import (
    Categories,
    Given,
    LayerNorm,
    Linear,
    NtkLinear,
    Own,
    PiecewiseLinear,
    Residual,
    Scale,
    Shared,
    Waves,
    dense,
    learned,
)

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
# torch.optim.Muon orthogonalises in half precision: here as all else is done.
torch.Tensor.bfloat16 = lambda self: self.clone()

# Steps.


def sgd(model, nesterov=False, factor=lambda layer: 1):
    layers = [layer for layer in model if list(layer.parameters())]
    groups = [{"params": list(layer.parameters()), "lr": 0.1 * factor(layer)} for layer in layers]
    return [torch.optim.SGD(groups, momentum=0.9, nesterov=nesterov)]


def rated(kind, factor):
    """Layers of a kind at another learning rate."""
    return lambda model: sgd(model, factor=lambda layer: factor if isinstance(layer, kind) else 1)


def matrices(model):
    """What decays: weights that map units to units."""
    of = (Linear, NtkLinear, Shared, Own)
    return [layer.weight for layer in model.modules() if isinstance(layer, of)]


def adamW(model, decay=0.5, without=()):
    without = {id(one) for one in without}
    decaying = [one for one in matrices(model) if id(one) not in without]
    known = {id(one) for one in decaying} | without
    others = [one for one in model.parameters() if id(one) not in known]
    groups = [{"params": decaying, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
    return [torch.optim.AdamW(groups, lr=0.02)]


def muon(model):
    """Matrices of hidden layers; AdamW all else."""
    hidden = matrices(model)[:-1]
    own = torch.optim.Muon(hidden, lr=0.05, momentum=0.9, weight_decay=0.5)
    return [own, *adamW(model, without=hidden)]


def plainLoss(given, z, truth):
    return F.mse_loss(z, truth) if given.isRegression else F.cross_entropy(z, truth)


def mixedLoss(given, model, rows, partners, share):
    """Zhang et al. (2018): labels are mixed as rows are. Of numbers it is their losses: those are not linear in the truth."""
    z = model((1 - share) * given.x[rows] + share * given.x[partners])
    own, other = given.y[rows], given.y[partners]
    if given.isRegression:
        return (1 - share) * F.mse_loss(z, own) + share * F.mse_loss(z, other)
    classes = z.shape[1]
    return F.cross_entropy(z, (1 - share) * F.one_hot(own, classes) + share * F.one_hot(other, classes))


def sharedLoss(given, model, rows, submodels, divided):
    """The mean of the submodels', each on all rows or on its part of them: eight, and the next the next eight."""
    x, truth = given.x[rows], given.y[rows]
    z = model(x.view(submodels, 8, -1) if divided else x.expand(submodels, *x.shape))
    return plainLoss(given, z.flatten(0, 1), truth if divided else truth.repeat(submodels))


def train(given, model, optimizers, loss=None, clip=None, average=None, each="step", after=0, submodels=1):
    """@returns of each epoch the mean loss of its rows before their steps, and what the members are in the end."""
    losses = []
    for epoch, order in enumerate(given.orders):
        total = 0
        for step, first in enumerate(range(0, len(order), given.batch)):
            rows = order[first : first + given.batch]
            if given.partners is not None:
                partners = given.partners[epoch][first : first + given.batch]
                value = mixedLoss(given, model, rows, partners, given.shares[epoch][step])
            elif loss is not None:
                value = loss(rows)
            else:
                value = plainLoss(given, model(given.x[rows]), given.y[rows])
            model.zero_grad()
            value.backward()
            if clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            for optimizer in optimizers:
                optimizer.step()
            total += value.item() * len(rows)
            if average is not None and each == "step" and epoch >= after:
                average.update_parameters(model)
        if average is not None and each == "epoch" and epoch >= after:
            average.update_parameters(model)
        losses.append(total / len(order))
    assert not given.matrices, "weights that no layer took"
    layers = [layer for layer in (model if average is None else average.module) if hasattr(layer, "member")]
    members = [[part.flatten() for layer in layers for part in layer.member(j)] for j in range(submodels)]
    return {"losses": losses, "members": [torch.cat(member).tolist() for member in members]}


# Cases.

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leakyRelu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "gelu": nn.GELU,
    "selu": nn.SELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
}


def activated(activation):
    def case(given):
        model = dense(given, activation)
        return train(given, model, sgd(model))

    return case


def plain(given, optimizers=sgd, hidden=1, **options):
    model = dense(given, nn.Tanh, hidden)
    return train(given, model, optimizers(model), **options)


def taught(loss):
    """@param loss of z and the truth: as it is taught, and numbers also in the user's units"""

    def case(given):
        model = dense(given, nn.Tanh)
        truths = [given.y] if given.targets is None else [given.y, given.targets]
        return train(given, model, sgd(model), lambda rows: loss(model(given.x[rows]), *[truth[rows] for truth in truths]))

    return case


def gaussianNll(z, y, _):
    """What is behind the means is softplus of a variance."""
    mean, raw = z.chunk(2, 1)
    return F.gaussian_nll_loss(mean, y, F.softplus(raw) + 1e-6)


def poisson(z, _, counts):
    """Log rates of counts in units of their means: all rows are in the batch."""
    return F.poisson_nll_loss(z, counts / counts.mean(0))


def pinball(z, y, _):
    """Levels behind the first are steps up."""
    raw = z.view(len(z), 3, -1)
    levels = torch.cat([raw[:, :1], F.softplus(raw[:, 1:])], 1).cumsum(1)
    residual, tau = y.unsqueeze(1) - levels, torch.tensor([0.1, 0.5, 0.8]).view(1, -1, 1)
    return torch.maximum(tau * residual, (tau - 1) * residual).mean()


def focal(z, labels):
    """Lin et al. (2017), gamma 1.5."""
    ce = F.cross_entropy(z, labels, reduction="none")
    return ((1 - torch.exp(-ce)) ** 1.5 * ce).mean()


def behind(first, optimizers=sgd):
    """A network behind layers of the inputs."""

    def case(given):
        layers = [make(given) for make in first]
        model = nn.Sequential(*layers, *dense(given, nn.Tanh))
        return train(given, model, optimizers(model))

    return case


def residual(given):
    layers = [Linear(given), Residual(given, nn.SiLU()), LayerNorm(given), nn.ReLU(), Linear(given)]
    model = nn.Sequential(*layers)
    return train(given, model, adamW(model, decay=0.1))


def normed(given):
    layers = [make for _ in range(2) for make in (Linear(given), LayerNorm(given), nn.Tanh())]
    model = nn.Sequential(*layers, Linear(given))
    return train(given, model, muon(model), clip=0.5)


def ntk(optimizers):
    def case(given):
        model = dense(given, nn.Tanh, layer=NtkLinear)
        return train(given, model, optimizers(model))

    return case


def averaged(each="step", after=0, **average):
    def case(given):
        model = dense(given, nn.Tanh)
        return train(given, model, sgd(model), average=AveragedModel(model, **average), each=each, after=after)

    return case


def fromMean(mean, value, taken):
    return mean + max(0.2, 1 / (int(taken) + 1)) * (value - mean)


def sharing(first, others, last, divided=False):
    """Of a hidden layer, of those behind it and of the last: what of it is of each submodel; None: all."""

    def case(given):
        def layer(own):
            return Own(given, 3) if own is None else Shared(given, 3, **own)

        model = nn.Sequential(layer(first), nn.Tanh(), layer(others), nn.Tanh(), layer(last))
        loss = lambda rows: sharedLoss(given, model, rows, 3, divided)
        return train(given, model, adamW(model), loss, submodels=3)

    return case


ALL = {"r": True, "s": True, "b": True}
CASES = {
    **{name: activated(activation) for name, activation in ACTIVATIONS.items()},
    "periodic": behind([lambda given: Waves(given, 3)], rated(Waves, 0.5)),
    "cosine": behind([lambda given: Waves(given, 0)]),
    "piecewiseLinear": behind([lambda given: PiecewiseLinear(given, 6, 0)]),
    "piecewiseLinear, mapped": behind([lambda given: PiecewiseLinear(given, 6, 2)], adamW),
    "categories": behind([Categories]),
    "inputScale": behind([Scale], rated(Scale, 3)),
    "inputScale of cosines": behind([lambda given: Waves(given, 0), Scale], adamW),
    "residual": residual,
    "ntk, sgd": ntk(sgd),
    "ntk, adamW": ntk(adamW),
    "nesterov": lambda given: plain(given, lambda model: sgd(model, nesterov=True)),
    "adamW": lambda given: plain(given, adamW),
    "muon": lambda given: plain(given, muon, hidden=2),
    "muon, clipped": normed,
    "gradientClip": lambda given: plain(given, clip=0.2),
    "ema": averaged(multi_avg_fn=get_ema_multi_avg_fn(0.5)),
    "ema, from a mean on": averaged(after=1, avg_fn=fromMean),
    "swa": averaged(each="epoch", after=1),
    "gaussianNll": taught(gaussianNll),
    "huber": taught(lambda z, y, _: F.huber_loss(z, y, delta=0.4)),
    "poisson": taught(poisson),
    "quantile": taught(pinball),
    "multilabel": taught(lambda z, _, marks: F.binary_cross_entropy_with_logits(z, marks)),
    "binaryCrossEntropy": taught(lambda z, labels: F.binary_cross_entropy_with_logits(z[:, 0], labels.double())),
    "focal": taught(focal),
    "labelSmoothing": taught(lambda z, labels: F.cross_entropy(z, labels, label_smoothing=0.1)),
    "mixup": plain,
    "mixup of numbers": plain,
    "batchEnsemble": sharing(ALL, ALL, ALL),
    "batchEnsemble, divided": sharing(ALL, ALL, ALL, divided=True),
    "tabm": sharing(ALL, ALL, None),
    "tabmMini": sharing({"r": True}, {}, None),
    "packed": sharing(None, None, None),
    "masksembles": sharing({}, {"mask": True}, {"mask": True}),
}



def embedded():
    """One number in eight rows in PBLD, and the categories 2, 0, 2 of three: outputs, and the gradients of (out * g).sum()."""
    x = learned(torch.tensor([-1.5, -0.75, 0, 0.25, 0.5, 1, 1.75, 3]))
    c, b = learned(torch.tensor([0.1, -0.4, 0.75])), learned(torch.tensor([-2, 0.5, 3]))
    weight = learned(torch.tensor([[0.5, -0.25], [0.125, 0.75], [-0.5, 0.375]]))
    bias = learned(torch.tensor([0.0625, -0.125]))
    h = torch.cos(2 * torch.pi * x[:, None] * c + b) @ weight + bias
    g = torch.tensor([[0.5, -1, 0.25]] * 4 + [[-0.25, 0.75, 1]] * 4)
    (torch.cat([x[:, None], h], 1) * g).sum().backward()
    table = nn.Embedding(3, 2)
    (table(torch.tensor([2, 0, 2])) * torch.tensor([[1, -1], [0.5, 2], [3, 1]])).sum().backward()
    numbers = {"x": x, "c": c, "b": b, "projection": torch.cat([weight, bias[None]]), "g": g, "h": h, "byX": x.grad}
    gradients = {"byExpansion": torch.stack([c.grad, b.grad]), "byProjection": torch.cat([weight.grad, bias.grad[None]])}
    figures = {**numbers, **gradients, "byTable": table.weight.grad}
    return {name: digits(own.flatten().tolist()) for name, own in figures.items()}


def digits(values):
    return [float(f"{value:.7g}") for value in values]


def compact(value):
    return json.dumps(value, separators=(",", ":"))


lines = []
for name, given in json.load(sys.stdin).items():
    found = CASES[name](Given(given))
    figures = {"losses": digits(found["losses"]), "members": [digits(member) for member in found["members"]]}
    lines.append(f"{json.dumps(name)}: {compact(figures)}")
print("{\n\"embedded\": " + compact(embedded()) + ",\n\"trainings\": {\n" + ",\n".join(lines) + "\n}\n}")
