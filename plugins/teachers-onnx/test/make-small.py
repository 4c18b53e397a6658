"""Writes the models in `small`, and what PyTorch and numpy say for them, as JSON, in `small/answers.json`."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

torch.manual_seed(1)


class Channels(nn.Module):
    """Images with two channels, channels first, as PyTorch has them."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(2, 4, 3, padding=1)
        self.output = nn.Linear(4, 3)

    def forward(self, image):
        hidden = torch.relu(self.convolution(image)).amax((2, 3))
        return self.output(hidden), hidden


model, images = Channels().eval(), torch.randn(5, 2, 3, 4)
logits, hidden = model(images)
names = {"input_names": ["image"], "output_names": ["logits", "hidden"], "dynamo": False}
batch = {"image": {0: "batch"}, "logits": {0: "batch"}, "hidden": {0: "batch"}}
torch.onnx.export(model, (images,), "small/channels.onnx", dynamic_axes=batch, **names)
torch.onnx.export(model, (images[:2],), "small/pairs.onnx", **names)
Path("small/external.onnx.data").unlink(missing_ok=True)  # else it would be added to
onnx.save(onnx.load("small/channels.onnx"), "small/external.onnx", save_as_external_data=True, location="external.onnx.data", size_threshold=0)


def save(name, nodes, inputs, outputs, weights=()):
    info = lambda ports: [helper.make_tensor_value_info(*port) for port in ports]
    graph = helper.make_graph(nodes, name, info(inputs), info(outputs), [numpy_helper.from_array(value, key) for key, value in weights])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), f"small/{name}.onnx")


node, FLOAT = helper.make_node, TensorProto.FLOAT
table = np.arange(12, dtype=np.float32).reshape(4, 3) / 8
save("types", [
    node("Gather", ["table", "word"], ["row"]), node("Cast", ["half"], ["wide"], to=FLOAT), node("Cast", ["keep"], ["mask"], to=FLOAT),
    node("Mul", ["wide", "mask"], ["kept"]), node("Add", ["row", "kept"], ["sum"]), node("Cast", ["sum"], ["scores"], to=TensorProto.FLOAT16),
], [("word", TensorProto.INT64, ["n"]), ("half", TensorProto.FLOAT16, ["n", 3]), ("keep", TensorProto.BOOL, ["n", 1])], [("scores", TensorProto.FLOAT16, ["n", 3])], [("table", table)])
save("text", [node("Identity", ["words"], ["same"])], [("words", TensorProto.STRING, ["n"])], [("same", TensorProto.STRING, ["n"])])
save("constant", [node("Identity", ["table"], ["scores"])], [], [("scores", FLOAT, [4, 3])], [("table", table)])
save("total", [node("ReduceSum", ["x"], ["total"], keepdims=1)], [("x", FLOAT, ["n", 3])], [("total", FLOAT, [1, 1])])

word, half, keep = np.array([3, 0]), np.array([[0.5, -1, 2], [1, 1, 1]]), np.array([[1], [0]])
answers = {
    "images": images.permute(0, 2, 3, 1).tolist(), "logits": logits.tolist(), "hidden": hidden.tolist(),
    "word": word.tolist(), "half": half.tolist(), "keep": keep.tolist(), "scores": (table[word] + half * keep).tolist(),
}
with open("small/answers.json", "w") as file:
    json.dump(answers, file)
