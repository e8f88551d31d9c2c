"""Reads an OMOP common data model in CSV a second time, apart from the engine, and compares.

    python3 tools/omop_cohort.py TABLES COHORT

TABLES is a folder of CSV files, packed or not, with lower- or upper-case names. COHORT is what
`gsig cohort omop --input TABLES --values` made of it, with either task, and with --target-codes that
are whole codes. Every line, visit, code, value, age and label is made again and compared; the last
line printed is a digest of all lines, by which a test knows them.
"""

import csv
import datetime
import gzip
import hashlib
import json
import os
import re
import sys

EVENTS = [  # table, kind, concept, date
    ("condition_occurrence", "d", "condition", "condition_start"),
    ("procedure_occurrence", "p", "procedure", "procedure"),
    ("drug_exposure", "m", "drug", "drug_exposure_start"),
    ("measurement", "l", "measurement", "measurement"),
    ("observation", "l", "observation", "observation"),
]
LAST_SECOND = datetime.timedelta(days=1) - datetime.timedelta(seconds=1)
MISSING = {"", "NA", "NULL", "None", "\\N"}


def rows(folder, table):
    """The rows of a table by lower-case names of columns; none where there is no such file."""
    for name in sorted(os.listdir(folder)):
        match = re.fullmatch(r"(.*?)\.csv(\.gz)?", name, re.IGNORECASE)
        if match and match.group(1).lower() == table:
            opened = gzip.open if match.group(2) else open
            with opened(os.path.join(folder, name), "rt", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    yield {
                        key.lower(): None if value.strip() in MISSING else value.strip()
                        for key, value in row.items()
                    }


def moment(row, name):
    text = row.get(name + "_datetime") or row.get(name + "_date")
    return datetime.datetime.fromisoformat(text)


def to_end_of_day(time):
    return time + LAST_SECOND if time.time() == datetime.time(0) else time


def age(birth, time):
    if birth is None or birth > time:
        return None
    years = time.year - birth.year - ((time.month, time.day) < (birth.month, birth.day))
    try:
        birthday = birth.replace(year=birth.year + years)
    except ValueError:  # born on the 29th of February
        birthday = birth.replace(year=birth.year + years, day=28)
    year = birthday.year
    days = 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
    part = 100 * (time.date() - birthday.date()).days // days
    return (100 * years + min(99, part)) / 100


class Person:
    def __init__(self, row):
        self.id = row["person_id"]
        if row.get("birth_datetime"):
            self.birth = datetime.datetime.fromisoformat(row["birth_datetime"])
        else:
            parts = [int(row.get(part + "_of_birth") or 1) for part in ("year", "month", "day")]
            self.birth = datetime.datetime(*parts)
        self.sex = {"8507": 1.0, "8532": 0.0}.get(row["gender_concept_id"])
        self.visits = {}
        self.strays = set()
        self.death = None
        self.known = datetime.datetime.min


class Visit:
    def __init__(self, row):
        self.start = moment(row, "visit_start")
        self.end = max(self.start, to_end_of_day(moment(row, "visit_end")))
        self.events = []  # kind, time, code, known, value, unit


def read(folder):
    persons = {row["person_id"]: Person(row) for row in rows(folder, "person")}
    for row in rows(folder, "visit_occurrence"):
        person = persons[row["person_id"]]
        visit = person.visits[row["visit_occurrence_id"]] = Visit(row)
        person.known = max(person.known, visit.end)
    for row in rows(folder, "observation_period"):
        person = persons[row["person_id"]]
        end = datetime.datetime.fromisoformat(row["observation_period_end_date"])
        person.known = max(person.known, to_end_of_day(end))
    for row in rows(folder, "death"):
        person = persons[row["person_id"]]
        person.death = min(person.death or datetime.datetime.max, moment(row, "death"))
    ucum = {row["concept_id"]: row["concept_code"] for row in rows(folder, "concept")}
    units = {}
    for table, kind, concept, date in EVENTS:
        for row in rows(folder, table):
            event(row, persons[row["person_id"]], kind, concept, date, table, ucum, units)
    leave_out_other_units(persons.values(), units)
    return persons


def event(row, person, kind, concept, date, table, ucum, units):
    number = row[concept + "_concept_id"]
    if number in (None, "0"):
        return
    code, value, unit = kind + "_" + number, None, None
    time = moment(row, date)
    if kind == "l":
        value = None if row["value_as_number"] is None else float(row["value_as_number"])
        concept_value = row.get("value_as_concept_id")
        if value is None and concept_value not in (None, "0"):
            code += "=" + concept_value
        elif value is None and table == "measurement":
            return
        if value is not None:
            of = row.get("unit_concept_id")
            unit = row.get("unit_source_value") if of in (None, "0") else ucum.get(of, of)
            unit = unit.lower() if unit else None
    visit = person.visits.get(row["visit_occurrence_id"])
    if visit is None:
        person.strays.add(code)
        return
    if unit:
        counts = units.setdefault(code, {})
        counts[unit] = counts.get(unit, 0) + 1
    known = to_end_of_day(time) if kind == "l" else time
    visit.events.append(("dpml".index(kind), time, code, known, value, unit))


def leave_out_other_units(persons, units):
    usual = {
        code: min(counts, key=lambda unit: (-counts[unit], unit)) for code, counts in units.items()
    }
    for person in persons:
        for visit in person.visits.values():
            visit.events = [
                e[:4] + (None if e[5] and e[5] != usual[e[2]] else e[4],) for e in visit.events
            ]
            visit.events.sort(key=lambda e: e[:3])


def seen(visits, time, at):
    """Visits that are over by a time, with a code known by then; at it, too, where that counts."""
    before = (lambda other: other <= time) if at else (lambda other: other < time)
    return [
        (visit, known)
        for visit in visits
        if before(visit.start) and before(visit.end)
        for known in [[e for e in visit.events if before(e[3])]]
        if known
    ]


def line(person, visits, time, at, label):
    written = []
    for visit, events in seen(visits, time, at):
        codes = list(dict.fromkeys(e[2] for e in events))
        values = [last([e for e in events if e[2] == code and e[4] is not None]) for code in codes]
        entry = {"time": visit.start.isoformat(), "codes": codes, "values": values}
        entry["age"] = age(person.birth, visit.start)
        written.append(entry)
    tabular = {"age": age(person.birth, time), "sex": person.sex}
    return {"id": person.id, "visits": written, "tabular": tabular, "label": label}


def last(events):
    if not events:
        return None
    time = max(e[3] for e in events)
    at_once = sorted(e[4] for e in events if e[3] == time)
    return at_once[(len(at_once) - 1) // 2]


def cohort(persons, task):
    for person in persons.values():
        # those of one time are in the order of their codes
        visits = sorted(
            (visit for visit in person.visits.values() if visit.events),
            key=lambda visit: (visit.start, visit.end, "\n".join(e[2] for e in visit.events)),
        )
        made = (first_diagnosis if "target_codes" in task else mortality)(person, visits, task)
        if made is not None:
            yield made


def first_diagnosis(person, visits, task):
    target = set(task["target_codes"].split(","))
    if person.strays & target or not visits:
        return None
    with_target = [visit for visit in visits if target & {e[2] for e in visit.events}]
    time = (with_target or visits[-1:])[0].start
    if len(seen(visits, time, False)) < task["min_visits"]:
        return None
    return line(person, visits, time, False, 1 if with_target else 0)


def mortality(person, visits, task):
    horizon = datetime.timedelta(days=task["horizon_days"])
    possible = []
    for visit in visits:
        died = person.death is not None
        if died and visit.end >= person.death:
            continue
        over = seen(visits, visit.end, True)
        if len(over) < task["min_visits"] or all(visit is not other for other, _ in over):
            continue
        if died or visit.end + horizon <= person.known:
            label = 1 if died and person.death <= visit.end + horizon else 0
            possible.append((visit.end, label))
    if not possible:
        return None
    return line(person, visits, possible[-1][0], True, possible[-1][1])


def written(folder):
    for part in ("train", "validation", "test"):
        with open(os.path.join(folder, part + ".jsonl"), encoding="utf-8") as file:
            for text in file:
                read_line = json.loads(text)
                visits = [
                    {
                        "time": visit["time"],
                        "codes": visit["codes"],
                        "values": visit.get("values") or [None] * len(visit["codes"]),
                        "age": visit.get("age"),
                    }
                    for visit in read_line["visits"]
                ]
                yield {
                    "id": read_line["subject_id"],
                    "visits": visits,
                    "tabular": read_line["tabular"],
                    "label": read_line["label"],
                }


def main(tables, folder):
    with open(os.path.join(folder, "cohort-report.json"), encoding="utf-8") as file:
        choices = json.load(file)["choices"]
    mine = {made["id"]: made for made in cohort(read(tables), choices["task"])}
    theirs = {made["id"]: made for made in written(folder)}
    wrong = sorted(set(mine) ^ set(theirs))
    for person in sorted(set(mine) & set(theirs)):
        if mine[person] != theirs[person]:
            wrong.append(person)
    for person in wrong[:10]:
        print("differs:", person, json.dumps(mine.get(person)), json.dumps(theirs.get(person)))
    visits = sum(len(made["visits"]) for made in mine.values())
    codes = sum(len(visit["codes"]) for made in mine.values() for visit in made["visits"])
    numbers = sum(
        value is not None
        for made in mine.values()
        for visit in made["visits"]
        for value in visit["values"]
    )
    print(f"{len(mine)} lines, {visits} visits, {codes} codes, {numbers} values; {len(wrong)} differ")
    digest = hashlib.sha256()
    for person in sorted(mine):
        made = mine[person]
        digest.update(f"{person} {made['label']}\n".encode())
        for visit in made["visits"]:
            for code, value in zip(visit["codes"], visit["values"]):
                told = "" if value is None else f"{round(1000 * value)}"
                digest.update(f"{visit['time']} {code} {told}\n".encode())
    print(digest.hexdigest())
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
