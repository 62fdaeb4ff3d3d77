"""What a user of Python would take for a table: each way fits train.csv and predicts test.csv, reading the files itself.

Reads a job a line from standard input, {way, train, test, target, classes, seed, threads}, and answers each by a line:
{probabilities} of the classes in their order, or {mean, sd} of numbers, with {seconds, cpuSeconds} of fitting and predicting,
reading the files not counted. `classes` is null for numbers."""

import json
import os
import sys
import warnings
from time import perf_counter, process_time

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")  # an MLP that did not converge in its default 200 epochs is what the default is


class Table:
    """Both files, features as pandas has them: numbers, or texts as categories of the training rows."""

    def __init__(self, job):
        target = job["target"]
        train, test = (pd.read_csv(job[name], dtype={target: str}) for name in ("train", "test"))
        self.y = self.targets(train[target], job["classes"])
        self.x, self.test = train.drop(columns=target), test.drop(columns=target)
        self.classes, self.seed = job["classes"], job["seed"]
        self.numbers = [name for name in self.x if pd.api.types.is_numeric_dtype(self.x[name])]
        self.texts = [name for name in self.x if name not in self.numbers]
        for name in self.texts:
            kinds = pd.CategoricalDtype(sorted(self.x[name].dropna().unique()))
            self.x[name], self.test[name] = self.x[name].astype(kinds), self.test[name].astype(kinds)

    @staticmethod
    def targets(column, classes):
        return column.astype(float).to_numpy() if classes is None else column.map(classes.index).to_numpy()

    def encoded(self):
        """Numbers with medians for what is missing, texts as 0/1 columns; both files, f64[rows, features]."""
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import SimpleImputer
        from sklearn.preprocessing import OneHotEncoder

        fill = SimpleImputer(strategy="median", add_indicator=True)
        code = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        both = ColumnTransformer([("numbers", fill, self.numbers), ("texts", code, self.texts)])
        x, test = self.x.astype({name: str for name in self.texts}), self.test.astype({name: str for name in self.texts})
        return both.fit_transform(x), both.transform(test)

    def standardised(self):
        x, test = self.encoded()
        mean, std = x.mean(0), x.std(0)
        std = np.where(std > 0, std, 1)
        return (x - mean) / std, (test - mean) / std


def answer(table, model, test, residual_sd=None):
    """What a fitted model of scikit-learn says; the deviation of numbers is that of its errors on rows it did not see."""
    if table.classes is None:
        mean = model.predict(test)
        return {"mean": mean, "sd": np.full(len(mean), residual_sd)}
    probabilities = np.zeros((len(test), len(table.classes)))
    probabilities[:, model.classes_.astype(int)] = model.predict_proba(test)
    return {"probabilities": probabilities}


def out_of_fold_sd(table, make, x):
    """Deviation of the errors on rows left out, five folds."""
    from sklearn.model_selection import cross_val_predict

    if table.classes is not None:
        return None
    return float(np.sqrt(np.mean((cross_val_predict(make(), x, table.y, cv=5) - table.y) ** 2)))


def gradient_boosting(table, **options):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if table.classes is None else HistGradientBoostingClassifier
    return kind(categorical_features="from_dtype", random_state=table.seed, **options)


def boosted(table):
    model = gradient_boosting(table).fit(table.x, table.y)
    return answer(table, model, table.test, out_of_fold_sd(table, lambda: gradient_boosting(table), table.x))


def tuned_boosting(table, seconds=120):
    """Random search by five folds, each stopped early on its own rows, until the time is up; then the best on all rows."""
    from sklearn.model_selection import KFold, StratifiedKFold

    began, random = perf_counter(), np.random.default_rng(table.seed)
    folds = (KFold if table.classes is None else StratifiedKFold)(5, shuffle=True, random_state=table.seed)
    best, rounds, longest = (np.inf, {}, 100, None), 0, 0.0
    while rounds == 0 or perf_counter() - began + longest < seconds:
        started = perf_counter()
        options = {} if rounds == 0 else drawn(random)
        losses, steps, errors = [], [], []
        for own, left in folds.split(table.x, table.y):
            model = gradient_boosting(table, **{**options, "max_iter": 2000, "early_stopping": True, "n_iter_no_change": 20})
            model.fit(table.x.iloc[own], table.y[own], X_val=table.x.iloc[left], y_val=table.y[left])
            losses.append(-np.max(model.validation_score_))
            steps.append(int(np.argmax(model.validation_score_)))
            if table.classes is None:
                errors.append(model.predict(table.x.iloc[left]) - table.y[left])
        loss = float(np.mean(losses))
        if loss < best[0]:
            sd = float(np.sqrt(np.mean(np.concatenate(errors) ** 2))) if errors else None
            best = (loss, options, max(1, int(np.mean(steps))), sd)
        rounds, longest = rounds + 1, max(longest, perf_counter() - started)
    _, options, steps, sd = best
    model = gradient_boosting(table, **{**options, "max_iter": steps, "early_stopping": False}).fit(table.x, table.y)
    return answer(table, model, table.test, sd)


def drawn(random):
    return {
        "learning_rate": float(np.exp(random.uniform(np.log(0.01), np.log(0.3)))),
        "max_leaf_nodes": int(random.choice([4, 8, 16, 31, 64])),
        "min_samples_leaf": int(np.exp(random.uniform(np.log(1), np.log(60)))),
        "l2_regularization": float(np.exp(random.uniform(np.log(1e-4), np.log(30)))),
        "max_features": float(random.choice([0.3, 0.5, 0.75, 1.0])),
    }


def forest(table):
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    x, test = table.encoded()
    kind = RandomForestRegressor if table.classes is None else RandomForestClassifier
    model = kind(500, oob_score=table.classes is None, n_jobs=THREADS, random_state=table.seed).fit(x, table.y)
    sd = None if table.classes is not None else float(np.sqrt(np.mean((model.oob_prediction_ - table.y) ** 2)))
    return answer(table, model, test, sd)


def bagged_nets(table):
    from sklearn.ensemble import BaggingClassifier, BaggingRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    x, test = table.standardised()
    options = {"n_estimators": 16, "n_jobs": THREADS, "random_state": table.seed}
    if table.classes is not None:
        return answer(table, BaggingClassifier(MLPClassifier(), **options).fit(x, table.y), test)
    mean, std = table.y.mean(), table.y.std()
    model = BaggingRegressor(MLPRegressor(), oob_score=True, **options).fit(x, (table.y - mean) / std)
    sd = float(np.sqrt(np.mean((model.oob_prediction_ * std + mean - table.y) ** 2)))
    return {"mean": model.predict(test) * std + mean, "sd": np.full(len(test), sd)}


def net(name):
    def fit(table):
        import nets

        return getattr(nets, name)(table, THREADS)

    return fit


WAYS = {
    "HistGradientBoosting": boosted,
    "HistGradientBoosting, tuned 2 min": tuned_boosting,
    "RandomForest": forest,
    "BaggingClassifier of MLPs": bagged_nets,
    "deep ensemble": net("deep_ensemble"),
    "RealMLP": net("real_mlp"),
    "TabM": net("tabm"),
}

THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))

for line in sys.stdin:
    job = json.loads(line)
    table = Table(job)
    wall, own = perf_counter(), process_time()
    got = WAYS[job["way"]](table)
    cost = {"seconds": perf_counter() - wall, "cpuSeconds": process_time() - own}
    print(json.dumps({**{name: values.tolist() for name, values in got.items()}, **cost}), flush=True)
