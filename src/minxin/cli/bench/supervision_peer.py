"""The same answers from pandas, written as somebody who knows pandas would: whole columns, no loops over
accounts. For `minxin bench supervision` alone."""

from datetime import date
from pathlib import Path
from typing import Any

from minxin.supervision.figures import COLUMNS, pack_rows
from minxin.supervision.rules.packs import Pack

BOUND = ["active", "closing", "suspended"]


def evaluate(folder: Path, packs: tuple[Pack, ...], today: date) -> dict[str, Any]:
    """The frames `activity`, `standing` and `hits`, as the queries give them."""
    import pandas as pd

    accounts = pd.read_parquet(folder / "accounts.parquet")
    looks = pd.read_parquet(folder / "looks.parquet")
    figures = pd.read_parquet(
        folder / "figures", columns=["account_id", "day", "pushed", "published"]
    )
    now = pd.Timestamp(today)
    rules = {
        name: pd.DataFrame(rows, columns=[each.split()[0] for each in COLUMNS[name].split(", ")])
        for name, rows in pack_rows(packs, on=today).items()
    }
    for frame, names in ((looks, ["looked_from", "looked_until"]), (figures, ["day"])):
        for name in names:
            frame[name] = pd.to_datetime(frame[name])
    items = figures["pushed"] + figures["published"]
    active = figures[(items > 0) & (figures["day"] < now)]
    ranked = _ranked(pd, accounts, rules)
    activity = _activity(active, now)
    standing = _standing(accounts, looks, activity, ranked, now)
    hits = _hits(accounts, ranked, standing)
    return {"activity": activity, "standing": standing, "hits": hits}


def _ranked(pd: Any, accounts: Any, rules: dict[str, Any]) -> Any:
    bound = accounts[accounts["status"].isin(BOUND)]
    bound = bound.merge(rules["pack_affiliations"], on="affiliation").merge(
        rules["packs"], on="pack"
    )
    bound = bound[(bound["status"] != "suspended") | bound["binds_suspended"]]
    bound = bound.merge(rules["pack_platforms"].rename(columns={"platform": "wanted"}), on="pack")
    bound = bound[(bound["wanted"] == "") | (bound["wanted"] == bound["platform"])]
    bound = bound.merge(rules["pack_regions"], on="pack")
    fits = pd.Series(False, index=bound.index)
    for prefix in bound["prefix"].unique():
        fits |= (bound["prefix"] == prefix) & bound["region_code"].str.startswith(prefix)
    bound = bound[fits]
    bound = bound.assign(reach=bound["prefix"].str.len())
    bound = bound.sort_values("reach").drop_duplicates(["account_id", "pack"], keep="last")
    bound = bound.sort_values(
        ["account_id", "indicator", "reach", "pack"], ascending=[True, True, False, True]
    )
    bound["place"] = bound.groupby(["account_id", "indicator"]).cumcount() + 1
    return bound


def _standing(accounts: Any, looks: Any, activity: Any, ranked: Any, now: Any) -> Any:
    import numpy as np

    stale = ranked[ranked["indicator"] == "update.stale"]
    nearest = stale[stale["place"] == 1]
    zombie = ranked[(ranked["indicator"] == "account.zombie") & (ranked["place"] == 1)]
    looks = looks[looks["looked_from"] < now].copy()
    looks["looked_until"] = looks["looked_until"].clip(upper=now)
    last = activity[["account_id", "last_on"]]
    k = accounts[["account_id"]]
    k = k.merge(
        nearest[["account_id", "pack", "notice", "reminder", "alarm", "red"]], "left", "account_id"
    )
    k = k.merge(
        zombie[["account_id", "days"]].rename(columns={"days": "zombie_days"}), "left", "account_id"
    )
    k = k.merge(last, "left", "account_id").merge(looks, "left", "account_id")
    k["silent_days"] = (now - k["last_on"].fillna(k["looked_from"])).dt.days
    from_look = k["last_on"].isna() | (k["last_on"] < k["looked_from"])
    proven = (k["looked_until"] - k["last_on"]).dt.days - 1
    proven = proven.where(k["last_on"] < k["looked_until"])
    k["proven_days"] = proven.where(~from_look, (k["looked_until"] - k["looked_from"]).dt.days)
    is_old = (k["looked_until"].isna() | ((now - k["looked_until"]).dt.days > 3)) & (
        k["last_on"].isna() | ((now - k["last_on"]).dt.days > 3)
    )
    has_gap = k["looked_until"].notna() & k["last_on"].notna() & (k["last_on"] < k["looked_from"])
    passed = stale.merge(k[["account_id", "proven_days"]], on="account_id", suffixes=("", "_k"))
    passed = passed[passed["proven_days"] >= passed["days"]].groupby("account_id")["days"].max()
    k = k.merge(passed.rename("passed_days").reset_index(), "left", "account_id")
    unseen = k["looked_until"].isna()
    k["level"] = np.select(
        [
            k["pack"].isna(),
            k["last_on"].isna() & unseen,
            ~is_old
            & (k["proven_days"] >= k["zombie_days"])
            & (k["zombie_days"] >= k["passed_days"].fillna(0)),
            ~is_old & k["passed_days"].notna(),
            k["last_on"].isna(),
            k["silent_days"] < k["notice"],
            unseen | is_old | has_gap,
            k["silent_days"] < k["reminder"],
            k["silent_days"] < k["alarm"],
            k["silent_days"] < k["red"],
        ],
        ["exempt", "unknown", "zombie", "overdue", "unknown", "fresh", "unknown", "notice", "reminder",
         "alarm"],
        default="red",
    )  # fmt: skip
    return k[["account_id", "level", "last_on", "silent_days", "proven_days", "pack"]]


def _hits(accounts: Any, ranked: Any, standing: Any) -> Any:
    living = accounts[accounts["status"].isin(["planned", *BOUND])]
    counts = living.groupby(["agency_id", "platform"]).size().rename("living").reset_index()
    b = ranked.merge(standing[["account_id", "level", "proven_days"]], on="account_id")
    b = b.merge(counts, on=["agency_id", "platform"])
    accused = b["level"].isin(["overdue", "zombie"]) & (b["proven_days"] >= b["days"])
    named = b["indicator"]
    return b[
        ((named == "update.stale") & accused)
        | ((named == "account.zombie") & (b["place"] == 1) & accused)
        | ((named == "account.uncertified") & ~b["is_verified"])
        | ((named == "account.name_mismatch") & b["is_named_otherwise"])
        | ((named == "account.reopened") & b["was_closed"] & (b["filing_number"] == ""))
        | ((named == "account.duplicate_platform") & (b["living"] > 1))
        | ((named == "account.unfiled") & (b["filing_number"] == ""))
    ][["account_id", "indicator", "pack", "severity"]]


def _activity(active: Any, now: Any) -> Any:
    frame = active.assign(ago=(now - active["day"]).dt.days - 1)
    year = frame[frame["ago"] < 364]
    items = year["pushed"] + year["published"]
    year = year.assign(recent=items.where(year["ago"] < 91, 0), week=year["ago"] // 7)
    last = frame.groupby("account_id")["day"].max().rename("last_on")
    found = year.groupby("account_id").agg(
        days_with_items=("day", "size"),
        pushed=("pushed", "sum"),
        published=("published", "sum"),
        items_13_weeks=("recent", "sum"),
    )
    weeks = year[["account_id", "week"]].drop_duplicates().groupby("account_id").size()
    found = last.to_frame().join(found).join(weeks.rename("weeks_with_items")).reset_index()
    counted = ["days_with_items", "weeks_with_items", "pushed", "published", "items_13_weeks"]
    found[counted] = found[counted].fillna(0).astype("int64")
    return found[["account_id", "last_on", *counted]]
