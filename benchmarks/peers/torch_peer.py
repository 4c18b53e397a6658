"""PyTorch as a peer: eager, and compiled by inductor; both with the fused AdamW."""

import os

from peer import say, serve

try:
    import torch
except ImportError as error:
    say({"missing": f"PyTorch cannot be imported: {error}"})
    raise SystemExit

from torch import nn
from torch.nn import functional as F

torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.into, self.out, self.heads = nn.Linear(width, 3 * width), nn.Linear(width, width), heads

    def forward(self, x):
        batch, tokens, width = x.shape
        query, key, value = self.into(x).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        heard = F.scaled_dot_product_attention(query, key, value)
        return self.out(heard.transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.attention = nn.LayerNorm(width, eps=1e-3), Attention(width, 4)
        self.second, self.wide, self.narrow = nn.LayerNorm(width, eps=1e-3), nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.narrow(F.relu(self.wide(self.second(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.places = nn.Linear(12, 64), nn.Parameter(torch.zeros(64, 64))
        self.blocks, self.norm, self.head = nn.ModuleList([Block(64), Block(64)]), nn.LayerNorm(64, eps=1e-3), nn.Linear(64, 10)

    def forward(self, x):
        x = self.embed(x) + self.places
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x).mean(1))

    def ordered(self):
        """The parameters in the order in which the data meets them."""
        yield from [*self.embed.parameters(), self.places]
        for block in self.blocks:
            yield from block.parameters()
        yield from [*self.norm.parameters(), *self.head.parameters()]


def dense(*sizes):
    layers = []
    for size, following in zip(sizes, sizes[1:]):
        layers += [nn.Linear(size, following), nn.ReLU()]
    return layers[:-1]


def conv(before, filters):
    return [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]


def normalised(filters):
    return [nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01), nn.ReLU()]


def separable(before, filters):
    return [nn.Conv2d(before, before, 3, padding=1, groups=before, bias=False), nn.Conv2d(before, filters, 1, bias=False), *normalised(filters)]


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def model_of(student):
    chains = {
        "MLP 784-64-64-10": lambda: dense(784, 64, 64, 10),
        "MLP 784-800-800-10": lambda: dense(784, 800, 800, 10),
        "CNN 32-64-128": lambda: [*conv(1, 32), *conv(32, 64), nn.Flatten(), *dense(64 * 49, 128, 10)],
        "separable CNN, batch norm": lambda: [
            nn.Conv2d(1, 32, 3, padding=1, bias=False), *normalised(32), nn.MaxPool2d(2), *separable(32, 64), nn.MaxPool2d(2), *separable(64, 128), Mean(), nn.Linear(128, 10)
        ],
        "LSTM 64 on 28 rows": lambda: [Lstm(), nn.Linear(64, 10)],
    }
    return nn.Sequential(*chains[student]()) if student in chains else Transformer()


def load(model, weights):
    """Puts TensorFlow.js's first weights into PyTorch's layouts. PyTorch's second LSTM bias stays 0: the other has none."""
    own = list(model.ordered() if isinstance(model, Transformer) else model.parameters())
    for name, parameter in model.named_parameters():
        if name.endswith("bias_hh_l0"):
            parameter.data.zero_()
            parameter.requires_grad = False
            own = [each for each in own if each is not parameter]
    for parameter, value in zip(own, map(torch.from_numpy, weights), strict=True):
        if value.dim() == 4:
            # A depthwise kernel is [height, width, channels, 1]; every other [height, width, in, out].
            value = value.permute(2, 3, 0, 1) if parameter.shape[1] == 1 and value.shape[2] > 1 else value.permute(3, 2, 0, 1)
        elif value.dim() == 2 and value.shape[0] == 64 * 49:
            value = value.view(7, 7, 64, -1).permute(3, 2, 0, 1).reshape(-1, 64 * 49)
        elif value.dim() == 2 and parameter is not getattr(model, "places", None):
            value = value.T
        parameter.data.copy_(value)


def loss_of(problem, logits, labels, answers):
    hard = F.cross_entropy(logits, labels)
    if not answers:
        return hard
    temperature = problem.temperature
    even_or_odd = torch.stack([torch.logsumexp(logits[:, first::2], -1) for first in (0, 1)], -1)
    soft = 0.0
    for view, teacher in zip([logits[:, :5], logits[:, 5:], even_or_odd], answers):
        wanted, own = F.log_softmax(teacher / temperature, -1), F.log_softmax(view / temperature, -1)
        soft = soft + F.kl_div(own, wanted, reduction="batchmean", log_target=True) * temperature**2
    return problem.alpha * hard + (1 - problem.alpha) * soft


def step_of(compiled):
    def make(problem):
        torch._dynamo.reset()
        model = model_of(problem.student)
        images_are = len(problem.shape) == 3
        load(model, problem.weights)
        if images_are:
            model = model.to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], lr=problem.learning_rate, weight_decay=problem.weight_decay, fused=True)

        def forward(images, labels, answers):
            return loss_of(problem, model(images.permute(0, 3, 1, 2) if images_are else images), labels, answers)

        run = torch.compile(forward) if compiled else forward

        def step():
            images, labels, answers = problem.next_batch()
            loss = run(torch.from_numpy(images), torch.from_numpy(labels).long(), [torch.from_numpy(each) for each in answers])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            return loss.item()

        return step

    return make


serve(f"PyTorch {torch.__version__}", {"eager": step_of(False), "inductor": step_of(True)})
