"""matplotlib, loaded without a word on stderr: figures/__init__.py imports this before anything else.

Where the home can't be written, matplotlib takes a temporary folder, deletes it with the kernel, and says so twice;
where it builds its list of fonts for more than five seconds, it says that as well. Neither is of any use to a reader,
and nbval takes each line on stderr for a fault. matplotlib's own choice of folders is left to it, and so is
MPLCONFIGDIR.
"""

import logging
from importlib import import_module

_logger = logging.getLogger("matplotlib")
_level = _logger.level
_logger.setLevel(logging.ERROR)
try:
    import_module("matplotlib.font_manager")  # which has asked for both of matplotlib's folders when it is loaded
finally:
    _logger.setLevel(_level)
