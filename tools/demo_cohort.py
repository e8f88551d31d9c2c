"""Builds the one-year mortality cohort of the demo from a folder of Synthea CSV files.

Unit of analysis: a patient at an index date, the end of one of their office visits. Label 1: they
die 31 to 365 days later. What the model may see ends at the index date; `Cohort rules` in
demo/README.md states every rule, and each is applied here in one place.
"""

import csv
import gzip
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

HORIZON_DAYS = 365
# A death in the first month is not foreseen but seen: such index dates are left out.
GAP_DAYS = 30
LOOKBACK_DAYS = 5 * 365
# A refill or a repeated treatment within this time says nothing new and would fill the sequence.
REPEAT_DAYS = 180
MIN_AGE = 40
# More than one index date a year shows the network the same patient's deaths from several sides.
TRAIN_DATES_PER_YEAR = 3
MIN_VISITS = 3
DAYS_PER_YEAR = 365.25

# Office visits only: an index inside an admission would make the terminal admission the predictor.
INDEX_CLASSES = {"ambulatory", "outpatient", "wellness", "urgentcare"}
DEATH_CERTIFICATION = "308646001"

# Codes left out of the trajectories, matched on their description.
ROUTINE = re.compile(
    # repeated at each check-up for every patient
    r"medication re(view|conciliation)|employment|labor force|unemployed|education \(|"
    r"received (higher|certificate)|primary school|armed forces|criminal record|refugee|"
    r"social (isolation|contact|migrant)|limited social|^stress|partner abuse|violence|"
    r"transport(ation)?( problem| \(finding)|lack of access|housing|homeless|risk activity|"
    r"victim of|assessment of (anxiety|substance|health and social)|screening|"
    r"assessment using|initial patient assessment|plan of care|"
    # dentistry
    r"dental|tooth|teeth|gingiv|plaque and calculus|oral health|oral gel|denture|"
    # care of the dying and its paperwork
    r"hospice|palliative|terminal|death|died|certification|notifications",
    re.IGNORECASE,
)

FEATURES = ("age", "sex", "systolic_bp", "bmi", "hba1c", "egfr", "ldl")
# LOINC code of each measurement.
MEASUREMENTS = {
    "8480-6": "systolic_bp",
    "39156-5": "bmi",
    "4548-4": "hba1c",
    "33914-3": "egfr",
    "18262-6": "ldl",
}


class CohortError(ValueError):
    """Says in one line what is wrong with the input, where, and how to mend it."""


@dataclass
class Encounter:
    """One contact; times are ISO text in UTC, so that they compare as text."""

    start: str
    stop: str
    kind: str
    terminal: bool
    codes: list = field(default_factory=list)
    conditions: list = field(default_factory=list)


@dataclass
class Patient:
    """A patient's record: encounters, and measurements as (time, feature, value)."""

    birth: datetime
    death: datetime
    male: bool
    encounters: list = field(default_factory=list)
    measurements: list = field(default_factory=list)


@dataclass(frozen=True)
class IndexDate:
    """A date from which a prediction is made, and what came of it."""

    time: str
    label: int


# ---- reading -----------------------------------------------------------------------------------


def _rows(folder, name, columns):
    """Yields the wanted columns of NAME.csv or NAME.csv.gz."""
    for path, opener in (
        (os.path.join(folder, name + ".csv"), open),
        (os.path.join(folder, name + ".csv.gz"), gzip.open),
    ):
        if os.path.exists(path):
            break
    else:
        raise CohortError(f"{folder}: {name}.csv (or .csv.gz) is not there; give a Synthea folder")
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        absent = [c for c in columns if c not in header]
        if absent:
            raise CohortError(f"{path}: column {absent[0]} is missing; Synthea's CSV layout needed")
        at = [header.index(c) for c in columns]
        for row in reader:
            yield [row[i] for i in at]


def read_patients(folder):
    """Reads a Synthea folder; returns ({patient id: Patient}, {prefixed code: description})."""
    patients = {}
    for pid, birth, death, sex in _rows(
        folder, "patients", ("Id", "BIRTHDATE", "DEATHDATE", "GENDER")
    ):
        patients[pid] = Patient(
            datetime.fromisoformat(birth),
            datetime.fromisoformat(death[:10]) if death else None,
            sex == "M",
        )
    encounters, owner = {}, {}
    for eid, start, stop, pid, kind, code in _rows(
        folder, "encounters", ("Id", "START", "STOP", "PATIENT", "ENCOUNTERCLASS", "CODE")
    ):
        terminal = kind == "hospice" or code == DEATH_CERTIFICATION
        kind = sys.intern(kind)
        encounter = Encounter(start[:19], (stop or start)[:19], kind, terminal)
        encounters[eid], owner[eid] = encounter, patients[pid]
        patients[pid].encounters.append(encounter)
    texts, late = {}, {}
    for name, prefix in (("conditions", "d_"), ("procedures", "p_"), ("medications", "m_")):
        columns = ("START", "STOP", "ENCOUNTER", "CODE", "DESCRIPTION")
        for start, stop, eid, code, text in _rows(folder, name, columns):
            if ROUTINE.search(text) or eid not in encounters:
                continue
            code = sys.intern(prefix + code)
            texts.setdefault(code, plain(text))
            encounter = encounters[eid]
            if start > encounter.stop[: len(start)]:
                encounter = _late(encounter, start, late.setdefault(eid, {}))
            if code not in encounter.codes:
                encounter.codes.append(code)
            if prefix == "d_":
                encounter.conditions.append((code, stop))
    for eid, extra in late.items():
        owner[eid].encounters.extend(extra.values())
    columns = ("DATE", "PATIENT", "CODE", "VALUE")
    for date, pid, code, value in _rows(folder, "observations", columns):
        feature = MEASUREMENTS.get(code)
        if feature:
            try:
                patients[pid].measurements.append((date[:19], feature, float(value)))
            except ValueError:
                continue
    for patient in patients.values():
        patient.encounters.sort(key=lambda e: (e.start, e.stop))
        patient.measurements.sort()
    return patients, texts


def _late(encounter, start, extra):
    """Returns the contact for an entry dated after its encounter's end: nobody knew it before."""
    # A bare date is known for sure only when the day is over.
    time = start[:19] if len(start) > 10 else start + "T23:59:59"
    return extra.setdefault(time, Encounter(time, time, "late entry", encounter.terminal))


def plain(text):
    """Drops SNOMED's bracketed category and doubled blanks: 'Sepsis (disorder)' -> 'Sepsis'."""
    text = re.sub(
        r"\s*\((disorder|finding|procedure|situation|regime/therapy|physical object|"
        r"morphologic abnormality|person|environment|qualifier value)\)?\s*$",
        "",
        text,
    )
    return " ".join(text.split())


# ---- index dates -------------------------------------------------------------------------------


def study_end(patients):
    """The last moment recorded for anyone; everybody is followed until then or until death."""
    return max(e.start for p in patients.values() for e in p.encounters if not e.terminal)


def index_dates(patient, end, first_year, rng, per_year=1):
    """Draws index dates, per_year in a calendar year: ends of random office visits of that year.

    Left out: before first_year or MIN_AGE; less than GAP_DAYS + HORIZON_DAYS before `end`; after
    the patient entered hospice care; death within GAP_DAYS.
    """
    last = (datetime.fromisoformat(end) - timedelta(days=GAP_DAYS + HORIZON_DAYS)).isoformat()
    adult = (patient.birth + timedelta(days=MIN_AGE * DAYS_PER_YEAR)).isoformat()
    terminal = min((e.start for e in patient.encounters if e.terminal), default="9999")
    years = defaultdict(list)
    for e in patient.encounters:
        if e.kind in INDEX_CLASSES and not e.terminal and adult <= e.stop <= last:
            if int(e.stop[:4]) >= first_year and e.stop < terminal:
                years[e.stop[:4]].append(e.stop)
    chosen = []
    for year in sorted(years):
        ends = sorted(set(years[year]))
        for at in rng.permutation(len(ends))[:per_year]:
            days = 10**6
            if patient.death:
                days = (patient.death - datetime.fromisoformat(ends[at][:10])).days
            if days > GAP_DAYS:
                chosen.append(IndexDate(ends[at], int(days <= HORIZON_DAYS)))
    return chosen


def trajectory(patient, index):
    """What is known at an index date: (visits, tabular), or None with fewer than MIN_VISITS visits.

    Visits: encounters that had ended, of the last LOOKBACK_DAYS, grouped by day; and, from before,
    the conditions that were still active when the look-back began.
    """
    start = (datetime.fromisoformat(index) - timedelta(days=LOOKBACK_DAYS)).isoformat()
    days, seen = {}, {}
    for e in patient.encounters:
        if e.start > index:
            break
        if e.stop > index:
            continue
        if e.start >= start:
            codes = e.codes
        else:
            codes = [code for code, stop in e.conditions if not stop or stop > start[:10]]
        today = datetime.fromisoformat(e.start[:10])
        for code in codes:
            if code in seen and (today - seen[code]).days < REPEAT_DAYS:
                continue
            seen[code] = today
            days.setdefault(e.start[:10], (e.start, []))[1].append(code)
    if len(days) < MIN_VISITS:
        return None
    visits = [{"time": time, "codes": codes} for time, codes in days.values()]
    age = (datetime.fromisoformat(index) - patient.birth).days / DAYS_PER_YEAR
    tabular = {"age": round(age, 1), "sex": 1.0 if patient.male else 0.0}
    last = {f: v for time, f, v in patient.measurements if start <= time <= index}
    tabular.update({f: last[f] for f in FEATURES if f in last})
    return visits, tabular


# ---- splits ------------------------------------------------------------------------------------


def build(patients, first_year, seed, negatives_per_patient):
    """Returns {"train" | "validation" | "test": [patient line]}; patients are read, not modified.

    Patients, not lines, are split 65 : 10 : 25. A training patient gives every positive index date
    and up to negatives_per_patient others. A validation or test patient gives one line: if they have
    a positive index date, that one in two of three cases, otherwise a random negative one. So the
    controls include people who die later on, and no patient counts twice.
    """
    end = study_end(patients)
    rng = np.random.RandomState(seed)
    order = sorted(patients)
    rng.shuffle(order)
    splits = {"train": [], "validation": [], "test": []}
    for n, pid in enumerate(order):
        part = n / len(order)
        split = "train" if part < 0.65 else "validation" if part < 0.75 else "test"
        patient = patients[pid]
        per_year = TRAIN_DATES_PER_YEAR if split == "train" else 1
        dates = index_dates(patient, end, first_year, rng, per_year)
        rng.shuffle(dates)
        positive = [d for d in dates if d.label]
        negative = [d for d in dates if not d.label]
        if split == "train":
            chosen = positive + negative[:negatives_per_patient]
        else:
            wanted = positive if positive and rng.rand() < 2 / 3 else negative
            chosen = wanted[:1]
        for date in chosen:
            seen = trajectory(patient, date.time)
            if seen:
                line = {"subject_id": f"p{n + 1:04d}", "visits": seen[0], "tabular": seen[1]}
                splits[split].append({**line, "label": date.label})
    return splits
