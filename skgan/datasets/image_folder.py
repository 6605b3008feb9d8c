"""Folders of images, read into one array."""

import mimetypes
from collections import Counter
from numbers import Integral
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray

from ..exceptions import warn_user
from ..progress import ProgressPrinter

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
# Images, too, that Python's own list of types does not know
OTHER_SUFFIXES = {".heic", ".heif", ".avif", ".jp2", ".psd", ".dng"}
MAX_OF_16_BITS = 2**16 - 1
MAX_NAMED = 10  # unreadable files in a warning


def load_image_folder(
    path: str | Path,
    *,
    size: int | tuple[int, int] = 64,
    gray: bool = False,
    n_jobs: int | None = None,
    verbose: int = 1,
) -> NDArray[np.uint8]:
    """Read a folder of images, its subfolders too, into one array.

    PNG, JPEG, WebP, BMP, GIF and TIFF are read, of several pictures in a file the first
    one. Images are cut to the shape that is asked for, around their center, and
    resized. They come in the order of their paths, what is transparent on white.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder.
    size : int or (int, int), default=64
        Height and width in pixels; one number stands for both.
    gray : bool, default=False
        Whether to turn colors into gray.
    n_jobs : int or None, default=None
        Number of threads that read; None is 1, unless in a joblib context.
    verbose : int, default=1
        Above 0, a line every two seconds says how far it is.

    Returns
    -------
    ndarray of shape (n, height, width, 3) or (n, height, width)
        The images, uint8.

    Raises
    ------
    ValueError
        If ``size`` is not one or two positive integers, or no image can be read.
    NotADirectoryError
        If ``path`` is not a folder.
    ImportError
        If Pillow is not installed.

    Warns
    -----
    UserWarning
        If files cannot be read, or are images of other types: they are left out.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from skgan.datasets import load_image_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (178, 218), "red").save(f"{folder}/000001.jpg")
    ...     load_image_folder(folder, size=64, verbose=0).shape
    (1, 64, 64, 3)
    """
    shape = _check_size(size)
    import_pillow()
    if not Path(path).is_dir():
        raise NotADirectoryError(f"path must be a folder, got {str(path)!r}.")
    files = _image_files(Path(path))
    read = joblib.Parallel(n_jobs, prefer="threads", return_as="generator")(
        joblib.delayed(_read_image)(file, shape, gray) for file in files
    )
    images = np.empty((len(files), *shape, *([] if gray else [3])), np.uint8)
    unreadable = []
    progress = ProgressPrinter(Path(path).resolve().name, len(files), "file")
    for i, image in enumerate(read):
        if isinstance(image, str):
            unreadable.append(image)
        else:
            images[i - len(unreadable)] = image
        if verbose:
            progress(i + 1)
    if len(unreadable) == len(files):
        raise ValueError(
            f"{str(path)!r} must hold files of {', '.join(sorted(SUFFIXES))} that can "
            f"be read, got {len(files)} files and {len(unreadable)} unreadable ones."
        )
    if unreadable:
        more = ", ..." if len(unreadable) > MAX_NAMED else ""
        warn_user(
            f"{len(unreadable)} of {len(files)} files could not be read and were left "
            f"out: {', '.join(unreadable[:MAX_NAMED])}{more}"
        )
    return images[: len(files) - len(unreadable)]


def import_pillow():
    """Return Pillow with its modules ``Image`` and ``ImageOps``.

    Raises
    ------
    ImportError
        If it is not installed.

    Examples
    --------
    >>> from skgan.datasets import import_pillow
    >>> import_pillow().Image.new("L", (4, 3)).size
    (4, 3)
    """
    try:
        import PIL.Image
        import PIL.ImageOps
    except ImportError as error:
        raise ImportError(
            "Files of images need Pillow: pip install 'skgan[image]' or pillow."
        ) from error
    return PIL


def _image_files(folder):
    """The files to read, sorted; warn of images of types that are left out."""
    found = [p for p in folder.rglob("*") if not p.is_dir()]
    other = Counter(p.suffix.lower() for p in found if _is_of_another_type(p))
    if other:
        names = ", ".join(f"{n} of {suffix}" for suffix, n in sorted(other.items()))
        warn_user(f"Images of types that are not read were left out: {names}.")
    return sorted(p for p in found if p.suffix.lower() in SUFFIXES)


def _is_of_another_type(file):
    """Whether a file is an image by its name, but of none of the types read."""
    suffix = file.suffix.lower()
    of_type = mimetypes.guess_type(f"x{suffix}")[0] or ""
    is_image = of_type.startswith("image/") or suffix in OTHER_SUFFIXES
    return is_image and suffix not in SUFFIXES


def _read_image(file, shape, gray):
    """Read the pixels of a file, or return its path if it cannot be read."""
    library = import_pillow()
    if not file.is_file():  # a pipe would wait for somebody to write
        return str(file)
    try:
        with library.Image.open(file) as image:
            # In place: a copy of a scanned map has a hundred megabytes
            library.ImageOps.exif_transpose(image, in_place=True)
            image = _with_eight_bits(library, image)
            if image.has_transparency_data:
                white = library.Image.new("RGBA", image.size, "white")
                image = library.Image.alpha_composite(white, image.convert("RGBA"))
            is_gray = gray or image.mode in ("1", "L")  # a third of the memory
            image = image.convert("L" if is_gray else "RGB")
            image = library.ImageOps.fit(image, shape[::-1])
            return np.asarray(image.convert("L" if gray else "RGB"))
    except Exception:  # whatever a broken file may raise: the others go on
        return str(file)


def _with_eight_bits(library, image):
    """An image of 16 bits with 8, which ``convert`` would cut off; others as they are.

    Raises
    ------
    ValueError
        If pixels have another range, which nobody knows.
    """
    if not image.mode.startswith(("I", "F")):
        return image
    pixels = np.asarray(image)
    if image.mode == "F" or pixels.min() < 0 or pixels.max() > MAX_OF_16_BITS:
        raise ValueError(f"pixels must have 8 or 16 bits, got mode {image.mode}.")
    return library.Image.fromarray((pixels / 257).astype("u1"))


def _check_size(size):
    """Return height and width of images, or refuse a size that is not one."""
    sizes = tuple(size) if isinstance(size, list | tuple) else (size, size)
    if len(sizes) != 2 or not all(isinstance(s, Integral) and s > 0 for s in sizes):
        raise ValueError(f"size must be one or two positive integers, got {size!r}.")
    return sizes
