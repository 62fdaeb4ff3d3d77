"""ONNX Runtime: prediction only. An ensemble of the workload's shape as one graph, with random weights.

The model is written by hand (the few protobuf fields it needs), so that no exporter has to be installed.
"""

import numpy as np
import onnxruntime

from workload import he_uniform

FLOAT, IR_VERSION, OPSET = 1, 8, 17


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def integer(field, value):
    return varint(field << 3) + varint(value)


def block(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def node(kind, inputs, output):
    names = b"".join(block(1, name) for name in inputs)
    return block(1, names + block(2, output) + block(4, kind))


def tensor(name, array):
    dims = b"".join(integer(1, size) for size in array.shape)
    return block(5, dims + integer(2, FLOAT) + block(8, name) + block(9, array.astype("<f4").tobytes()))


def value_info(field, name, shape):
    dims = b"".join(block(1, integer(1, size) if isinstance(size, int) else block(2, size)) for size in shape)
    return block(field, block(1, name) + block(2, block(1, integer(1, FLOAT) + block(2, dims))))


def ensemble_model(members, regression, features, outputs):
    """members: lists of (w, b). A Gemm chain for each member, then the mean of their softmaxes."""
    graph, finals = b"", []
    for k, layers in enumerate(members):
        current = "x"
        for l, (w, b) in enumerate(layers):
            name = f"{k}.{l}"
            graph += tensor(f"w{name}", w) + tensor(f"b{name}", b)
            graph += node("Gemm", [current, f"w{name}", f"b{name}"], f"a{name}")
            current = f"a{name}"
            if l < len(layers) - 1:
                graph += node("Relu", [current], f"h{name}")
                current = f"h{name}"
            elif not regression:
                graph += node("Softmax", [current], f"p{name}")
                current = f"p{name}"
        finals.append(current)
    graph += node("Mean", finals, "y")
    graph += block(2, "ensemble") + value_info(11, "x", ["rows", features]) + value_info(12, "y", ["rows", outputs])
    return integer(1, IR_VERSION) + block(7, graph) + block(8, block(1, "") + integer(2, OPSET))


class OnnxRuntime:
    def __init__(self, threads):
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads

    def versions(self):
        return {"onnxruntime": onnxruntime.__version__}

    def prepare(self):
        workload, random = self.workload, np.random.default_rng(0)
        members = [he_uniform(random, workload.sizes) for _ in range(workload.members)]
        model = ensemble_model(members, workload.regression, workload.sizes[0], workload.sizes[-1])
        self.session = onnxruntime.InferenceSession(model, self.options, providers=["CPUExecutionProvider"])

    def predict(self):
        return self.session.run(None, {"x": self.workload.x})
