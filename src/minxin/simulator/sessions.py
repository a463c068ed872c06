"""Sessions of WeChat's own customer service: who waits, who is attended, what was said."""

from minxin.simulator.database import Row
from minxin.simulator.records import Account, Follower
from minxin.simulator.world import World

# opercode of a record: the agent opened, closed, wrote; the citizen wrote.
OPENED, CLOSED, AGENT_WROTE, CITIZEN_WROTE = 1000, 1004, 2002, 2003


def of(world: World, openid: str) -> Row | None:
    """Her session; its agent is empty while she waits."""
    return world.database.one("SELECT * FROM agent_sessions WHERE openid = ?", openid)


def wait(world: World, account: Account, follower: Follower) -> None:
    """The account handed her over: she waits until an agent opens a session."""
    now = world.clock.now()
    world.database.run(
        "INSERT INTO agent_sessions (app_id, openid, agent, began_at, latest_at) "
        "VALUES (?, ?, '', ?, ?) ON CONFLICT (app_id, openid) DO UPDATE SET latest_at = ?",
        account.app_id, follower.openid, now, now, now,
    )  # fmt: skip


def record(
    world: World, account: Account, follower: Follower, agent: str, code: int, text: str
) -> None:
    """One line of the records."""
    world.database.insert(
        "agent_records", app_id=account.app_id, openid=follower.openid, agent=agent,
        opercode=code, text=text, at=world.clock.now(),
    )  # fmt: skip
