"""What the Python peers share: the problem from its files, and the conversation (see peer.mjs)."""

import json
import os
import sys
import time
import traceback

import numpy as np

WARM_UP = 5
STRETCH = 8
# Only answers go to standard output; whatever a library prints there goes to standard error.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


class Problem:
    """A student's name, its first weights, and batches of samples, labels and teachers' answers."""

    def __init__(self, folder):
        with open(os.path.join(folder, "problem.json")) as file:
            about = json.load(file)
        read = lambda name, dtype, shape: np.fromfile(os.path.join(folder, name + ".bin"), dtype).reshape(shape)
        self.student, self.batch_size = about["student"], about["batchSize"]
        self.shape, self.size = about["shape"], about["size"]
        self.learning_rate, self.weight_decay = about["learningRate"], about["weightDecay"]
        self.temperature, self.alpha = about["temperature"], about["alpha"]
        self.images = read("images", np.float32, [self.size, *self.shape])
        self.labels = read("labels", np.int32, [self.size])
        self.teachers = {name: read(name, np.float32, [self.size, classes]) for name, classes in about["teachers"].items()}
        self.order = read("order", np.int32, [self.size])
        self.weights = [read("weight." + weight["name"], np.float32, weight["shape"]) for weight in about["weights"]]
        self.at = 0

    def next_batch(self):
        """Samples, labels, and the answers of the teachers low, high and parity, if there are any."""
        at = np.arange(self.at * self.batch_size, (self.at + 1) * self.batch_size) % self.size
        self.at += 1
        rows = self.order[at]
        return self.images[rows], self.labels[rows], [answers[rows] for answers in self.teachers.values()]


def say(answer):
    print(json.dumps(answer), file=ANSWERS, flush=True)


def serve(version, ways):
    """`ways`: by name, what makes of a problem a function that takes one step and gives its loss."""
    steps = {}
    say({"version": version, "ways": list(ways)})
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["problem"], request["way"])
        try:
            if request["do"] == "open":
                start = time.perf_counter()
                steps[key] = ways[request["way"]](Problem(request["folder"]))
                losses = [steps[key]() for _ in range(WARM_UP)]
                say({"losses": losses, "first": (time.perf_counter() - start) * 1000})
            elif request["do"] == "turn":
                say({"ms": fastest(steps[key], request["ms"])})
            else:
                steps.pop(key, None)
                say({})
        except Exception:
            say({"error": traceback.format_exc()[-2000:]})


def fastest(step, ms):
    best = float("inf")
    end = time.perf_counter() + ms / 1000
    while True:
        start = time.perf_counter()
        for _ in range(STRETCH):
            step()
        now = time.perf_counter()
        best = min(best, (now - start) / STRETCH * 1000)
        if now >= end:
            return best
