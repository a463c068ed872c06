"""One district of the city hands its requests over to the simulated 12345 platform."""

import secrets
from datetime import datetime

from django.conf import settings

from minxin.agencies.models import Agency
from minxin.core.actors import System
from minxin.tickets.actions.platforms import PlatformDraft, keep_mode, keep_platform
from minxin.tickets.models import CityPlatform

SYSTEM = System("demo")
CODE = "yunxi-12345"
DISTRICT = "990121"  # 松岭县


def hand_a_district_over(now: datetime) -> str:
    """Make the platform and the mode, once; the platform's name."""
    draft = PlatformDraft(
        name="云溪12345平台（模拟）",
        code=CODE,
        way="http",
        base_url=f"http://127.0.0.1:{settings.MINXIN_HOTLINE_PORT}",
        secret=secrets.token_hex(16),
    )
    agency = Agency.objects.get(code="hotline")
    platform = keep_platform(None, draft, agency=agency, actor=SYSTEM, now=now)
    keep_mode(DISTRICT, "hand_over", platform, actor=SYSTEM, now=now)
    return platform.name


def common_secret() -> tuple[str, str] | None:
    """The code and the secret of the simulated platform; None where no division uses it."""
    found = CityPlatform.objects.filter(code=CODE, is_active=True, modes__isnull=False).first()
    return (found.code, found.secret or "") if found else None
