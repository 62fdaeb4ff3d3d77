"""One Python contender as a long-lived process: `python server.py torch-batched 2`.

Answers one JSON line on stdout per JSON line on stdin (protocol.ts has the messages), so that the
rounds of several contenders can be interleaved while each stays compiled and warm.
"""

import time

started = time.perf_counter()

import importlib
import json
import os
import sys

PEERS = {
    "torch": ("torch_peers", "Torch"),
    "torch-processes": ("torch_peers", "TorchProcesses"),
    "torch-batched": ("torch_peers", "TorchBatched"),
    "jax": ("jax_peers", "Jax"),
    "jax-vmap": ("jax_peers", "JaxVmap"),
    "jax-pmap": ("jax_peers", "JaxPmap"),
    "sklearn": ("sklearn_peer", "Sklearn"),
    "onnxruntime": ("onnx_peer", "OnnxRuntime"),
    "native-torch": ("native_peer", "NativeTorch"),
    "native-numpy": ("native_peer", "NativeNumpy"),
}


def repeat(job, min_seconds):
    """Runs job(i) until min_seconds have passed; short jobs would otherwise measure the clock and the noise."""
    count, start, processor = 0, time.perf_counter(), processor_seconds(os.getpid())
    while True:
        job(count)
        count += 1
        seconds = time.perf_counter() - start
        if seconds >= min_seconds:
            spent = processor_seconds(os.getpid()) - processor
            return {"seconds": seconds / count, "repeats": count, "processorSeconds": spent / count}


def processor_seconds(process):
    """Of a process and those that it started, which must live on; without /proc of this process alone."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
        seconds = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/children") as children:
                seconds += sum(processor_seconds(int(child)) for child in children.read().split())
        return seconds
    except OSError:
        return time.process_time() if process == os.getpid() else 0.0


def peak_bytes():
    """Peak resident memory. VmHWM, because ru_maxrss keeps what the process weighed before exec."""
    try:
        with open("/proc/self/status") as status:
            kib = next(line for line in status if line.startswith("VmHWM")).split()[1]
            return int(kib) * 1024
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def rows_of(peer, copies):
    """The workload's rows, many times over; kept, because rounds ask for the same."""
    if getattr(peer, "copied", None) is None:
        import numpy as np

        peer.copied = np.tile(peer.workload.x, (copies, 1))
    return peer.copied


def answer(peer, message):
    match message["do"]:
        case "prepare":
            from workload import Workload

            peer.workload = Workload(message)
            return peer.prepare() or {}
        case "train":
            # Not ×1000 or the like: seeds of repeats and of rounds must not collide.
            result = repeat(lambda i: peer.train([message["seed"], i]), message["minSeconds"])
            return result | ({"finalLoss": peer.final_loss()} if message["evaluate"] else {})
        case "predict":
            x = rows_of(peer, message["copies"])
            peer.predict(x, message)
            return repeat(lambda _: peer.predict(x, message), message["minSeconds"]) | {"variant": peer.variant()}
        case "inARow":
            return peer.in_a_row(message)
        case "sgemm":
            return peer.sgemm(message["shape"], message["minSeconds"])
        case "memory":
            return {"peakBytes": peak_bytes()}
    raise ValueError(f"unknown message {message['do']}")


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    # Libraries print; the protocol keeps the real stdout to itself.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(threads)
    # XLA takes one thread per core it may run on and has no other public setting.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    module, kind = PEERS[name]
    peer = getattr(importlib.import_module(module), kind)(threads)

    def reply(value):
        out.write(json.dumps(value) + "\n")
        out.flush()

    reply({"seconds": time.perf_counter() - started, "versions": peer.versions()})
    for line in sys.stdin:
        try:
            reply(answer(peer, json.loads(line)))
        except Exception as error:
            reply({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
