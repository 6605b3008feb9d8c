"""
A search over two parameters
============================

A generator is searched as a classifier is: by scikit-learn, with folds, and with a
score. :class:`~skgan.metrics.TwoSampleScorer` asks whether boosted trees can tell
generated rows from rows of a fold that the generator has not seen; 1 is best.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV

import skgan
from skgan import GANGenerator
from skgan.datasets import make_hospital_stays
from skgan.metrics import TwoSampleScorer

columns = ["department", "age", "systolic", "diastolic", "cost"]
stays = make_hospital_stays(400, random_state=0)[columns]
gan = GANGenerator(
    max_iter=50,  # short, for this page, as batches are small
    batch_size=64,
    refinement=None,
    n_score_samples=1_000,  # of a score that is not asked for here
    random_state=0,
)
grid = {"learning_rate": [1e-4, 1e-3, 4e-3], "hidden_layer_sizes": [(16,), (128, 128)]}
search = GridSearchCV(gan, grid, scoring=TwoSampleScorer(), cv=2).fit(stays)
print(search.best_params_, f"{search.best_score_:.2f}")

# %%
# All candidates side by side:

scores = search.cv_results_["mean_test_score"].reshape(2, 3)
figure, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
image = ax.imshow(scores, vmin=0, aspect="auto", cmap="cividis")
for (i, j), score in np.ndenumerate(scores):
    shade = "k" if score > scores.max() / 2 else "w"
    ax.text(j, i, f"{score:.2f}", ha="center", va="center", color=shade, size=20)
ax.set_xticks(range(3), map(str, grid["learning_rate"]))
ax.set_yticks(range(2), map(str, grid["hidden_layer_sizes"]))
ax.set(title="Two-sample score", xlabel="learning_rate", ylabel="hidden_layer_sizes")
plt.show()

# %%
# The best candidate is fitted again, to all rows, and draws:

print(skgan.sample(search, 3, random_state=0).T)

# %%
# Short trainings favor high learning rates, and few rows a kind score. So search with
# the number of iterations and of rows that you mean to use, and look at what the winner
# gets on rows that no fold had (:doc:`/guide/searches`). ``HalvingGridSearchCV`` gives
# many iterations only to candidates that deserve them.
