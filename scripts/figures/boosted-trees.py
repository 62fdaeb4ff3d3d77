# scikit-learn's side of boosted-trees.ts: fits HistGradientBoosting on one thread to the numbers in a folder, and
# prints of each its score on the test rows and the processor time of the fit.
import json, os, sys, time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

folder, rounds = sys.argv[1], int(sys.argv[2])
read = lambda name, kind: np.fromfile(os.path.join(folder, name), kind)
found = []
for own in json.load(open(os.path.join(folder, "asked.json"))):
    name, features, classes = own["name"], own["features"], own["classes"]
    x, xt = (read(f"{name}.{part}.x", "f4").reshape(-1, features) for part in ("train", "test"))
    y, yt = (read(f"{name}.{part}.y", "f8") for part in ("train", "test"))
    model = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    started = time.process_time()
    fitted = model(max_iter=rounds, early_stopping=False).fit(x, y)
    seconds = time.process_time() - started
    if classes:
        p = fitted.predict_proba(xt)
        at = {c: i for i, c in enumerate(fitted.classes_)}
        of_truth = np.array([p[i, at[c]] if c in at else 1e-15 for i, c in enumerate(yt)])
        score = float(np.mean(-np.log(np.maximum(of_truth, 1e-15))))
    else:
        score = float(np.sqrt(np.mean((fitted.predict(xt) - yt) ** 2)))
    found.append({"score": score, "seconds": seconds})
print(json.dumps(found))
