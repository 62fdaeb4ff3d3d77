"""scikit-learn's defaults on tables exported by defaults.ts: one MLP, a random forest, gradient boosting, each with
the features that tutti's networks see, standardised. Reads a list of tables from standard input, prints JSON."""

import json
import os
import sys
import warnings
from time import process_time

# Before scikit-learn is loaded: on a busy machine its threads would wait for each other in loops.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")  # an MLP that did not converge in its default 200 epochs is what the default is

MODELS = {
    "MLP": (MLPClassifier, MLPRegressor, {}),
    "RandomForest": (RandomForestClassifier, RandomForestRegressor, {}),
    "HistGradientBoosting": (HistGradientBoostingClassifier, HistGradientBoostingRegressor, {}),
}


def numbers(path, rows, columns):
    return np.fromfile(path, "<f8").reshape(rows, columns)


def part(table, name):
    rows = table[name]["rows"]
    return numbers(table[name]["x"], rows, table["features"]), numbers(table[name]["y"], rows, 1)[:, 0]


def standardised(train, test):
    """Both by the training rows; a constant column stays as it is."""
    mean, std = train.mean(0), train.std(0)
    std = np.where(std > 0, std, 1)
    return (train - mean) / std, (test - mean) / std


def scores(model, classes, x, y):
    """Mean log-loss (probabilities floored at 1e-15) and Brier score over classes, or RMSE over the standard deviation."""
    if classes is None:
        return {"rmse": float(np.sqrt(np.mean((model.predict(x) - y) ** 2)) / y.std())}
    probabilities = np.zeros((len(y), classes))
    probabilities[:, model.classes_.astype(int)] = model.predict_proba(x)
    labels = y.astype(int)
    own = probabilities[np.arange(len(y)), labels]
    return {
        "accuracy": float(np.mean(probabilities.argmax(1) == labels)),
        "logLoss": float(np.mean(-np.log(np.clip(own, 1e-15, 1)))),
        "brier": float(np.mean(np.sum((probabilities - np.eye(classes)[labels]) ** 2, 1))),
    }


def fitted(table):
    (x, y), (test_x, test_y) = part(table, "train"), part(table, "test")
    x, test_x = standardised(x, test_x)
    if table["classes"] is None:
        y, test_y = standardised(y, test_y)
    for name, (classifier, regressor, options) in MODELS.items():
        started = process_time()
        model = (regressor if table["classes"] is None else classifier)(random_state=table["seed"], **options)
        model.fit(x, y)
        cost = process_time() - started
        yield name, {**scores(model, table["classes"], test_x, test_y), "cpuSeconds": cost}


tables = json.load(sys.stdin)
json.dump([dict(fitted(table)) for table in tables], sys.stdout)
