#!/usr/bin/env bash
# The tables of docs/results.md about the bundled model and cohort: 25 minutes on two cores.
#
#   tools/demo_tables.sh OUT
#   python3 tools/put_tables.py demo=OUT/tables docs/results.md
#
# OUT gets the folders evaluation, study and tables. PYTHON names a python3 with numpy.
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
gsig=$root/bin/gsig python=${PYTHON:-python3}

[ $# -eq 1 ] || {
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
out=$1 tables=$1/tables
demo=(--model "$root/demo/model" --cohort "$root/demo/test.jsonl")
mkdir -p "$tables"
"$gsig" study "${demo[@]}" --out "$out/study"
"$python" "$root/tools/study_table.py" "$out/study" > "$tables/study.md"
"$gsig" evaluate "${demo[@]}" --references "$root/demo/validation.jsonl" \
  --baselines manifold-mean-unpadded,manifold-mean,zero --comparators --out "$out/evaluation"
results() {
  "$python" "$root/tools/results_table.py" "$out/evaluation" "${@:2}" > "$tables/$1.md"
}
results methods
results measure bounded-measure ig-to-tolerance
results theta gsig ig-to-tolerance
printf 'tables in %s\n' "$tables"
