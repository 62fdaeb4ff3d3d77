"""scikit-learn: bagging of MLPs over joblib processes, stopping early switched off so that all epochs run.

Two defaults are changed so that speed is compared at equal learning: initialisation (scikit-learn's own
is narrower, with random biases; W3 then ends at two thirds of the others' loss) and resampling (its
weights by count leave a third of each batch unused; W1 then ends a fifth higher). Neither costs speed.
"""

import platform
import warnings

import numpy as np
import sklearn
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from workload import LEARNING_RATE, he_uniform

warnings.filterwarnings("ignore", category=ConvergenceWarning)


class LikeTheOthers:
    """The same He draws as everyone's, and a bootstrap by index: without `sample_weight` bagging indexes the rows."""

    def fit(self, x, y):
        return super().fit(x, y)

    def _init_coef(self, fan_in, fan_out, dtype):
        random = np.random.default_rng(self._random_state.randint(2**31))
        return he_uniform(random, [fan_in, fan_out])[0]


class Classifier(LikeTheOthers, MLPClassifier):
    pass


class Regressor(LikeTheOthers, MLPRegressor):
    pass


def log_probability(member, x):
    return np.log(np.maximum(member.predict_proba(x), 1e-30))


class Sklearn:
    def __init__(self, threads):
        self.threads = threads

    def versions(self):
        return {"python": platform.python_version(), "scikit-learn": sklearn.__version__}

    def prepare(self):
        # Starts joblib's processes, which then stay.
        self.train([0, 0])

    def train(self, seed):
        workload = self.workload
        assert not workload.convolutions, "scikit-learn has no convolutions"
        member = (Regressor if workload.regression else Classifier)(
            hidden_layer_sizes=workload.sizes[1:-1],
            batch_size=workload.batch,
            learning_rate_init=LEARNING_RATE,
            max_iter=workload.epochs,
            n_iter_no_change=workload.epochs + 1,
            alpha=0,
        )
        bagging = (BaggingRegressor if workload.regression else BaggingClassifier)(
            member,
            n_estimators=workload.members,
            n_jobs=self.threads,
            random_state=int(np.random.default_rng(seed).integers(2**31)),
        )
        self.bagging = bagging.fit(workload.x, workload.y.ravel())

    def final_loss(self):
        workload = self.workload
        if workload.regression:
            raw = [member.predict(workload.x).reshape(workload.y.shape) for member in self.bagging.estimators_]
        else:
            raw = [log_probability(member, workload.x) for member in self.bagging.estimators_]
        return float(np.mean([workload.mean_loss(output) for output in raw]))
