"""ONNX Runtime: prediction only. The graphs are written by onnx/models.ts, with random weights.

Which graph is fastest, in blocks of how many rows, and whether the threads work on one block together or on one
each, depends on the workload: all are tried, and the fastest is kept.
"""

import time
from pathlib import Path

import numpy as np
import onnxruntime

from ways import BLOCKS, fastest, in_blocks, in_blocks_by_threads, thread_pool

GRAPHS = ("members", "batched", "joined")


class OnnxRuntime:
    def __init__(self, threads):
        self.threads = threads
        self.predict_ways = self.row_ways = None

    def versions(self):
        return {"onnxruntime": onnxruntime.__version__}

    def prepare(self):
        return {}

    def predict(self, x, message):
        if self.predict_ways is None:
            self.predict_ways = self.ways(x, Path(message["models"]))
            self.best = fastest(self.predict_ways)
        return self.predict_ways[self.best]()

    def variant(self):
        return self.best

    def ways(self, x, models):
        pool = thread_pool(self.threads)
        ways, first = {}, None
        for graph in GRAPHS:
            together = self.session(models / f"{graph}.onnx", self.threads)
            apart = self.session(models / f"{graph}.onnx", 1)
            answer = together(x[:256])
            first = answer if first is None else first
            assert np.allclose(answer, first, atol=1e-4), "the graphs must give the same answers"
            for block in BLOCKS:
                ways[f"{graph}, {name_of(block)}, threads together"] = lambda run=together, b=block: in_blocks(run, x, b)
                share = block or -(-len(x) // self.threads)
                ways[f"{graph}, {name_of(block)}, a thread each"] = (
                    lambda run=apart, b=share: in_blocks_by_threads(run, x, b, pool)
                )
        return ways

    def in_a_row(self, message):
        """Microseconds of each of many predictions of one row, by the fastest graph and number of threads."""
        row = np.sin(np.arange(message["workload"]["sizes"][0], dtype=np.float32))[None]
        if self.row_ways is None:
            models = Path(message["models"])
            sessions = {
                f"{graph}, threads {threads}": self.session(models / f"{graph}.onnx", threads)
                for graph in GRAPHS
                for threads in sorted({1, self.threads})
            }
            self.row_ways = sessions
            self.best_row = fastest({name: lambda run=run: [run(row) for _ in range(300)] for name, run in sessions.items()})
        run, taken = self.row_ways[self.best_row], []
        for _ in range(message["times"]):
            start = time.perf_counter()
            run(row)
            taken.append((time.perf_counter() - start) * 1e6)
        return {"microseconds": taken, "processorMs": 0, "variant": self.best_row}

    def session(self, file, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        return lambda x: session.run(None, {"x": x})[0]


def name_of(block):
    return "all rows" if block is None else f"{block} rows"
