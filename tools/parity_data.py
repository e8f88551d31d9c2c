"""Trajectories of the parity fixtures: synthetic cohorts and their token sequences."""

import datetime
import math

LAST_AGE = 99
DAYS = {"seconds": 1 / 86400, "minutes": 1 / 1440, "hours": 1 / 24, "days": 1, "weeks": 7,
        "months": 365.25 / 12, "years": 365.25}


def make_vocabulary(config, special_names):
    """{"code": id} for every id that is no special token; those too if special_names is true."""
    names = {"pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]", "unk": "[UNK]"}
    special = {config.get(key + "_token_id"): name for key, name in names.items()}
    vocabulary = {}
    for i in range(config["vocab_size"]):
        if i not in special:
            vocabulary["dmpl"[i % 4] + "_%03d" % i] = i
        elif special_names:
            vocabulary[special[i]] = i
    return vocabulary


def visit_sizes(rng, tokens, separator):
    """Numbers of codes per visit that fill exactly the given number of tokens."""
    sizes, left = [], tokens
    while left > 0:
        size = int(rng.integers(1, 5))
        rest = left - size - separator
        if rest < 0 or rest <= separator:
            size, rest = left - separator, 0
        sizes.append(size)
        left = rest
    return sizes


def make_trajectory(rng, subject, kinds, config, vocabulary):
    """One trajectory of the given kinds.

    Kinds: one of single, short, full, truncated, starts-at-sep (truncated in front of a SEP),
    and any of unknown, unknown-visit, empty-visit, missing, missing-null.
    """
    codes = [c for c in vocabulary if not c.startswith("[")]
    separator = 0 if config.get("sep_token_id") is None else 1
    room = config["max_position_embeddings"] - (config.get("cls_token_id") is not None)
    if "single" in kinds:
        sizes = [1]
    elif "starts-at-sep" in kinds:
        sizes = [3] + visit_sizes(rng, room - separator, separator)
    else:
        tokens = {"short": room // 2 + 1, "full": room, "truncated": room * 3 // 2 + 2}
        kind = next(k for k in tokens if k in kinds)
        sizes = visit_sizes(rng, tokens[kind], separator)
    visits = [[codes[int(rng.integers(len(codes)))] for _ in range(size)] for size in sizes]
    if "unknown" in kinds:
        unknown = "x_unknown"
        if config.get("unk_token_id") is None:
            visits[-1].insert(0, unknown)
        else:
            visits[-1][0] = unknown
            visits[len(visits) // 2][-1] = unknown
    if "unknown-visit" in kinds:
        visits.insert(1, ["x_unknown", "x_other"])
    if "empty-visit" in kinds:
        visits.insert(1, [])
    age = 20 + 45 * rng.random()
    rows = []
    for n, visit in enumerate(visits):
        row = {"time": "20%02d-%02d-%02dT%02d:30:00" % (31 + n, 1 + n % 12, 3 + n % 25, 8 + n % 9)}
        row["codes"] = visit
        if "age" in config.get("embedding_inputs", {}) or config.get("time_span") == "since_birth":
            row["age"] = round(age + 1.1 * n, 2)
        if "token_type" in config.get("embedding_inputs", {}):
            row["token_type"] = int(rng.integers(2))
        rows.append(row)
    line = {"subject_id": subject, "visits": rows}
    if config.get("tabular"):
        values = {}
        for feature in config["tabular"]["features"]:
            values[feature["name"]] = round(
                feature["mean"] + feature["std"] * float(rng.standard_normal()), 3
            )
        last = config["tabular"]["features"][-1]["name"]
        if "missing" in kinds:
            del values[last]
        if "missing-null" in kinds:
            values[last] = None
        line["tabular"] = values
    label = int(rng.integers(2))
    if config.get("problem_type") == "multi_label_classification":
        line["labels"] = [(label + k) % 2 for k in range(config["classifier"]["num_labels"])]
    else:
        line["label"] = label
    return line


def tokenize(trajectory, config, vocabulary):
    """The padded token sequence of a trajectory: ids [L], each position's visit, kept visits.
    "original" stays when ids are replaced.

    The visit is the number of the visit in the trajectory, None for CLS and PAD. A visit without
    codes, or without known codes where unknown ones are skipped, has no SEP either.
    """
    body = []
    for number, visit in enumerate(trajectory["visits"]):
        ids = [vocabulary.get(code, config["unk_token_id"]) for code in visit["codes"]]
        ids = [i for i in ids if i is not None]
        if ids and config["sep_token_id"] is not None:
            ids.append(config["sep_token_id"])
        body += [(i, number) for i in ids]
    length = config["max_position_embeddings"]
    first = [] if config["cls_token_id"] is None else [(config["cls_token_id"], None)]
    kept = first + body[-(length - len(first)) :]
    padding = [(config["pad_token_id"], None)] * (length - len(kept))
    sequence = kept + padding
    return {
        "ids": [i for i, _ in sequence],
        "visit_of": [v for _, v in sequence],
        "real": len(kept),
        "total": len(first) + len(body),
        "trajectory": trajectory,
        "original": [i for i, _ in sequence],
        "vocabulary": vocabulary,
    }


def replaced(tokens, ids):
    """The same positions with other ids."""
    return {**tokens, "ids": ids}


def visit_indices(tokens, config, changed):
    separator = config["sep_token_id"]
    if separator is None:
        assert not changed, "visit indices of replaced ids are undefined without SEP"
        kept = sorted({v for v in tokens["visit_of"] if v is not None})
        indices = []
        for position, visit in enumerate(tokens["visit_of"]):
            if visit is not None:
                indices.append(kept.index(visit))
            else:
                indices.append(0 if position < tokens["real"] else len(kept))
        return indices
    indices, seen = [], 0
    for token in tokens["ids"]:
        before = seen
        seen += token == separator
        indices.append(seen if config["visit_index"] == "at_sep" else before)
    return indices


def visit_values(tokens, config, key):
    """Per position the value of its visit (without a key the visit's number), whatever its id:
    padding takes the last visit's, CLS the first kept visit's."""
    visits = tokens["trajectory"]["visits"]
    kept = [v for v in tokens["visit_of"] if v is not None]
    values = []
    for position, visit in enumerate(tokens["visit_of"]):
        if position >= tokens["real"]:
            visit = kept[-1]
        elif visit is None:
            visit = kept[0]
        values.append(visit if key is None else visits[visit][key])
    return values


def times(tokens, config, vocabulary):
    """Per position its time: a visit's, of which special tokens have none where they read zero."""
    visits = tokens["trajectory"]["visits"]
    told = [n for n, visit in enumerate(visits)
            if any(c in vocabulary or config["unk_token_id"] is not None for c in visit["codes"])]

    def at(number):
        return datetime.datetime.fromisoformat(visits[number]["time"])

    def days(number):
        span = config["time_span"]
        if span == "since_birth":
            return 365.25 * visits[number]["age"]
        if span == "until_last_visit":
            start, end = number, told[-1]
        elif span == "since_first_visit":
            start, end = told[0], number
        else:
            start, end = max([n for n in told if n < number], default=number), number
        return (at(end) - at(start)).total_seconds() / 86400

    def value(number):
        unit = config["time_unit"]
        time = days(number) / DAYS.get(unit, unit)
        if "floor" in config["time_transform"]:
            time = math.floor(time)
        return math.log1p(time) if "log1p" in config["time_transform"] else time

    zero = config["time_special_tokens"] == "zero"
    codes = {config[name + "_token_id"] for name in ("pad", "cls", "sep")}
    owners = visit_values(tokens, config, None)
    return [0.0 if zero and token in codes else value(owner)
            for token, owner in zip(tokens["original"], owners)]


def table_rows(config):
    """The number of rows of each learned embedding input."""
    length = config["max_position_embeddings"]
    ages = (LAST_AGE + 1) * config.get("age_rows_per_year", 1)
    return {"position": length, "visit": length + 1, "age": ages, "token_type": 2}


def token_inputs(tokens, config, changed=False):
    """The indices that the embedding block looks up: ids and one list per embedding input."""
    inputs = {"ids": tokens["ids"]}
    for name in config["embedding_inputs"]:
        if name == "position":
            inputs[name] = list(range(len(tokens["ids"])))
        elif name == "visit":
            inputs[name] = visit_indices(tokens, config, changed)
        elif name == "age":
            rows = config.get("age_rows_per_year", 1)
            inputs[name] = [math.floor(a * rows) for a in visit_values(tokens, config, "age")]
            assert all(0 <= a < (LAST_AGE + 1) * rows for a in inputs[name])
        elif name == "time":
            inputs[name] = times(tokens, config, tokens["vocabulary"])
        else:
            inputs[name] = visit_values(tokens, config, "token_type")
    return inputs


def normalised(trajectory, config):
    """The tabular vector (x - mean) / std, 0 where the value is missing."""
    if not config["tabular"]:
        return []
    vector = []
    for feature in config["tabular"]["features"]:
        value = trajectory["tabular"].get(feature["name"])
        vector.append(0.0 if value is None else (value - feature["mean"]) / feature["std"])
    return vector
