#!/usr/bin/env bash
# The paper's experiment, from tables to tables: cohort, train, baseline, predict, evaluate, explain.
#
#   examples/experiment.sh mimic4|meds|synthea INPUT heart-failure|mortality OUT [COHORT OPTIONS]
#   examples/experiment.sh physionet2012 INPUT hospital-mortality OUT    (see physionet2012.sh)
#
# OUT gets the folders cohort, model, predictions and evaluation, attributions.jsonl, report.html, and
# the folder tables, which tools/put_tables.py puts into a page. PYTHON names a python3 with numpy.
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
gsig=$root/bin/gsig python=${PYTHON:-python3}

[ $# -ge 4 ] || {
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
source=$1 input=$2 task=$3 out=$4
shift 4
if [ "$source" = physionet2012 ]; then
  [ "$task" = hospital-mortality ] || {
    printf 'experiment.sh: the task of physionet2012 is hospital-mortality, not %s\n' "$task" >&2
    exit 2
  }
  exec "$root/examples/physionet2012.sh" "$input" "$out" "$@"
fi

"$python" -c 'import numpy' 2> /dev/null || {
  printf 'experiment.sh: %s has no numpy, which the tables need; name another with PYTHON\n' \
    "$python" >&2
  exit 2
}
mkdir -p "$out/predictions/encoder"
"$gsig" cohort "$source" --input "$input" --task "$task" --out "$out/cohort" "$@"
"$gsig" train --cohort "$out/cohort" --out "$out/model"
"$gsig" baseline --model "$out/model" --cohort "$out/cohort/validation.jsonl"
for part in validation test; do
  "$gsig" predict --model "$out/model" --cohort "$out/cohort/$part.jsonl" \
    --out "$out/predictions/encoder/$part.csv"
done
"$gsig" evaluate --model "$out/model" --cohort "$out/cohort/test.jsonl" --out "$out/evaluation" \
  --methods ig,gsig,bounded-measure,random --baselines manifold-mean,zero
"$gsig" explain --model "$out/model" --cohort "$out/cohort/test.jsonl" \
  --out "$out/attributions.jsonl" --report "$out/report.html"

tables=$out/tables
mkdir -p "$tables"
"$python" "$root/tools/quality_table.py" "$out/predictions" > "$tables/quality.md"
"$python" "$root/tools/results_table.py" "$out/evaluation" > "$tables/evaluation.md"
"$python" "$root/tools/claims_table.py" "encoder=$out/evaluation" > "$tables/claims.md"
printf 'tables in %s\n' "$tables"
