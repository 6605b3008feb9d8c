"""Which state is kept, when training ends, and what it is told from."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skgan import DCGANGenerator, GANGenerator
from skgan.callbacks import EarlyStopping
from skgan.estimators import report, stopping
from skgan.model import Comparison
from skgan.model.refined import CPU
from skgan.networks import HeadedGenerator
from skgan.privacy import MIN_ROWS
from skgan.refinement import Features
from skgan.training import BestState, WeightAverage, averaging, votes_of
from skgan.training.early_stopping import gain_of

SMALL = {"encoder": "scaled", "max_iter": 6, "hidden_layer_sizes": (8,)}
SMALL |= {"batch_size": 16, "n_score_samples": 100, "random_state": 0}


def small(**params):
    return GANGenerator(**{**SMALL, **params})


@pytest.fixture(autouse=True)
def _states_are_scored_after_two_iterations(monkeypatch):
    for module in (report, stopping):
        monkeypatch.setattr(module, "REPORTING_INTERVAL", 2)


class Scripted:
    """Scores of states as a script says, in the order in which they are asked for."""

    def __init__(self, *scores):
        self.scores, self.calls = scores, []

    def __call__(self, estimator, X, y):
        self.calls.append((estimator, X, y))
        return self.scores[(len(self.calls) - 1) % len(self.scores)]


@pytest.fixture
def fresh():
    """Rows like blobs, ``(60, 2)``."""
    rng = np.random.default_rng(1)
    centers = np.array([[-2.0, 0.0], [2.0, 1.0]])
    return centers[np.arange(60) % 2] + 0.3 * rng.normal(size=(60, 2))


# ------------------------------------------------------------------ the rule itself


def test_votes_are_differences_of_probabilities():
    ours, theirs = np.log([0.3, 0.02, 0.5]), np.log([0.1, 0.06, 0.5])
    expected = [[(0.3 - 0.1) / 0.4, (0.02 - 0.06) / 0.08, 0.0]]
    np.testing.assert_allclose(votes_of(ours, theirs), expected, atol=1e-12)


def test_a_row_far_off_does_not_decide():
    scores = np.full(40, 1.0)
    scores[0] = -1e3
    gain, error = gain_of(votes_of(scores, np.zeros(40)))
    assert scores.mean() < 0 and gain > 2 * error


def test_the_error_is_that_of_rows_and_of_parts():
    """Against means of votes that are drawn anew: rows and parts move them alone."""
    rng = np.random.default_rng(0)
    for of_rows, of_parts, n_parts in ((1.0, 0.0, 1), (1.0, 0.2, 4), (0.0, 0.2, 4)):

        def votes(of_rows=of_rows, of_parts=of_parts, n_parts=n_parts):
            rows = of_rows * rng.normal(size=(1, 60))
            return rows + of_parts * rng.normal(size=(n_parts, 1))

        found = [gain_of(votes()) for _ in range(400)]
        spread = np.std([gain for gain, _ in found])
        errors = np.sqrt(np.mean([error**2 for _, error in found]))
        assert 0.85 < errors / spread < 1.15
    assert gain_of(np.array([[0.3]])) == (0.3, 0.0)


def added(scores, patience, rates_fall):
    """A BestState to which single scores were added, and after how many it ended."""
    best = BestState(votes_of, patience, rates_fall)
    for n, score in enumerate(scores, 1):
        if best.add(n, np.array([score]), f"state {n}", score):
            return best, n
    return best, None


def test_scores_that_nobody_gives_are_sums_of_mean_votes():
    best = BestState(votes_of, 9, rates_fall=True)
    for n, score in enumerate([1.0, 2.0, 0.5, 3.0]):
        best.add(n, np.array([score]), n)
    step = np.tanh(np.array([1.0, -1.5, 1.0]) / 2)  # each against the best before
    expected = [0.0, step[0], step[0] + step[1], step[0] + step[2]]
    np.testing.assert_allclose([score for _, score in best.curve], expected)


def test_restarts_are_compared_by_what_is_reported(blobs, monkeypatch):
    """Votes are between states of one run, so that those of others say nothing."""
    monkeypatch.setattr(stopping, "MIN_INTERVALS", 1)
    found = []
    keep = report.FitReport.keep

    def spy(self):
        keep(self)
        found[:] = [model.validation_score for model in self._models]

    monkeypatch.setattr(report.FitReport, "keep", spy)
    gan = small(n_init=3, early_stopping=True).fit(blobs)
    assert len(set(found)) == 3 and gan.validation_score_ == max(found)
    assert gan.validation_scores_[0, 1] == 0


def test_an_earlier_state_is_kept_if_it_is_better_than_the_last():
    best, _ = added([1, 3, 2, 2], 9, True)
    assert best.earlier.iteration == 2 and best.earlier.state == "state 2"
    assert best.curve == [(1, 1.0), (2, 3.0), (3, 2.0), (4, 2.0)]
    assert added([1, 3, 2, 3], 9, True)[0].earlier is None  # of equal ones the later


def test_a_state_that_chance_may_have_made_better_is_not_kept():
    rng = np.random.default_rng(0)
    best = BestState(votes_of, 9, rates_fall=True)
    first, noise = np.zeros(30), rng.normal(size=30)
    best.add(1, first, "first")
    best.add(2, noise - noise.mean() - 0.1, "last")
    assert best.earlier is None
    best.add(3, noise - noise.mean() - 1, "worse")
    assert best.earlier.state == "first"


def test_with_a_constant_rate_training_ends_where_nothing_is_gained():
    assert added([1, 2, 3, 3, 2.9, 3.1, 3, 3, 2], 2, False)[1] == 8
    assert added([1, 2, 3, 4], 1, False)[1] is None


def test_with_falling_rates_only_what_is_worse_counts():
    noise = np.random.default_rng(0).normal(size=30)
    noise -= noise.mean()
    same, worse = np.full(30, -0.01) + noise, np.full(30, -3.0)
    for rates_fall, expected in ((True, 7), (False, 3)):
        best, ends = BestState(votes_of, 2, rates_fall), []
        for n, scores in enumerate([noise * 0, same, same, worse, same, worse, worse]):
            ends.append(best.add(n, scores, n))
        assert ends.index(True) + 1 == expected


@pytest.mark.parametrize("rates_fall", [False, True])
def test_what_is_known_can_be_kept(rates_fall):
    """And another goes on with it, whenever that is."""
    scores = [1, 3, 2, 3.5, 3, 2, 4, 3, 3, 3]
    for n_before in range(len(scores)):
        one, other = (BestState(votes_of, 3, rates_fall) for _ in range(2))
        for n, score in enumerate(scores):
            if n == n_before:
                other.load_state_dict(*one.state_dict())
            own = n, np.array([score]), f"state {n}"
            ends = [one.add(*own)]
            if n >= n_before:
                ends.append(other.add(*own))
            assert ends == [n == 9] * len(ends)
        assert other.curve == one.curve and other.earlier == one.earlier
        assert one.earlier.state == "state 6"


# ------------------------------------------------------------------ scores of states


@pytest.mark.parametrize("n_first", [1, 3])
def test_what_is_kept_is_settled_as_any_model(n_first, blobs):
    """States are scored roughly; the one that is kept is that of a shorter fit."""
    params = {"encoder": "auto", "learning_rate_decay": None, "refinement": None}
    scores = [2.0 if k == n_first else 1.0 for k in (1, 2, 3)]
    stops = EarlyStopping(scoring=Scripted(*scores), patience=9)
    kept = small(**params, validation_fraction=0.2).set_callbacks(stops).fit(blobs)
    assert kept.best_iter_ == 2 * n_first
    short = small(**params, validation_fraction=0.2, max_iter=2 * n_first).fit(blobs)
    rows = [gan.sample(20, random_state=0) for gan in (kept, short)]
    np.testing.assert_array_equal(*rows)
    ours, theirs = (gan.discriminator_.state_dict() for gan in (kept, short))
    for name, weights in ours.items():
        assert weights.equal(theirs[name]), name


def test_few_long_rows_report(blobs, split, monkeypatch):
    monkeypatch.setattr("skgan.estimators.resolve.MAX_HELD_NUMBERS", 2 * 10)
    gan = small(early_stopping=True).fit(blobs)
    held_out = split(blobs, 0.1)[1]
    assert gan.score(held_out[20:30]) == pytest.approx(gan.validation_score_)


def test_a_run_goes_on_from_its_end_whatever_state_was_kept(blobs):
    params = {"learning_rate_decay": None, "refinement": None}
    params |= {"validation_fraction": 0.2}
    stops = EarlyStopping(scoring=Scripted(3, 2, 1, 4), patience=9)
    gan = small(**params, warm_start=True).set_callbacks(stops).fit(blobs)
    assert gan.best_iter_ == 2
    gan.set_params(max_iter=8).fit(blobs)
    assert gan.best_iter_ == 8
    whole = small(**params, max_iter=8).fit(blobs)
    np.testing.assert_array_equal(gan.loss_curve_, whole.loss_curve_)
    rows = [own.sample(20, random_state=0) for own in (gan, whole)]
    np.testing.assert_array_equal(*rows)


def test_rough_states_are_settled_by_an_eighth_of_the_rows(blobs, monkeypatch):
    sizes = {"rows that rake": [], "passes": []}
    rake, average = HeadedGenerator.rake, WeightAverage.update_bn_statistics

    def raking(self, log_shares, latents):
        sizes["rows that rake"].append(len(latents.z))
        rake(self, log_shares, latents)

    def counted(self, draw_latents, *effort):
        passes = []
        average(self, lambda: passes.append(1) or draw_latents(), *effort)
        sizes["passes"].append(len(passes))

    monkeypatch.setattr(averaging, "N_BN_BATCHES", 100)
    monkeypatch.setattr(HeadedGenerator, "rake", raking)
    monkeypatch.setattr(WeightAverage, "update_bn_statistics", counted)
    monkeypatch.setattr(stopping, "MIN_INTERVALS", 1)
    small(early_stopping=True, encoder="auto").fit(blobs)
    assert sizes["passes"] == [13] * 3 + [100]
    *rough, whole = sizes["rows that rake"]
    assert rough == [-(-whole // 8)] * 3 and whole >= 1_000


def test_states_are_scored_roughly_by_default_alone(blobs, monkeypatch):
    efforts = []
    own = stopping.snapshot

    def spy(run, plan, effort=1.0):
        efforts.append(effort)
        return own(run, plan, effort)

    monkeypatch.setattr(stopping, "snapshot", spy)
    monkeypatch.setattr(stopping, "MIN_INTERVALS", 1)
    small(early_stopping=True).fit(blobs)
    stops = EarlyStopping(scoring=Scripted(1, 2, 3))
    small().set_callbacks(stops).fit(blobs)
    assert efforts == [1 / 8] * 3 + [1.0] * 3


class Drawn:
    """A model that generates what it is told to, and keeps what it is asked for."""

    def __init__(self, model, rows):
        self.model, self.rows, self.asked = model, rows, []

    def __getattr__(self, name):
        return getattr(self.model, name)

    def draw(self, label_codes, seed, *, refine, device):
        self.asked.append((label_codes.tolist(), seed, refine))
        rows = np.resize(self.rows, (len(label_codes), self.rows.shape[1]))
        return self.model.encoder.encode(
            self.model.encoder.read(rows), np.random.default_rng(seed)
        )


def compared(model, rows, held_out):
    """Votes of held-out rows between two tables, ``(2, n)``."""
    encoder = model.encoder
    encoded = encoder.encode(encoder.read(rows[0]), np.random.default_rng(0))
    training = encoded, np.zeros(len(encoded), int)
    asked = encoder.read(held_out), np.zeros(len(held_out), int)
    compare = Comparison(model, training, asked, MIN_ROWS, CPU)
    return compare(*(compare.rows_of(Drawn(model, own)) for own in rows))


def test_votes_are_those_of_the_densities_of_both_sides():
    """Against the true densities of two mixtures; and nobody votes between equals."""
    rng = np.random.default_rng(0)
    shift = np.array([0.0, 1.0])
    ours = rng.normal(size=(10_000, 2))
    theirs = rng.normal(size=(10_000, 2)) + shift
    asked = rng.normal(size=(2_000, 2)) + rng.random((2_000, 1)) * shift
    model = small(max_iter=2, encoder="auto", refinement=None).fit(ours[:500])._model
    log_ratio = ((asked - shift) ** 2 - asked**2).sum(1) / 2
    found = compared(model, [ours, theirs], asked)
    assert found.shape == (2, 2_000)
    expected = np.tanh(log_ratio / 2)
    assert np.abs(found.mean(0) - expected).mean() < 0.15  # of .44 without trees
    assert np.corrcoef(found.mean(0), expected)[0, 1] > 0.95
    assert abs(found.mean() - expected.mean()) < 0.02
    gain, error = gain_of(compared(model, [ours, ours[::-1]], asked))
    assert abs(gain) < 3 * error < 0.06


def test_rows_of_all_models_come_from_one_noise_and_are_not_refined(blobs):
    one, other = (small(random_state=seed).fit(blobs)._model for seed in (0, 1))
    encoded = one.encoder.encode(one.encoder.read(blobs), np.random.default_rng(0))
    rows = encoded, np.zeros(400, int)
    compare = Comparison(one, rows, (one.encoder.read(blobs), rows[1]), MIN_ROWS, CPU)
    models = [Drawn(model, blobs) for model in (one, other)]
    for model in models:
        compare.rows_of(model)
    assert models[0].asked == models[1].asked == [([0] * 10_000, one.seed, False)]


def test_what_a_kernel_would_smooth_is_seen():
    """Rows that repeat a hundred training rows lose against rows of the law."""
    rng = np.random.default_rng(0)
    rows, fresh = rng.normal(size=(2, 10_000, 3))
    model = small(max_iter=2, encoder="auto", refinement=None).fit(rows[:500])._model
    few = rows[rng.integers(100, size=10_000)]
    few = few + 0.05 * rng.normal(size=few.shape)
    asked = rng.normal(size=(100, 3))
    gain, error = gain_of(compared(model, [fresh, few], asked))
    assert gain > 0.3 and gain > 10 * error


def test_classes_are_told_apart_by_name():
    """Trees take the bins of classes as they come, not in their order."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefgh"))
    ours = pd.DataFrame({"x": letters[2 * rng.integers(4, size=4_000)]})
    theirs = pd.DataFrame({"x": letters[rng.integers(8, size=4_000)]})
    gan = small(max_iter=2, encoder="auto", refinement=None).fit(theirs)
    known = gan.encoder_.read

    class Named(Drawn):
        def draw(self, label_codes, seed, *, refine, device):
            some = self.rows.iloc[np.arange(len(label_codes)) % len(self.rows)]
            rng = np.random.default_rng(seed)
            return self.model.encoder.encode(known(some), rng)

    model = gan._model
    encoded = model.encoder.encode(known(theirs), rng)
    zeros = np.zeros(4_000, int)
    asked = known(pd.DataFrame({"x": list("ab")})), zeros[:2]
    compare = Comparison(model, (encoded, zeros), asked, MIN_ROWS, CPU)
    found = compare(*(compare.rows_of(Named(model, own)) for own in (ours, theirs)))
    np.testing.assert_allclose(found.mean(0), [1 / 3, -1], atol=0.05)


@pytest.mark.parametrize(
    ("width", "n_rows"), [(2, 10_000), (200, 5_000), (3_000, 1_000)]
)
def test_long_rows_are_fewer(width, n_rows, monkeypatch):
    drawn = []

    class Wide:
        seed = 0

        class encoder:
            n_bins, ranked = [2] * width, [True] * width

        class conditions:
            n_labels = 1

        def features(self, encoded, label_codes):
            drawn.append(len(encoded))
            return Features(encoded, np.zeros(len(encoded)), label_codes)

        features_of = features

        def label_codes(self, labels, n, seed):
            return np.zeros(n, int)

        def draw(self, label_codes, seed, *, refine, device):
            return np.zeros((len(label_codes), width), np.uint8)

    rows = np.zeros((30_000, width), np.uint8), np.zeros(30_000, int)
    compare = Comparison(Wide(), rows, rows, MIN_ROWS, CPU)
    assert compare.rows_of(Wide()).shape == (n_rows, min(width, 500))
    n_real = min(20_000, max(n_rows, 1_000_000 // width))
    assert drawn == [n_real, n_real, n_rows]


def test_classes_stay_classes_where_columns_are_left_out(monkeypatch):
    """Columns of an order hold 0, those of none 1."""
    width, found = 900, []
    parity = (np.arange(width) % 2).astype(np.uint8)

    class Striped:
        seed = 0

        class encoder:
            n_bins, ranked = [2] * width, parity == 0

        class conditions:
            n_labels = 1

        def features(self, encoded, label_codes):
            return Features(encoded, np.zeros(len(encoded)), label_codes)

        features_of = features

    both = np.random.default_rng(0).integers(2, size=(400, width), dtype=np.uint8)
    rows = both, np.zeros(400, int)
    compare = Comparison(Striped(), rows, rows, MIN_ROWS, CPU)
    monkeypatch.setattr(
        "skgan.model.comparison.votes_between",
        lambda ours, theirs, asked, is_class, seed: (
            found.append(is_class) or asked[:, 0]
        ),
    )
    own = compare._binned(Striped().features(np.tile(parity, (4, 1)), np.zeros(4)))
    compare(own, own)
    assert own.shape == (4, 500) and len(found) == 2
    np.testing.assert_array_equal(found[0], own[0] == 1)


def test_states_are_compared_on_the_rows_that_choose(blobs, split, monkeypatch):
    """And by rows of each, as they are before refinement."""
    training, held_out = split(blobs, 0.1)
    evidence = []
    own = BestState.add

    def spy(self, iteration, rows, *others):
        evidence.append(rows)
        return own(self, iteration, rows, *others)

    monkeypatch.setattr(BestState, "add", spy)
    monkeypatch.setattr(stopping, "MIN_INTERVALS", 1)
    gan = small(early_stopping=True).fit(blobs)
    encoder, model = gan.encoder_, gan._model
    encoded = encoder.encode(encoder.read(training), np.random.default_rng(0))
    asked = encoder.read(held_out[:20]), np.zeros(20, int)
    own = encoded, np.zeros(len(encoded), int)
    compare = Comparison(model, own, asked, MIN_ROWS, CPU)
    gain = gain_of(compare(evidence[1], evidence[0]))[0]
    (_, first), (_, second), _ = gan.validation_scores_
    assert first == 0 and second == pytest.approx(gain)
    n = {4: 1, 6: 2}.get(gan.best_iter_, 0)
    codes = np.zeros(10_000, int)
    rows = model.draw(codes, model.seed, refine=False)
    kept = compare._binned(model.features(rows, codes))
    off = [np.mean(kept != own) for own in evidence]
    assert off[n] == 0 < min(np.delete(off, n))


@pytest.mark.parametrize(
    ("max_iter", "expected"),
    [(6, [6]), (26, [10, 20, 26]), (300, [26, 52, 78])],
)
def test_by_default_a_state_is_scored_once_early_and_then_seldom(
    blobs, max_iter, expected
):
    """As trees take long; of a long run by twelfths, as with scores of a user."""
    gan = small(max_iter=max_iter, early_stopping=True, hidden_layer_sizes=(2,))
    iterations = gan.fit(blobs).validation_scores_[:, 0]
    if max_iter == 300:  # it may end before
        assert len(iterations) >= 4
        expected = [*range(26, 300, 26), 300]
        expected = sorted({12, *expected})[: len(iterations)]
    np.testing.assert_array_equal(iterations, expected)


def test_without_it_nothing_changes_and_with_it_only_what_is_kept(blobs):
    """Training is the same to the last bit, and so is a last state that is kept."""
    alone = small().fit(blobs)
    stopping = small(early_stopping=True, validation_fraction=0.2)
    same = small(validation_fraction=0.2).fit(blobs)
    stopping.fit(blobs)
    np.testing.assert_array_equal(stopping.loss_curve_, same.loss_curve_)
    if stopping.best_iter_ == 6:
        rows = [gan.sample(9, random_state=0) for gan in (stopping, same)]
        np.testing.assert_array_equal(*rows)
    for name in ("validation_scores_", "best_iter_"):
        with pytest.raises(AttributeError, match=f"{name} is not there after this fit"):
            getattr(alone, name)


def state_after(n_iter, blobs, **params):
    """Samples of the state after so many of six iterations."""
    samples = {}

    class Watch(EarlyStopping):
        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if context.task_name == "interval":
                own = metadata["snapshot"]().sample(9, refine=False, random_state=0)
                samples[metadata["n_iter"]] = own

    watch = Watch(scoring=Scripted(1, 2, 3), patience=20)
    small(**params).set_callbacks(watch).fit(blobs)
    return samples[n_iter]


@pytest.mark.parametrize(
    ("scores", "kept"), [((1, 3, 2), 4), ((1, 2, 3), 6), ((3, 1, 2), 2)]
)
def test_the_best_state_is_what_is_kept(blobs, scores, kept):
    """A copy, that training goes on without."""
    stops = EarlyStopping(scoring=Scripted(*scores), patience=9)
    gan = small().set_callbacks(stops).fit(blobs)
    assert gan.best_iter_ == kept and gan.n_iter_ == 6
    np.testing.assert_array_equal(
        gan.validation_scores_, np.column_stack([[2, 4, 6], scores])
    )
    np.testing.assert_array_equal(
        gan.sample(9, random_state=0), state_after(kept, blobs)
    )
    assert np.isfinite(gan.score(blobs))


def test_one_half_of_the_held_out_rows_chooses_the_other_reports(blobs, split):
    scoring = Scripted(1, 2, 3)
    gan = small().set_callbacks(EarlyStopping(scoring=scoring)).fit(blobs)
    held_out = split(blobs, 0.1)[1]
    snapshot, X, y = scoring.calls[0]
    np.testing.assert_array_equal(X, held_out[:20])
    assert y is None and snapshot.sample(3).shape == (3, 2)
    assert gan.score(held_out[20:]) == pytest.approx(gan.validation_score_)


@pytest.mark.parametrize(("max_iter", "every"), [(6, 2), (26, 4)])
def test_a_run_is_scored_at_most_twelve_times(blobs, max_iter, every, monkeypatch):
    scoring = Scripted(*range(30))
    stops = EarlyStopping(scoring=scoring, patience=30)
    keeper = small(max_iter=max_iter).set_callbacks(stops).fit(blobs)
    iterations = keeper.validation_scores_[:, 0]
    expected = sorted({*range(every, max_iter, every), max_iter})
    np.testing.assert_array_equal(iterations, expected)


def test_training_ends_when_nothing_is_gained(blobs):
    for decay, scores, n_iter in (
        (None, (2, 1, 1, 1), 6),
        ("linear", (2, 1, 1, 1), 6),
        (None, (1, 2, 3, 4, 5), 10),
    ):
        stops = EarlyStopping(scoring=Scripted(*scores), patience=2)
        gan = small(max_iter=10, learning_rate_decay=decay).set_callbacks(stops)
        assert gan.fit(blobs).n_iter_ == n_iter


def test_it_ends_one_restart_and_the_best_of_all_is_kept(blobs):
    """By the scores that chose states, not by those that are reported."""
    scoring = Scripted(2, 1, 9, 3, 2, 1)
    stops = EarlyStopping(scoring=scoring, patience=1)
    gan = small(n_init=3).set_callbacks(stops).fit(blobs)
    assert len(scoring.calls) == 6 and gan.n_iter_ == 4
    np.testing.assert_array_equal(gan.validation_scores_, [[2, 9], [4, 3]])


def test_other_callbacks_find_the_score(blobs):
    found = []

    class Watch(EarlyStopping):
        every = 1

        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if context.task_name == "interval":
                found.append(metadata["validation_score"])

    small(max_iter=4).set_callbacks(Watch(scoring=Scripted(5, 6))).fit(blobs)
    assert found == [None, 5, None, 6]


def test_ctrl_c_keeps_the_best_so_far(blobs):
    class Interrupts(EarlyStopping):
        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if metadata and metadata["n_iter"] == 4:
                raise KeyboardInterrupt

    stops = Interrupts(scoring=Scripted(2, 1))
    with pytest.warns(UserWarning, match="the state after 2 iterations is kept"):
        gan = small().set_callbacks(stops).fit(blobs)
    assert gan.n_iter_ == 4 and gan.best_iter_ == 2
    np.testing.assert_array_equal(gan.sample(9, random_state=0), state_after(2, blobs))


# ------------------------------------------------------------------- X_val and y_val


def test_given_rows_are_held_out_in_place_of_others(blobs, fresh):
    gan = small().fit(blobs, X_val=fresh)
    assert gan.score(fresh) == pytest.approx(gan.validation_score_)
    whole = small(validation_fraction=0.0).fit(blobs)
    assert len(gan.loss_curve_) == 6
    other = small().fit(np.vstack([blobs, fresh]), X_val=fresh)
    assert (other.loss_curve_ != gan.loss_curve_).any()
    assert whole.validation_score_ != gan.validation_score_


def test_given_rows_choose_and_report(blobs, fresh):
    scoring = Scripted(1, 2, 3)
    gan = small().set_callbacks(EarlyStopping(scoring=scoring))
    gan.fit(blobs, X_val=fresh)
    chosen = scoring.calls[0][1]
    is_chosen = (fresh[:, None] == chosen[None]).all(-1).any(1)
    assert is_chosen.sum() == len(chosen) == 30
    assert gan.score(fresh[~is_chosen]) == pytest.approx(gan.validation_score_)


def test_many_given_rows_choose_and_some_report(blobs):
    given = np.random.default_rng(0).normal(size=(3_000, 2))
    scoring = Scripted(1, 2, 3)
    gan = small().set_callbacks(EarlyStopping(scoring=scoring))
    gan.fit(blobs, X_val=given)
    chosen = scoring.calls[0][1]
    assert len(np.unique(chosen[:, 0])) == 1_500
    others = given[~np.isin(given[:, 0], chosen[:, 0])]
    scores = gan.score_samples(others)
    assert len(others) == 1_500 and gan.validation_score_ != scores.mean()
    error = scores.std() / np.sqrt(1_000)
    assert abs(gan.validation_score_ - scores.mean()) < 3 * error
    alone = small().fit(blobs, X_val=given)
    some = alone.validation_score_ - alone.score_samples(given).mean()
    assert 0 < abs(some) < 3 * error


def test_labels_of_given_rows(blobs, fresh):
    y, y_val = blobs[:, 0] > 0, fresh[:, 0] > 0
    gan = small(class_conditional=True, early_stopping=True)
    gan.fit(blobs, y, X_val=fresh, y_val=y_val)
    assert gan.validation_scores_.shape == (1, 2)
    scoring = Scripted(1, 2, 3)
    gan = gan.set_params(early_stopping=False)
    gan.set_callbacks(EarlyStopping(scoring=scoring))
    gan.fit(blobs, y, X_val=fresh, y_val=y_val)
    _, X, labels = scoring.calls[0]
    np.testing.assert_array_equal(labels, X[:, 0] > 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X_val": [[0.0]] * 50}, "X_val: X has 1 features"),
        ({"X_val": [[np.nan, 0.0]] * 50}, "X_val: Input X contains NaN"),
        ({"X_val": [[0.0, 0.0]] * 4}, "X_val: must have 5 rows or more, got 4"),
        ({"y_val": None}, "y_val: class_conditional=True needs the labels of X_val"),
        ({"y_val": ["c"] * 60}, "y_val: y must hold labels seen in fit, 'a', 'b', got"),
        ({"y_val": ["a"] * 9}, r"y_val: .* inconsistent numbers of samples"),
        ({"X_val": None}, "y_val needs X_val"),
    ],
)
def test_rows_to_validate_with_are_checked(change, message, blobs, fresh):
    gan = small(class_conditional=True, max_iter=2)
    given = {"X_val": fresh, "y_val": ["a"] * 60, **change}
    with pytest.raises(ValueError, match=message):
        gan.fit(blobs, np.where(blobs[:, 0] > 0, "a", "b"), **given)
    assert not hasattr(gan, "generator_") and not hasattr(gan, "n_features_in_")


def test_columns_of_given_frames_are_those_of_X(blobs):
    frame = pd.DataFrame(blobs, columns=["a", "b"])
    with pytest.raises(ValueError, match="X_val: The feature names should match"):
        small(max_iter=2).fit(frame, X_val=frame.rename(columns={"b": "c"}))


def test_too_few_rows_to_choose_by(blobs, fresh):
    gan = small(early_stopping=True)
    message = r"at least 40 held-out rows, got 39 of 390 rows: raise validation_fr"
    with pytest.raises(ValueError, match=message):
        gan.fit(blobs[:390])
    with pytest.raises(ValueError, match="got 0 of 400 rows"):
        gan.set_params(validation_fraction=0.0).fit(blobs)
    with pytest.raises(ValueError, match="got an X_val of 39"):
        gan.fit(blobs, X_val=fresh[:39])


@pytest.mark.parametrize("params", [{"scoring": "accuracy"}, {"patience": 0}])
def test_options_that_break_a_rule(params):
    with pytest.raises(ValueError, match=next(iter(params))):
        EarlyStopping(**params)


def test_scores_are_one_for_each_row(blobs):
    stops = EarlyStopping(scoring=lambda estimator, X, y: np.zeros((len(X), 1)))
    with pytest.raises(ValueError, match=r"one for each row, got an array of shape"):
        small().set_callbacks(stops).fit(blobs)


def test_scores_must_be_finite(blobs):
    stops = EarlyStopping(scoring=Scripted(np.nan))
    with pytest.raises(ValueError, match="scoring must return finite numbers, got nan"):
        small().set_callbacks(stops).fit(blobs)


# ------------------------------------------------------- pipelines, searches, images


def test_pipelines_pass_rows_on(blobs, fresh):
    pipeline = make_pipeline(MinMaxScaler(), small(early_stopping=True))
    scaled = MinMaxScaler().fit(blobs).transform(fresh)
    pipeline.fit(blobs, gangenerator__X_val=scaled)
    gan = small(early_stopping=True).fit(
        MinMaxScaler().fit_transform(blobs), X_val=scaled
    )
    np.testing.assert_array_equal(
        pipeline[-1].validation_scores_, gan.validation_scores_
    )


def test_searches_stop_early_too(blobs):
    """Fits of a search share the callback, and nothing else."""
    gan = small(validation_fraction=0.2).set_callbacks(EarlyStopping(patience=1))
    search = GridSearchCV(gan, {"learning_rate": [1e-3, 1e-2]}, cv=2).fit(blobs)
    assert search.best_estimator_.validation_scores_.shape[1] == 2
    alone = clone(search.best_estimator_).fit(blobs)
    np.testing.assert_array_equal(
        search.best_estimator_.validation_scores_, alone.validation_scores_
    )


def test_images(digits, monkeypatch):
    monkeypatch.setattr(stopping, "MIN_INTERVALS", 1)
    gan = DCGANGenerator(base_channels=2, max_iter=3, n_score_samples=50)
    gan.set_params(early_stopping=True, random_state=0)
    gan.fit(digits[:200], X_val=digits[200:260])
    np.testing.assert_array_equal(gan.validation_scores_[:, 0], [2, 3])
    assert gan.best_iter_ in (2, 3)
