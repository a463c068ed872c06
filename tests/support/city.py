"""A small city with the named cast: citizen 小林, agent 王芳, reviewer 赵明, an outsider from another
agency. Everything is made through the rooms' own actions."""

from dataclasses import dataclass
from datetime import datetime

from minxin.accounts import actions as accounts
from minxin.accounts.models import Account
from minxin.agencies import actions as agencies
from minxin.agencies.models import Agency, Staff
from minxin.agencies.rules import Role
from minxin.citizens.actions import Meeting, meet_many
from minxin.citizens.identity import key_of
from minxin.citizens.models import Citizen
from minxin.core.actors import System

SETUP = System("test")
PASSWORD = "Yunxi-bridge-lantern-7"
APP_ID = "wx0123456789abcdef"
OPENID = "oXiaolin000000000000000001"


@dataclass(frozen=True, slots=True)
class City:
    """Two branches under one root: the police (王芳, 赵明) and the water bureau (the outsider)."""

    root: Agency
    police: Agency
    station: Agency
    water: Agency
    account: Account
    wang: Staff
    zhao: Staff
    outsider: Staff
    administrator: Staff
    auditor: Staff
    operator: Staff
    xiaolin: Citizen


def build_city(now: datetime) -> City:
    """Make it; call it inside a test that may use the database."""

    def agency(code: str, name: str, parent: Agency | None) -> Agency:
        return agencies.add_agency(
            code=code, name=name, parent=parent, region_code="990100", actor=SETUP, now=now
        )

    def staff(username: str, name: str, role: Role, where: Agency) -> Staff:
        return agencies.add_staff(
            username=username,
            name=name,
            agency=where,
            role=role,
            password=PASSWORD,
            must_change_password=False,
            actor=SETUP,
            now=now,
        )

    root = agency("yunxi", "云溪市人民政府", None)
    police = agency("police", "云溪市公安局", root)
    station = agency("station", "东桥派出所", police)
    water = agency("water", "云溪市水务局", root)
    account = accounts.register(
        agency=police, name="云溪公安", kind="service", is_verified=True, actor=SETUP, now=now
    )
    accounts.set_credentials(
        account,
        app_id=APP_ID,
        secret="5" * 32,
        token="cityt0ken",
        aes_key="k" * 43,
        actor=SETUP,
        now=now,
    )
    key = key_of(APP_ID, OPENID)
    meet_many([Meeting(key, account.pk, OPENID, now, "followed")], now=now)
    return City(
        root=root,
        police=police,
        station=station,
        water=water,
        account=account,
        wang=staff("wangfang", "王芳", Role.AGENT, police),
        zhao=staff("zhaoming", "赵明", Role.REVIEWER, police),
        outsider=staff("chenjing", "陈静", Role.AGENT, water),
        administrator=staff("liuwei", "刘伟", Role.ADMINISTRATOR, root),
        auditor=staff("sunli", "孙莉", Role.AUDITOR, root),
        operator=staff("hetao", "何涛", Role.OPERATOR, police),
        xiaolin=Citizen.objects.get(pk=key),
    )
