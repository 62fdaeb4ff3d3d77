"""Opens a folder of records (tutti train ... --log FOLDER) in TensorBoard itself and holds it against metrics.jsonl.

    pip install tensorboard
    python scripts/check_tensorboard.py FOLDER

First TensorBoard's own reader reads every run; then `tensorboard --logdir` serves them, and the same numbers come by HTTP.
"""

import json
import socket
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

NUMBERS = ("loss", "validationLoss", "learningRate")


def single(value):
    """A double as event files have it, in single precision."""
    return struct.unpack("f", struct.pack("f", value))[0]


def recorded(folder):
    """{run: {tag: {step: value}}} as the JSON Lines have it."""
    runs = {}
    lines = (folder / "metrics.jsonl").read_text(encoding="utf8").splitlines()
    members = 0
    for line in map(json.loads, lines):
        if line["type"] == "restart":
            runs.pop(f"member-{line['member']:03d}", None)
        if line["type"] == "epoch":
            run = runs.setdefault(f"member-{line['member']:03d}", {})
            for name in NUMBERS:
                if line.get(name) is not None:
                    run.setdefault(name, {})[line["epoch"]] = single(line[name])
        if line["type"] == "end":
            members = line["members"]
    for line in map(json.loads, lines):
        if line["type"] == "scores":
            run = runs.setdefault("ensemble", {})
            for name, value in line["metrics"].items():
                run[f"{line['rows']}/{name}"] = {members: single(value)}
    return runs


def require(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


def check_reader(folder, runs):
    for name, tags in runs.items():
        accumulator = EventAccumulator(str(folder / "tensorboard" / name), size_guidance={"scalars": 0, "tensors": 0})
        accumulator.Reload()
        found = accumulator.Tags()
        for tag, values in tags.items():
            require(tag in found["scalars"], f"{name} has no {tag}")
            read = {event.step: event.value for event in accumulator.Scalars(tag)}
            require(read == values, f"{name} {tag}: {read} for {values}")
        require("hparams" in accumulator.summary_metadata["_hparams_/session_start_info"].plugin_data.plugin_name, name)


def free_port():
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return own.getsockname()[1]


def check_server(folder, runs):
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder / "tensorboard"), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def get(path):
        with urllib.request.urlopen(base + path, timeout=10) as answer:
            return json.load(answer)

    try:
        for _ in range(300):
            try:
                if set(runs) <= set(get("/data/runs")):
                    break
            except OSError:
                pass
            time.sleep(0.2)
        tags = get("/data/plugin/scalars/tags")
        for name, own in runs.items():
            for tag, values in own.items():
                require(tag in tags[name], f"the server has no {tag} of {name}")
                query = urllib.parse.urlencode({"run": name, "tag": tag})
                points = get(f"/data/plugin/scalars/scalars?{query}")
                read = {step: single(value) for _, step, value in points}
                require(read == values, f"the server's {name} {tag}: {read} for {values}")
        request = urllib.request.Request(
            base + "/data/plugin/hparams/experiment",
            data=json.dumps({"experimentName": ""}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            experiment = json.load(answer)
        names = {info["name"] for info in experiment["hparamInfos"]}
        require("epochs" in names or "seed" in names, f"hyperparameters: {names}")
        return len(names)
    finally:
        server.terminate()
        server.wait()


def main():
    folder = Path(sys.argv[1])
    runs = recorded(folder)
    numbers = sum(len(values) for tags in runs.values() for values in tags.values())
    check_reader(folder, runs)
    print(f"TensorBoard's reader: {len(runs)} runs, {numbers} numbers as recorded")
    parameters = check_server(folder, runs)
    print(f"tensorboard --logdir: the same over HTTP, {parameters} hyperparameters")


if __name__ == "__main__":
    main()
