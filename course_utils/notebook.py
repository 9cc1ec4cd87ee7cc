"""Is this code running in a notebook?"""


def in_notebook() -> bool:
    """True in a Jupyter or Colab kernel, False in a script, a terminal or a test."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and "IPKernelApp" in shell.config
