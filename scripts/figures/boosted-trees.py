# scikit-learn's side of boosted-trees.ts: fits HistGradientBoosting on one thread to the numbers in a folder, and
# prints its score on the test rows and the processor time of the fit.
import json, os, sys, time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

folder, features, classes, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
read = lambda name, kind: np.fromfile(os.path.join(folder, name), kind)
x, xt = (read(name, "f4").reshape(-1, features) for name in ("train.x", "test.x"))
y, yt = (read(name, "f8") for name in ("train.y", "test.y"))
model = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
make = lambda: model(max_iter=rounds, early_stopping=False)
make().fit(x[:50], y[:50]) if classes == 0 else None
started = time.process_time()
fitted = make().fit(x, y)
seconds = time.process_time() - started
if classes:
    p = fitted.predict_proba(xt)
    at = {c: i for i, c in enumerate(fitted.classes_)}
    own = np.array([p[i, at[c]] if c in at else 1e-15 for i, c in enumerate(yt)])
    score = float(np.mean(-np.log(np.maximum(own, 1e-15))))
else:
    score = float(np.sqrt(np.mean((fitted.predict(xt) - yt) ** 2)))
print(json.dumps({"score": score, "seconds": seconds}))
