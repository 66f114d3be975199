"""An independent calendar: dateutil's rrule, and the time zones of PyPI's tzdata.

Reads cases as JSON lines, answers each with the UTC instants of its first
occurrences. It knows nothing of dues.
"""

import datetime
import json
import sys
import zoneinfo

from dateutil import rrule, tz

zoneinfo.reset_tzpath(to=[])

FREQ = {"day": rrule.DAILY, "week": rrule.WEEKLY, "month": rrule.MONTHLY, "year": rrule.YEARLY}

for line in sys.stdin:
    case = json.loads(line)
    first = datetime.date.fromisoformat(case["from"])
    start = datetime.datetime.combine(first.replace(day=1) if case["unit"] in ("month", "year") else first, datetime.time())
    more = {}
    if case["unit"] in ("month", "year"):
        # The last of the days up to the one that is meant.
        more = {"bymonthday": list(range(1, first.day + 1)), "bysetpos": -1}
    if case["unit"] == "year":
        more["bymonth"] = first.month
    rule = rrule.rrule(FREQ[case["unit"]], interval=case["n"], dtstart=start, count=case["count"], **more)
    zone = zoneinfo.ZoneInfo(case["zone"])
    hour, minute = case["at"]
    instants = []
    for day in rule:
        local = day.replace(hour=hour, minute=minute, tzinfo=zone)
        instant = tz.resolve_imaginary(local).astimezone(datetime.timezone.utc)
        instants.append(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))
    print(json.dumps(instants))
