"""Makes reference.json: the evaluation's metrics computed by NumPy, SciPy, scikit-learn and scikit-image.

    python3 -m venv env && env/bin/pip install numpy scipy scikit-learn scikit-image
    env/bin/python tests/evaluation/reference/make.py
"""
import json
import pathlib

import numpy as np
from scipy.linalg import sqrtm
from skimage.metrics import structural_similarity
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import mutual_info_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier

rng = np.random.default_rng(7)
out = {}


def rounded(array):
    return np.round(np.asarray(array, dtype=np.float64), 4)


# Fréchet distance
a, b = rounded(rng.normal(size=(40, 4))), rounded(rng.normal(0.5, 1.7, size=(50, 4)))
ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
distance = np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(ca + cb - 2 * sqrtm(ca @ cb).real)
out["frechet"] = {"a": a.tolist(), "b": b.tolist(), "distance": float(distance)}

# Maximum mean discrepancy, written out plainly
def kernel(x, y):
    squared = ((x[:, None] - y[None]) ** 2).sum(-1)
    return sum(2 * x.shape[1] * s / (2 * x.shape[1] * s + squared) for s in (0.1, 0.2, 0.5, 1, 2, 5, 10))

n, m = len(a), len(b)
kaa, kbb, kab = kernel(a, a), kernel(b, b), kernel(a, b)
mmd = (kaa.sum() - np.trace(kaa)) / (n * (n - 1)) + (kbb.sum() - np.trace(kbb)) / (m * (m - 1)) - 2 * kab.mean()
out["mmd"] = float(mmd)

# SSIM, grey and colour
for name, shape in (("grey", (16, 20)), ("colour", (14, 12, 3))):
    x = rng.integers(0, 256, size=shape, dtype=np.uint8)
    y = np.clip(x.astype(int) + rng.integers(-40, 41, size=shape), 0, 255).astype(np.uint8)
    options = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255)
    if len(shape) == 3:
        options["channel_axis"] = 2
    _, full = structural_similarity(x, y, full=True, **options)
    inside = full[5:-5, 5:-5]
    out[f"ssim_{name}"] = {"shape": shape, "a": x.ravel().tolist(), "b": y.ravel().tolist(), "ssim": float(inside.mean())}

# Probes
centres = rng.normal(size=(3, 5))
labels = rng.integers(0, 3, size=120)
values = rounded(centres[labels] + rng.normal(0, 1.1, size=(120, 5)))
train, test = slice(0, 80), slice(80, 120)
knn = KNeighborsClassifier(5, algorithm="brute").fit(values[train], labels[train])
ridge = RidgeClassifier(alpha=1.0).fit(values[train], labels[train])
out["probes"] = {
    "values": values.tolist(),
    "labels": labels.tolist(),
    "train": 80,
    "knn": float(knn.score(values[test], labels[test])),
    "linear": float(ridge.score(values[test], labels[test])),
}

# Mutual information gap
def bins(column):
    low, high = column.min(), column.max()
    return np.minimum(19, np.floor((column - low) / (high - low) * 20)).astype(int)

information = sorted((mutual_info_score(bins(values[:, d]), labels) for d in range(5)), reverse=True)
out["mig"] = float((information[0] - information[1]) / mutual_info_score(labels, labels))

# Gaussian mixture: two clear clusters, so that every good fit is the same one
cloud = np.concatenate([rng.normal([2, 0], [0.5, 1.0], size=(150, 2)), rng.normal([-3, 1], [1.0, 0.4], size=(100, 2))])
cloud = rounded(cloud @ np.array([[1.0, 0.4], [0.0, 1.0]]))
fitted = GaussianMixture(2, tol=1e-8, max_iter=1000, n_init=5, random_state=1).fit(cloud)
out["mixture"] = {
    "rows": cloud.tolist(),
    "weights": fitted.weights_.tolist(),
    "means": fitted.means_.tolist(),
    "covariances": fitted.covariances_.tolist(),
    "logDensity": float(fitted.score(cloud)),
}

path = pathlib.Path(__file__).with_name("reference.json")
path.write_text(json.dumps(out) + "\n")
