# The figures of torch-losses.ts: losses and gradients by PyTorch 2.13 in double precision.
#   python test/kernels/torch-losses.py > test/kernels/torch-losses.ts
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(16)
draw = lambda *shape: torch.randn(*shape, generator=generator)
rows, outputs, classes = 5, 2, 3
levels = [0.05, 0.5, 0.9]
weights = torch.rand(rows, generator=generator) + 0.5
numbers = draw(rows, outputs)
labels = torch.randint(0, classes, (rows,), generator=generator)
counts = torch.poisson(torch.full((rows, outputs), 2.0), generator=generator)
marks = torch.randint(0, 2, (rows, outputs), generator=generator).double()


def focal(z):
    ce = F.cross_entropy(z, labels, reduction="none")
    return (1 - torch.exp(-ce)) ** 2 * ce


def pinball(z):
    raw = z.view(rows, len(levels), outputs)
    steps = torch.cat([raw[:, :1], F.softplus(raw[:, 1:])], 1)
    residual = numbers.unsqueeze(1) - steps.cumsum(1)
    tau = torch.tensor(levels).view(1, -1, 1)
    return torch.maximum(tau * residual, (tau - 1) * residual).mean((1, 2))


cases = {
    "huber": (outputs, numbers, lambda z: F.huber_loss(z, numbers, reduction="none", delta=0.75).mean(1)),
    "focalCrossEntropy": (classes, labels, focal),
    "poissonNll": (outputs, counts, lambda z: F.poisson_nll_loss(z, counts, log_input=True, reduction="none").mean(1)),
    "pinball": (outputs * len(levels), numbers, pinball),
    "binaryCrossEntropies": (
        outputs,
        marks,
        lambda z: F.binary_cross_entropy_with_logits(z, marks, reduction="none").mean(1),
    ),
}
figures = {}
for name, (width, targets, loss) in cases.items():
    z = (1.5 * draw(rows, width)).requires_grad_()
    total = (weights * loss(z)).sum()
    total.backward()
    figures[name] = {
        "z": z.detach().flatten().tolist(),
        "targets": targets.flatten().tolist(),
        "loss": total.item(),
        "dz": z.grad.flatten().tolist(),
    }
print("// Written by torch-losses.py, which says how; do not edit.\n")
print(f"export const WEIGHTS = {json.dumps(weights.tolist())};\n")
print(f"export const FIGURES = {json.dumps(figures)};")
