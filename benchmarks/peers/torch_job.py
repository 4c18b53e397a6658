"""The quickstart's job written by hand in PyTorch: the same models, data, epochs, batch sizes, optimizer and schedule.

α is fixed at 0.5, where kd's referee finds it from labels that it holds back. Prints the student's accuracy as JSON.

Usage: torch_job.py <folder of MNIST> <threads>
"""

import json
import math
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[2]))
TEMPERATURE, ALPHA = 4, 0.5


def read(name, offset, shape):
    return np.fromfile(os.path.join(sys.argv[1], name), np.uint8, offset=offset).reshape(shape)


def load(part):
    images = read(f"{part}-images-idx3-ubyte", 16, [-1, 784]).astype(np.float32) / 255
    return torch.from_numpy(images), torch.from_numpy(read(f"{part}-labels-idx1-ubyte", 8, [-1]).astype(np.int64))


def mlp(*sizes):
    layers = []
    for size, following in zip(sizes, sizes[1:]):
        layer = nn.Linear(size, following)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def optimizer_of(model, rate, steps):
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    return optimizer, schedule


def advance(loss, optimizer, schedule):
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    schedule.step()


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(1) == labels).float().mean().item()


def teacher(train, test, classes, label):
    """Sees only the digits that `label` gives a class."""
    (images, labels), (test_images, test_labels) = [(x[label(y) >= 0], label(y)[label(y) >= 0]) for x, y in (train, test)]
    model = mlp(784, 256, classes)
    epochs, batch = 3, 128
    optimizer, schedule = optimizer_of(model, 1e-3, epochs * math.ceil(len(labels) / batch))
    for _ in range(epochs):
        for rows in torch.randperm(len(labels)).split(batch):
            loss = F.cross_entropy(model(images[rows]), labels[rows])
            if not math.isfinite(loss.item()):
                raise ValueError("The loss is no number.")
            advance(loss, optimizer, schedule)
    accuracy(model, test_images, test_labels)
    return model


def student(train, answers):
    images, labels = train
    chosen = torch.cat([(labels == digit).nonzero()[:20, 0] for digit in range(10)])
    wanted = [F.log_softmax(each / TEMPERATURE, -1) for each in answers]
    model = mlp(784, 64, 64, 10)
    epochs, batch, labelled = 5, 96, 64
    optimizer, schedule = optimizer_of(model, 2e-3, epochs * math.ceil(len(labels) / batch))
    for _ in range(epochs):
        for rows in torch.randperm(len(labels)).split(batch):
            picked = chosen[torch.randint(len(chosen), [labelled])]
            logits = model(images[torch.cat([picked, rows])])
            hard, seen = F.cross_entropy(logits[:labelled], labels[picked]), logits[labelled:]
            even_or_odd = torch.stack([torch.logsumexp(seen[:, first::2], -1) for first in (0, 1)], -1)
            soft = sum(
                F.kl_div(F.log_softmax(view / TEMPERATURE, -1), target[rows], reduction="batchmean", log_target=True) * TEMPERATURE**2
                for view, target in zip([seen[:, :5], seen[:, 5:], even_or_odd], wanted)
            )
            loss = ALPHA * hard + (1 - ALPHA) * soft
            if not math.isfinite(loss.item()):
                raise ValueError("The loss is no number.")
            advance(loss, optimizer, schedule)
    return model


def job():
    train, test = load("train"), load("t10k")
    spaces = [
        (5, lambda digit: torch.where(digit < 5, digit, -1)),
        (5, lambda digit: torch.where(digit >= 5, digit - 5, -1)),
        (2, lambda digit: digit % 2),
    ]
    answers = []
    for classes, label in spaces:
        model = teacher(train, test, classes, label)
        with torch.no_grad():
            answers.append(torch.cat([model(part) for part in train[0].split(1024)]))
    return accuracy(student(train, answers), *test)


print(json.dumps({"accuracy": job()}))
