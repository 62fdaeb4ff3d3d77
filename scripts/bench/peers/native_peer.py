"""The machine's limit: a native single-precision matrix product, by PyTorch (MKL) or by numpy (OpenBLAS)."""

import time

import numpy as np


class Native:
    """Members: `multiply(a, b, out)`, `random(m, n)`, `empty(m, n)`."""

    def sgemm(self, shape, min_seconds):
        """shape [m, n, k] → the best GFLOP/s of many products: the limit, so the maximum and not the median."""
        m, n, k = shape
        a, b, out = self.random(m, k), self.random(k, n), self.empty(m, n)
        for _ in range(3):
            self.multiply(a, b, out)
        # About 10 ms between looks at the clock.
        start = time.perf_counter()
        self.multiply(a, b, out)
        burst = max(1, int(0.01 / (time.perf_counter() - start)))
        best, until = 0.0, time.perf_counter() + min_seconds
        while time.perf_counter() < until:
            start = time.perf_counter()
            for _ in range(burst):
                self.multiply(a, b, out)
            best = max(best, 2e-9 * m * n * k * burst / (time.perf_counter() - start))
        return {"gflops": best}


class NativeTorch(Native):
    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.random, self.empty = torch.randn, torch.empty

    def versions(self):
        return {"torch": self.torch.__version__}

    def multiply(self, a, b, out):
        self.torch.mm(a, b, out=out)


class NativeNumpy(Native):
    """Its threads are as many as the process's environment says."""

    def __init__(self, threads):
        pass

    def versions(self):
        return {"numpy": np.__version__}

    def random(self, m, n):
        return np.random.default_rng(0).standard_normal((m, n), np.float32)

    def empty(self, m, n):
        return np.empty((m, n), np.float32)

    def multiply(self, a, b, out):
        np.matmul(a, b, out=out)
