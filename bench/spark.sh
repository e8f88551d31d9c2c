#!/usr/bin/env bash
# Times gsig explain and gsig-spark over the same patients on the same cores, one after the other,
# and compares what they write. Prints patients a second without the start of the JVM.
#   bench/spark.sh [COPIES]    of the demo's 200 test patients; default 10
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
copies=${1:-10}
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

for ((copy = 0; copy < copies; copy++)); do
  sed "s/\"subject_id\": *\"/&$copy-/" "$root/demo/test.jsonl"
done > "$scratch/cohort.jsonl"
common=(--model "$root/demo/model" --cohort "$scratch/cohort.jsonl" --backend simd)
# The cores that the process may use, however many the machine has.
cores=$(nproc)
"$root/bin/gsig" explain "${common[@]}" --threads "$cores" --out "$scratch/explain.jsonl"
"$root/bin/gsig-spark" "${common[@]}" --master "local[$cores]" --out "$scratch/spark"
cat "$scratch"/spark/part-* | cmp - "$scratch/explain.jsonl"
printf 'the same bytes: %d patients\n' "$(wc -l < "$scratch/explain.jsonl")"
