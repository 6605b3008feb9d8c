"""Whether attackers can tell members, the rows that a generator was trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skgan.encoding import looks_like_pixels

from .attacks import BLACK_BOX, Evidence
from .membership_report import MembershipReport
from .overlap import overlap_of
from .privacy import equal_share
from .rows import Rows, joined, own_stream, read_rows
from .white_box import WHITE_BOX, LacksScoreError

MIN_ROWS = 10  # members, others, synthetic and reference rows, each
REFERENCE_NAMES = "members or non_members", "reference"
APART = (
    "rows that are neither members nor non-members",
    "attackers have no rows that they ask for, and what is found is not what they find",
)
QUICK = "closest", "distance_ratio", "nearest_distances"
MAX_QUICK = 5_000  # rows of a table, but for synthetic ones


def membership_attacks(
    members: ArrayLike,
    non_members: ArrayLike,
    synthetic: ArrayLike,
    *,
    reference: ArrayLike | None = None,
    model: Any = None,
    attacks: str | Sequence[str] = "all",
    random_state: int | None = 0,
) -> MembershipReport:
    """Attack synthetic rows, and their model, to find the rows that were trained on.

    Parameters
    ----------
    members : array-like or data frame of shape (n_members, n_features)
        Rows that the generator was trained on, all or some of them.
    non_members : array-like or data frame of shape (n_non_members, n_features)
        Rows from the same source that it has not seen. Take them at random, as a
        difference in time or place between both is found by attacks as well.
    synthetic : array-like or data frame of shape (n_synthetic, n_features)
        Rows that it made. The more, the more they tell.
    reference : array-like or data frame of shape (n_reference, n_features), \
default=None
        More rows from the same source, neither members nor non-members, that the
        attacker has. Most attacks need some.
    model : fitted estimator, default=None
        The generator, for attacks that know it.
    attacks : "all", or list of names, default="all"
        "closest", "distance_ratio", "nearest_distances", "density_ratio" and
        "classifier" know rows alone; "discriminate", "score_samples", "logits" and
        "refinement" the model. "all" are those that can be run.
    random_state : int, RandomState instance or None, default=0
        Seeds classifiers and draws, and orders rows that an attack is as sure of.

    Returns
    -------
    MembershipReport
        ``print`` shows it as a table with sentences; ``maximum`` is the attack that
        found most, ``figures`` has all, ``frame`` the same as a data frame, and
        :class:`skgan.plotting.MembershipDisplay` draws it.

    Raises
    ------
    ValueError
        If the columns differ, a table has fewer than ten rows, all non-members are
        members, all reference rows are among both, or an attack is unknown or cannot
        be run.

    Warns
    -----
    UserWarning
        If some non-members are members, or some reference rows are among both, more
        than chance makes equal.

    See Also
    --------
    shadow_attack : Fits the generator with and without a few rows.
    copy_share : A share of rows that look copied.

    Notes
    -----
    Each attack is a number for each row, larger for those that it takes for members.
    Its threshold is set so that 1 % or 10 % of non-members are claimed: false alarms,
    and the percentage of members that chance would find. All attacks are judged among
    all rows, and among the 1 % that are the most exposed, at least 200: those that are
    the furthest from their five nearest others [1]_, whom averages hide.

    - "closest" claims rows that are close to a synthetic one;
    - "distance_ratio" rows closer to synthetic than to reference rows;
    - "nearest_distances" rows at a distance that is more frequent among the rows asked
      for than among reference rows [2]_;
    - "density_ratio" rows around which synthetic rows are denser than reference rows
      [3]_;
    - "classifier" rows that boosted trees take for synthetic and not for reference rows
      [4]_;
    - "discriminate" and "score_samples" those of which these methods return more,
      "logits" those of which the discriminator does, "refinement" those that it would
      accept the most readily.

    That none finds members is no proof that there is no better attack. A member is a
    row: if several are of one person, he or she may be easier to find.

    References
    ----------
    .. [1] Meeus et al., "Achilles' heels: vulnerable record identification in synthetic
           data publishing", ESORICS, 2023.
    .. [2] Pathak & Jana, "Quantifying membership disclosure risk for tabular synthetic
           data using kernel density estimators", arXiv 2603.10937, 2026.
    .. [3] van Breugel et al., "Membership inference attacks against synthetic data
           through overfitting detection", AISTATS, 2023.
    .. [4] Hayes et al., "LOGAN: membership inference attacks against generative
           models", PoPETs, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from skgan.metrics import membership_attacks
    >>> train, test, fresh, other = np.random.default_rng(0).normal(size=(4, 500, 4))
    >>> membership_attacks(train, test, fresh, reference=other).verdict
    'none found'
    >>> noisy = train + 0.01 * fresh
    >>> report = membership_attacks(train, test, noisy, reference=other)
    >>> report.verdict, report.maximum.percent
    ('members found', 100.0)
    """
    names = _checked_names(attacks)
    tables = {"synthetic": synthetic, "members": members, "non_members": non_members}
    if reference is not None:
        tables["reference"] = reference
    # By the synthetic rows, as an attacker would: categories and units that were those
    # of members would tell these
    own, *others = read_rows(**tables)
    for name, rows in zip(tables, [own, *others], strict=True):
        if rows.n < MIN_ROWS:
            raise ValueError(f"{name} must have {MIN_ROWS} rows or more, got {rows.n}.")
    share, candidates = equal_share(*others[:2]), joined(*others[:2])
    overlap_of(*others[:2], share, ("members", "non_members"))
    for rows in others[2:]:
        share = equal_share(candidates, rows)
        overlap_of(candidates, rows, share, REFERENCE_NAMES, APART)
    rng = own_stream(random_state)
    evidence = Evidence(
        own,
        candidates,
        others[2] if reference is not None else None,
        rng,
        not looks_like_pixels(synthetic),
    )
    scores, left_out = {}, {}
    for name in names:
        try:
            if name in BLACK_BOX:
                scores[name] = _black_box(name, evidence)
            else:
                scores[name] = _white_box(name, model, members, non_members)
        except LacksScoreError as error:
            left_out[name] = str(error)
    if left_out and attacks != "all":
        name, reason = next(iter(left_out.items()))
        raise ValueError(f"The attack {name!r} cannot be run: {reason}.")
    knowledge = {n: "black-box" if n in BLACK_BOX else "white-box" for n in scores}
    is_member = np.repeat([True, False], [rows.n for rows in others[:2]])
    return MembershipReport(
        scores, knowledge, is_member, evidence.exposure, rng, left_out
    )


def quick_attacks(
    train: Rows,
    test: Rows,
    synthetic: Rows,
    random_state: np.random.RandomState,
    scale_columns: bool,
    confidence: float,
) -> MembershipReport | None:
    """Run the attacks by distances; half of the held-out rows are the reference.

    Tables are cut to 5,000 rows each, but for the synthetic ones. Of too few held-out
    rows nothing is told, and None returned.
    """
    train, test = (
        rows.take(random_state.permutation(rows.n)[:MAX_QUICK])
        for rows in (train, test)
    )
    if min(train.n, test.n // 2) < MIN_ROWS:
        return None
    halves = [test.take(half) for half in np.array_split(np.arange(test.n), 2)]
    evidence = Evidence(
        synthetic, joined(train, halves[0]), halves[1], random_state, scale_columns
    )
    return MembershipReport(
        {name: BLACK_BOX[name][0](evidence) for name in QUICK},
        dict.fromkeys(QUICK, "black-box"),
        np.repeat([True, False], [train.n, halves[0].n]),
        evidence.exposure,
        random_state,
        confidence=confidence,
    )


def _checked_names(attacks):
    """List the names of attacks."""
    known = [*BLACK_BOX, *WHITE_BOX]
    if isinstance(attacks, str):
        names = known if attacks == "all" else [attacks]
    else:
        names = list(attacks)
    odd = [name for name in names if name not in known]
    if odd or not names:
        raise ValueError(
            f"attacks must be 'all' or a list of some of {known}, got {attacks!r}."
        )
    return names


def _black_box(name, evidence):
    """Score candidates by an attack that knows rows alone."""
    attack, needs_reference = BLACK_BOX[name]
    if needs_reference and evidence.reference is None:
        raise LacksScoreError("there are no reference rows")
    return attack(evidence)


def _white_box(name, model, members, non_members):
    """Score candidates by an attack that knows the model."""
    if model is None:
        raise LacksScoreError("there is no model")
    parts = [WHITE_BOX[name](model, X) for X in (members, non_members)]
    scores = np.concatenate(parts)
    if np.isnan(scores).any():
        raise LacksScoreError("the model returns nan for some rows")
    return scores
