"""Runs models of ONNX in ONNX Runtime for Python and holds their answers against what tutti said.

    pip install onnxruntime
    python scripts/check_onnx.py FOLDER

For each NAME.onnx of the folder there is a NAME.json: {within, inputs: {name: {type, width, cells}}, outputs: {name: [cells]}},
cells row by row, null for a number that is missing. Differences are relative to the largest of an output, or to 1.
test/exports/onnx/onnx-runtime.test.ts writes such folders.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

TYPES = {"float32": np.float32, "float64": np.float64, "string": object}


def check(path):
    """The largest difference of a model’s answers."""
    case = json.loads(path.with_suffix(".json").read_text())
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {
        name: np.array([np.nan if cell is None else cell for cell in one["cells"]], TYPES[one["type"]]).reshape(-1, one["width"])
        for name, one in case["inputs"].items()
    }
    names = list(case["outputs"])
    worst = 0.0
    for name, said in zip(names, session.run(names, feeds)):
        truth = case["outputs"][name]
        if name == "label":
            assert list(said) == truth, f"{path}: labels differ"
            continue
        truth = np.array(truth, np.float64)
        difference = np.max(np.abs(said.reshape(-1) - truth)) / max(1.0, np.max(np.abs(truth)))
        assert difference <= case["within"], f"{path}: {name} differs by {difference}"
        worst = max(worst, difference)
    return worst


models = sorted(Path(sys.argv[1]).glob("*.onnx"))
worst = max(check(path) for path in models)
print(f"{len(models)} models agree with onnxruntime {onnxruntime.__version__}, within {worst:.1e}")
