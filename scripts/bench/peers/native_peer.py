"""The machine's limit: a native single-precision matrix product (PyTorch's, which is MKL or OpenBLAS)."""

import time

import torch


class Native:
    def __init__(self, threads):
        torch.set_num_threads(threads)

    def versions(self):
        return {"torch": torch.__version__}

    def sgemm(self, shape, min_seconds):
        """shape [m, n, k] → the best GFLOP/s of many products: the limit, so the maximum and not the median."""
        m, n, k = shape
        a, b, out = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n)
        for _ in range(3):
            torch.mm(a, b, out=out)
        # About 10 ms between looks at the clock.
        start = time.perf_counter()
        torch.mm(a, b, out=out)
        burst = max(1, int(0.01 / (time.perf_counter() - start)))
        best, until = 0.0, time.perf_counter() + min_seconds
        while time.perf_counter() < until:
            start = time.perf_counter()
            for _ in range(burst):
                torch.mm(a, b, out=out)
            best = max(best, 2e-9 * m * n * k * burst / (time.perf_counter() - start))
        return {"gflops": best}
