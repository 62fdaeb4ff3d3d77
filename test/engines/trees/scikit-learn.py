# The figures of scikit-learn.ts: HistGradientBoosting 1.9.1 on tables of data/, every fourth row held out.
#   python test/engines/trees/scikit-learn.py > test/engines/trees/scikit-learn.ts
import csv, json
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

plain = dict(rounds=40, treeRate=0.1, maxLeaves=8, maxDepth=None, minLeafRows=20, leafL2=0.0, treeBins=255)
numbers = ("progression", None)
cases = {
    "diabetes": (*numbers, plain, False),
    "diabetes, deep": (*numbers, {**plain, "maxLeaves": 31, "maxDepth": 4, "minLeafRows": 5, "leafL2": 3.0}, False),
    "diabetes, weighed rows": (*numbers, {**plain, "leafL2": 1.0}, True),
    # More values than bins, whose edges each program has its own way to find.
    "diabetes, few bins": (*numbers, {**plain, "treeBins": 20}, False),
    "iris": ("species", ["setosa", "versicolor", "virginica"], {**plain, "minLeafRows": 5, "leafL2": 1.0}, False),
    "digits, 3 or 8": ("digit", ["3", "8"], {**plain, "rounds": 30, "treeRate": 0.2, "leafL2": 1.0}, False),
    "digits, 3 or 8, weighed": ("digit", ["3", "8"], {**plain, "rounds": 30, "leafL2": 1.0, "maxDepth": 2}, True),
    "digits, four": ("digit", ["1", "4", "7", "9"], {**plain, "rounds": 12, "treeRate": 0.2, "minLeafRows": 10}, False),
}


def figures(name, target, classes, options, weighed):
    with open(f"data/{name.split(',')[0]}.csv") as file:
        records = [own for own in csv.DictReader(file) if classes is None or own[target] in classes]
    x = np.array([[float(value) for key, value in own.items() if key != target] for own in records])
    y = np.array([classes.index(own[target]) if classes else float(own[target]) for own in records])
    held = np.arange(len(x)) % 4 == 3
    # 1 on the average, as tutti makes them, which is what λ stands beside.
    weights = np.resize([0.5, 1.0, 1.0, 1.5], (~held).sum()) if weighed else None
    model = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    settings = dict(
        max_iter=options["rounds"],
        learning_rate=options["treeRate"],
        max_leaf_nodes=options["maxLeaves"],
        max_depth=options["maxDepth"],
        min_samples_leaf=options["minLeafRows"],
        l2_regularization=options["leafL2"],
        max_bins=options["treeBins"],
    )
    fitted = model(early_stopping=False, **settings).fit(x[~held], y[~held], weights)
    said = fitted.predict_proba(x[held]) if classes else fitted.predict(x[held]).reshape(-1, 1)
    truth = y[held]
    losses = -np.log(said[np.arange(len(truth)), truth.astype(int)]) if classes else (said[:, 0] - truth) ** 2
    return {
        "target": target,
        "classes": classes,
        "options": {key: value for key, value in options.items() if value is not None},
        "weighed": weighed,
        "loss": float(losses.mean()),
        "answers": [float(value) for value in said[:12].ravel().round(8)],
    }


print("// Written by scikit-learn.py, which says how; do not edit.\n")
print("export const FIGURES =", json.dumps({name: figures(name, *own) for name, own in cases.items()}), "as const;")
