#!/usr/bin/env python3
"""Reads bulk data of FHIR a second time, and compares with a cohort that gsig made of it.

    gsig cohort fhir --input FOLDER --task heart-failure --target-codes d_59621000 --out COHORT
    python3 tools/check_fhir_cohort.py FOLDER COHORT d_59621000

Shares nothing with the engine: whole resources by id in dictionaries, times as Python's. It reads
what that task needs of resources that Synthea writes (one coding each, an encounter or a time) and
refuses what it does not know. The last argument has the target codes, with commas. With --values as
a fourth argument numeric observations are codes, too.
"""
import collections
import datetime
import glob
import gzip
import json
import os
import sys

KIND = {
    "Condition": ("d", "code", "encounter", ["recordedDate", "onsetDateTime"]),
    "Procedure": ("p", "code", "encounter", ["performedDateTime", "performedPeriod"]),
    "MedicationRequest": ("m", "medicationCodeableConcept", "encounter", ["authoredOn"]),
    "MedicationAdministration": (
        "m", "medicationCodeableConcept", "context", ["effectiveDateTime", "effectivePeriod"]),
    "AllergyIntolerance": ("a", "code", "encounter", ["recordedDate"]),
    "Immunization": ("v", "vaccineCode", "encounter", ["occurrenceDateTime"]),
}
SYSTEMS = {
    "http://snomed.info/sct": "dpmav",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "ma",
    "http://hl7.org/fhir/sid/cvx": "v",
    "http://loinc.org": "l",
}
DEAD = {"entered-in-error", "not-done", "cancelled", "draft", "refuted", "planned"}
UTC = datetime.timezone.utc


def resources(folder):
    by_type = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(folder, "*.ndjson*"))):
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                by_type[one["resourceType"]].append(one)
    return by_type


def moment(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def when(resource, keys):
    for key in keys:
        value = resource.get(key)
        if value:
            return moment(value["start"] if isinstance(value, dict) else value)
    return None


def code(kind, concept):
    (coding,) = concept["coding"]
    assert kind in SYSTEMS[coding["system"]], coding
    return kind + "_" + coding["code"].upper()


def target(resource, key):
    reference = resource.get(key)
    return reference["reference"].split("/")[-1] if reference else None


def happened(resource):
    stated = {resource.get("status")}
    for coding in resource.get("verificationStatus", {}).get("coding", []):
        stated.add(coding["code"])
    return not stated & DEAD


def numbers(observation):
    for part in [observation] + observation.get("component", []):
        quantity = part.get("valueQuantity")
        if quantity and "value" in quantity:
            yield code("l", part["code"]), float(quantity["value"])


def read(folder, with_values):
    by_type = resources(folder)
    patients = {p["id"]: p for p in by_type["Patient"]}
    visits = {}
    for one in by_type["Encounter"]:
        if happened(one):
            period = one["period"]
            end = moment(period["end"]) if "end" in period else None
            visits[one["id"]] = (target(one, "subject"), moment(period["start"]), end, [])
    of_patient = collections.defaultdict(list)
    for visit in visits.values():
        of_patient[visit[0]].append(visit)

    def place(one, encounter, patient, time, event):
        named = target(one, encounter)
        if named:
            visit = visits.get(named)
        else:
            inside = [v for v in of_patient[patient] if v[1] <= time and (not v[2] or time <= v[2])]
            visit = min(inside, key=lambda v: v[1]) if inside else None
        if visit:
            assert visit[0] == patient
            visit[3].append((time,) + event)

    for kind, (letter, concept, encounter, times) in KIND.items():
        for one in by_type[kind]:
            if happened(one):
                patient = target(one, "subject") or target(one, "patient")
                place(one, encounter, patient, when(one, times), (code(letter, one[concept]), None))
    for one in by_type["Observation"] if with_values else []:
        if happened(one):
            time = when(one, ["effectiveDateTime", "effectivePeriod"])
            for event in numbers(one):
                place(one, "encounter", target(one, "subject"), time, event)
    return patients, of_patient


def age(birth, time):
    years = time.year - birth.year - ((time.month, time.day) < (birth.month, birth.day))
    try:
        birthday = birth.replace(year=birth.year + years)
    except ValueError:
        birthday = datetime.date(birth.year + years, 2, 28)
    leap = birthday.year % 4 == 0 and (birthday.year % 100 != 0 or birthday.year % 400 == 0)
    days = (time.date() - birthday).days
    return (100 * years + min(99, 100 * days // (366 if leap else 365))) / 100


def line(patient, visits, targets):
    """The input before the first visit with a target code, or before the last visit."""
    coded = sorted((v for v in visits if v[3]), key=lambda v: v[1])
    first = next((v for v in coded if any(e[1] in targets for e in v[3])), None)
    if not coded:
        return None
    end = (first or coded[-1])[1]
    seen = []
    for _, start, stop, events in coded:
        if stop is None or start >= end or stop >= end:
            continue
        codes = {}
        for time, name, value in events:
            if time is None or time < end:
                codes.setdefault(name, []).append((time, value))
        if codes:
            last = {}
            for name, got in codes.items():
                measured = [g for g in got if g[1] is not None]
                latest = max((g[0] for g in measured), default=None)
                at_once = sorted(g[1] for g in measured if g[0] == latest)
                last[name] = at_once[(len(at_once) - 1) // 2] if at_once else None
            seen.append((start.strftime("%Y-%m-%dT%H:%M:%S"), last))
    if not seen:
        return None
    birth = datetime.date.fromisoformat(patient["birthDate"])
    return {
        "label": 1 if first else 0,
        "visits": sorted(seen, key=lambda v: v[0]),
        "age": age(birth, end),
        "sex": {"male": 1.0, "female": 0.0}[patient["gender"]],
    }


def main(folder, cohort, targets, *options):
    with_values = "--values" in options
    patients, visits = read(folder, with_values)
    expected = {}
    for name, patient in patients.items():
        one = line(patient, visits[name], set(targets.split(",")))
        if one:
            expected[name] = one
    found = {}
    for part in ["train", "validation", "test"]:
        with open(os.path.join(cohort, part + ".jsonl"), encoding="utf-8") as lines:
            for text in lines:
                one = json.loads(text)
                found[one["subject_id"]] = {
                    "label": one["label"],
                    "visits": [
                        (v["time"], dict(zip(v["codes"], v.get("values") or [None] * len(v["codes"]))))
                        for v in one["visits"]
                    ],
                    "age": one["tabular"]["age"],
                    "sex": one["tabular"]["sex"],
                }
    differ = [p for p in sorted(set(expected) | set(found)) if expected.get(p) != found.get(p)]
    codes = sum(len(v[1]) for p in expected.values() for v in p["visits"])
    print(f"{len(expected)} patients, {sum(len(p['visits']) for p in expected.values())} visits, "
          f"{codes} codes; {len(differ)} patients differ")
    for name in differ[:3]:
        print(name, json.dumps(expected.get(name))[:600], json.dumps(found.get(name))[:600], sep="\n")
    return 1 if differ or not expected else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
