"""What the first visitor after a start would otherwise wait for is read before anybody is let in.

Django imports the views when the first address is looked up and reads a template when it is first shown:
together some seconds on a small machine, which one citizen paid. What has been read stays for good, so the
collector need not walk over it again either.
"""

import gc
import logging
from pathlib import Path

from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.loader import get_template
from django.urls import get_resolver

logger = logging.getLogger(__name__)
OURS = Path(__file__).parent.parent


def warm() -> int:
    """Read addresses, views and our own templates; how many templates there are.

    A template that cannot be read is left to the page that shows it, which says so where it is seen.
    """
    logger.debug(
        "%d addresses", len(get_resolver().reverse_dict)
    )  # reading them imports every view
    count = 0
    for folder in map(Path, engines["django"].template_dirs):
        if not folder.is_relative_to(OURS):
            continue
        for file in sorted(folder.rglob("*.html")):
            try:
                get_template(file.relative_to(folder).as_posix())
            except (TemplateDoesNotExist, TemplateSyntaxError):
                logger.exception("a template cannot be read: %s", file.name)
            else:
                count += 1
    gc.collect()
    gc.freeze()
    return count
