"""The one import of Pillow, which only pictures in files need."""


def pillow():
    """Pillow with its modules ``Image`` and ``ImageOps``.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    try:
        import PIL.Image
        import PIL.ImageOps
    except ImportError as error:
        raise ImportError(
            "Files of images need Pillow: pip install 'skgan[image]' or pillow."
        ) from error
    return PIL
