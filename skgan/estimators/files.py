"""Files of estimators: ``save`` and ``load``."""

import os
from dataclasses import replace
from functools import partial

import torch
from sklearn.base import clone

from .. import _torch
from ..encoding import Encoder, TableEncoder, UserFunction
from ..exceptions import FileError
from ..model import check_judging, check_parts
from ..refinement import Refinement
from ..sinks.table_file import TableFile
from ..storage import Refused, Vocabulary, of_class, read, write
from ..storage.fields import (
    anything,
    array,
    flag,
    instance,
    mapping,
    number,
    require,
    whole,
)
from .base import BaseGAN
from .image import DCGANGenerator
from .oversampling import GANOverSampler
from .packing import model_of, pack_model, versions
from .parameters import check_training
from .refined import RefinedGenerator
from .table import GANGenerator
from .vocabulary import WORDS, Own, is_packable

ESTIMATORS: dict[str, type] = {
    "gan_generator/1": GANGenerator,
    "dcgan_generator/1": DCGANGenerator,
    "gan_over_sampler/1": GANOverSampler,
    "refined_generator/1": RefinedGenerator,
}
NAMES = {own: word for word, own in ESTIMATORS.items()}
# What is learned beside models, and what it must be
ATTRIBUTES = {
    "n_features_in_": whole(1),
    "feature_names_in_": array("O"),
    "n_unseen_": array("i8", 1, 0),
    "sampling_strategy_": mapping(anything, whole(0)),
    "estimators_": mapping(anything, instance(BaseGAN)),
    "encoder_": instance(TableEncoder),
    "refinement_": instance(Refinement),
    "acceptance_rate_": number(0, 1),
    "_seed": whole(0, 2**32 - 1),
    "_is_expanded": flag,
    "_table_file": instance(TableFile),
}


def save(
    estimator: BaseGAN | GANOverSampler | RefinedGenerator,
    path: str | os.PathLike,
    *,
    discriminator: bool = False,
) -> None:
    """Write an estimator to a file that holds no code, no row and no discriminator.

    The file is written whole or not at all: a crash leaves the old one. It holds
    parameters and what was learned, as numbers and text; not callbacks, and not what
    the user has written: such functions are passed to :func:`load` again.

    Parameters
    ----------
    estimator : GANGenerator, DCGANGenerator, GANOverSampler or RefinedGenerator
        Fitted or not. Of the last, the generator that it refines is not kept: a
        fitted one is passed to :func:`load` again.
    path : path-like
        The file, which by convention ends in ".skgan".
    discriminator : bool, default=False
        Whether to keep the discriminator. It tells training rows from others, so keep
        it only in files that you would give the data along with. ``sample``,
        ``score_samples`` and ``discriminate`` do without.

    Raises
    ------
    TypeError
        If the estimator is of another class, or holds an object that files have no
        word for, as an encoder of the user's; pickle keeps these.
    ValueError
        If a parameter breaks a rule, or if refinement asks the discriminator and that
        is left out.
    OSError
        If the file cannot be written.

    See Also
    --------
    load : Read it again.
    inspect : Look at what a file holds.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_iris
    >>> import skgan
    >>> X = load_iris().data
    >>> gan = skgan.GANGenerator(max_iter=20, random_state=0).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     skgan.save(gan, Path(folder) / "iris.skgan")
    ...     again = skgan.load(Path(folder) / "iris.skgan")
    >>> bool((again.sample(5, random_state=0) == gan.sample(5, random_state=0)).all())
    True
    """
    if type(estimator) not in NAMES:
        raise TypeError(
            f"estimator must be of class {', '.join(o.__name__ for o in NAMES)}, got "
            f"{type(estimator).__name__}: pickle keeps others."
        )
    words = _words(discriminator)
    content = _plain(estimator, words, discriminator)
    try:
        packed = {name: words.pack(value) for name, value in content.items()}
    except TypeError as error:
        raise TypeError(f"{error} Pickle keeps it.") from None
    write(path, NAMES[type(estimator)], packed["learned"], versions(), packed["params"])


def load(path: str | os.PathLike, **functions: object) -> BaseGAN | GANOverSampler:
    """Read an estimator from a file of ``save``.

    No code is run that comes from the file, and nothing in it is believed unchecked. It
    samples and scores as the one that was saved, on a machine without a GPU, too.

    Parameters
    ----------
    path : path-like
        The file.
    **functions : object
        Parameters that are the user's own, by name: what was a function of yours, and
        so is not in the file. An error says which.

    Returns
    -------
    GANGenerator, DCGANGenerator or GANOverSampler
        The estimator, fitted if it was.

    Raises
    ------
    skgan.exceptions.FileError
        If the file was changed or cut, or is of another program or a newer version.
    ValueError
        If functions are missing, if others are given, or if one breaks the rule of its
        parameter.
    OSError
        If the file cannot be read.

    See Also
    --------
    save : Write it.
    inspect : Look at what a file holds.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skgan
    >>> def quarter(iteration):
    ...     return 4
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "model.skgan"
    ...     skgan.save(skgan.GANGenerator(n_critic=quarter), path)
    ...     skgan.load(path, n_critic=quarter).n_critic(0)
    4
    """
    header, tree = read(path)
    handed = _Handed(functions)
    try:
        if header["class"] not in ESTIMATORS:
            raise Refused("class", f"it holds no estimator but {header['class']!r:.60}")
        words = _words(handed=handed)
        content = {"params": header["params"], "learned": tree}
        with _torch.plain(torch.device("cpu")):
            content = {name: words.unpack(value) for name, value in content.items()}
            estimator = _made(ESTIMATORS[header["class"]], handed, content)
    except Refused as error:
        raise FileError(path, error.part, str(error), header["versions"]) from None
    missing, odd = handed.asked - functions.keys(), functions.keys() - handed.asked
    if missing:
        again = ", ".join(f"{name}=..." for name in sorted(missing))
        raise ValueError(
            f"{os.fspath(path)} was saved with parameters that are the user's own, and "
            f"no file holds: pass them again, as load(path, {again})."
        )
    if odd:
        raise ValueError(f"{sorted(odd)} must not be given: {path} holds them.")
    return estimator


class _Handed:
    """What the user has passed again, by the names of parameters, and what is asked."""

    def __init__(self, functions):
        self.functions, self.asked = functions, set()

    def __call__(self, own):
        self.asked.add(own.name)
        return self.functions.get(own.name, own)


def _words(discriminator=False, handed=None):
    """All words, and those of estimators in estimators."""

    def pack(estimator):
        return _plain(estimator, words, discriminator)

    words = WORDS | Vocabulary(
        (),
        (
            of_class(own, pack, partial(_made, own, handed), word)
            for word, own in ESTIMATORS.items()
        ),
    )
    return words


def _plain(estimator, words, discriminator):
    """Parameters and what is learned, for ``words.pack``."""
    _check(estimator)
    params = {}
    for name, value in estimator.get_params(deep=False).items():
        value = clone(value) if isinstance(value, Encoder) else value
        params[name] = value if is_packable(value, words) else Own(name)
    own = vars(estimator)
    if own.get("_pool") is not None:
        raise TypeError("A pool is rows, which no file holds; pickle keeps them.")
    learned = {name: own[name] for name in ATTRIBUTES if name in own}
    if "_model" in own:
        _check_discriminator(own["_model"], discriminator)
        left_out = () if discriminator else ("discriminator",)
        learned["model"] = pack_model(_with_stand_ins(own["_model"]), left_out)
    return {"params": params, "learned": learned}


def _check_discriminator(model, discriminator):
    """Refuse to keep a discriminator that is not there, or to drop a needed one."""
    if discriminator and model.discriminator is None:
        raise ValueError("discriminator=True needs one: it was left out of a file.")
    if not discriminator and model.refinement and model.refinement.uses_logits:
        raise ValueError(
            f"refinement={model.refinement_method!r} asks the discriminator for each "
            "row: save with discriminator=True, or fit with refinement='trees'."
        )


def _with_stand_ins(model):
    """The model with a ``UserFunction`` for each function that makes identifiers."""
    names = model.encoder.functions
    stand_ins = {name: UserFunction(str(name)) for name in names}
    return replace(model, encoder=model.encoder.with_functions(stand_ins))


def _with_functions(model, handed):
    """The model with the user's functions in place of these."""
    names = model.encoder.functions.keys()
    encoder = handed(Own("encoder")) if names else None
    if encoder is None or isinstance(encoder, Own):
        return model
    functions = getattr(encoder, "functions", {})
    require(functions.keys() == names, f"encoder has functions for {sorted(names)}")
    return replace(model, encoder=model.encoder.with_functions(functions))


def _check(estimator):
    """Refuse parameters as ``fit`` does."""
    estimator._validate_params()
    if isinstance(estimator, BaseGAN):
        check_training(estimator)
        estimator._check_parameters()


def _made(own, handed, content):
    """The estimator of which ``_plain`` made this.

    Raises
    ------
    Refused
        If it is no estimator of that class.
    """
    try:
        require(content.keys() == {"params", "learned"}, "it has two parts")
        params, learned = content["params"], dict(content["learned"])
        known = {name: v for name, v in params.items() if not isinstance(v, Own)}
        estimator = own(**known)
        _check(estimator)
    except Exception as error:  # of scikit-learn and of ours, for values of all types
        raise Refused("params", str(error)) from None
    for name in params.keys() - known.keys():
        setattr(estimator, name, handed(params[name]))
    is_whole = not any(isinstance(getattr(estimator, name), Own) for name in params)
    if is_whole:  # else the user is told what is missing
        _check(estimator)
    model = learned.pop("model", None)
    try:
        require(learned.keys() <= ATTRIBUTES.keys(), "attributes are known")
        for name, value in learned.items():
            ATTRIBUTES[name](value)
            setattr(estimator, name, value)
        if "refinement_" in learned:
            check_judging(learned["encoder_"], 1, learned["refinement_"])
            is_of_rows = not learned["refinement_"].uses_logits
            require(is_of_rows, "refinement asks no discriminator")
        if model is not None:
            fitted = _with_functions(model_of(model, handed), handed)
            estimator._model = fitted
            _check_discriminator(fitted, fitted.discriminator is not None)
            n_features = fitted.encoder.n_features_in_
            require(learned.get("n_features_in_") == n_features, "columns are counted")
            if fitted.generator is not None:  # else a function is missing
                check_parts(fitted)
    except ValueError as error:
        raise Refused(getattr(error, "part", "learned"), str(error)) from None
    if is_whole and isinstance(estimator, RefinedGenerator):
        estimator._take_source()
    return estimator
