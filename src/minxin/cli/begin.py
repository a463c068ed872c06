"""`minxin begin`: the first agency and its administrator, where nobody can sign in yet."""

import argparse
import secrets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--agency", required=True, help="official name of the office, 云溪市人民政府办公室"
    )
    parser.add_argument("--region", default="", help="its region code of GB/T 2260, 330100")
    parser.add_argument("--code", default="office", help="a short code of Latin letters")
    parser.add_argument(
        "--login", required=True, help="under which name the administrator signs in"
    )
    parser.add_argument("--name", required=True, help="the administrator's name")


def run(arguments: argparse.Namespace) -> int:
    """Make both and print a password that holds until the first sign-in; 1 when somebody can sign in
    already, or what was given cannot be used."""
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from minxin.agencies.actions import add_agency, add_staff
    from minxin.agencies.models import Staff
    from minxin.agencies.rules import Role
    from minxin.core.actors import System
    from minxin.core.errors import Refused

    if Staff.objects.exists():
        print("已经有人可以登录，请由管理员在工作台“人员”里增加。")
        return 1
    actor, now = System("begin"), timezone.now()
    password = f"Mx-{secrets.token_hex(6)}"
    try:
        with transaction.atomic():
            agency = add_agency(
                code=arguments.code, name=arguments.agency, parent=None,
                region_code=arguments.region, actor=actor, now=now,
            )  # fmt: skip
            add_staff(
                username=arguments.login, name=arguments.name, agency=agency,
                role=Role.ADMINISTRATOR, password=password, actor=actor, now=now,
            )  # fmt: skip
    except Refused as refusal:
        print(refusal.message)
        return 1
    print(
        f"已建立“{agency.name}”。管理员登录名 {arguments.login}，密码 {password}，首次登录须修改。"
    )
    return 0
