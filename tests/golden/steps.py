"""What the scripts of training beside this file share: the numbers that are kept, gradients, R1, and Adam in the middle of a run.

In double precision; what the program reads is rounded to single first.
"""
import pathlib

import torch
from safetensors.torch import save_file

from plain import random_like

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
OUT = {}


def keep(group, **tensors):
    for name, tensor in tensors.items():
        OUT[f"{group}/{name}"] = tensor.detach().to(torch.float32).contiguous().clone()


def keep_all(group, folder, state):
    keep(group, **{f"{folder}/{name}": tensor for name, tensor in state.items()})


def rounded(tensor):
    """The value that the program reads."""
    return tensor.to(torch.float32).to(torch.float64)


def randn(*shape):
    return rounded(torch.randn(*shape))


def pictures(n, side):
    return rounded(torch.rand(n, 3, side, side) * 2 - 1)


def gradients(loss, parameters, create_graph=False):
    """By name; 0 where the loss does not depend on a parameter."""
    found = torch.autograd.grad(loss, parameters.values(), create_graph=create_graph, allow_unused=True)
    return {name: torch.zeros_like(parameters[name]) if grad is None else grad for name, grad in
            zip(parameters, found)}


def live(shapes):
    return {name: rounded(tensor).requires_grad_() for name, tensor in random_like(shapes).items()}


def r1(logits, image, gamma):
    """gamma / 2 times the mean over the batch of the squared gradient of the logits."""
    grad = torch.autograd.grad(logits.sum(), image, create_graph=True)[0]
    return gamma / 2 * grad.square().sum((1, 2, 3)).mean()


def copies(p):
    return {name: tensor.detach().clone().requires_grad_() for name, tensor in p.items()}


# --- Whole steps ----------------------------------------------------------------------------------------------------------
#
# A step in the middle of a run: Adam's second moments are not 0 but of the size of the gradients. At a run's first step an
# update is the rate times the gradient's sign, and a gradient of 1e-9 that rounds to the other side of 0 would move a weight
# as far as any other.

class Adam:
    """moments: one number a tensor, as big as the second moments that the program is given."""

    def __init__(self, p, moments, rate, beta1, beta2, steps, eps=1e-8):
        self.p, self.rate, self.beta1, self.beta2, self.eps, self.steps = p, rate, beta1, beta2, eps, steps
        self.first = {name: torch.zeros_like(tensor) for name, tensor in p.items()}
        self.second = {name: torch.full_like(tensor, moments.get(name, 1.)) for name, tensor in p.items()}

    def step(self, grads):
        self.steps += 1
        for name, grad in grads.items():
            first = self.first[name] = self.beta1 * self.first[name] + (1 - self.beta1) * grad
            second = self.second[name] = self.beta2 * self.second[name] + (1 - self.beta2) * grad.square()
            first, second = first / (1 - self.beta1 ** self.steps), second / (1 - self.beta2 ** self.steps)
            with torch.no_grad():
                self.p[name] -= self.rate * first / (second.sqrt() + self.eps)


def lazy(rate, beta1, beta2, interval):
    c = interval / (interval + 1)
    return rate * c, beta1 ** c, beta2 ** c


def sizes(grads):
    """Of the gradients: what the second moments begin with."""
    return {name: rounded(grad.square().mean() + 1e-12).item() for name, grad in grads.items()}


def keep_step(group, network, before, after, moments):
    keep_all(group, f"{network}/before", before)
    keep_all(group, f"{network}/change", {name: after[name] - before[name] for name in before})
    keep_all(group, f"{network}/moments", {name: torch.tensor(moments.get(name, 1.)) for name in before})


def save(script):
    """Writes what was kept beside the script."""
    path = pathlib.Path(script).with_suffix(".safetensors")
    save_file(OUT, path)
    print(f"{path}: {len(OUT)} tensors, {path.stat().st_size} bytes")
