#!/usr/bin/env bash
# The paper's experiment, from tables to a report: cohort, train, baseline, evaluate, explain.
#
#   examples/experiment.sh mimic4|meds|synthea INPUT heart-failure|mortality OUT [COHORT OPTIONS]
#   examples/experiment.sh physionet2012 INPUT hospital-mortality OUT    (see physionet2012.sh)
#
# OUT gets the folders cohort, model and evaluation, attributions.jsonl and report.html.
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
gsig=$root/bin/gsig

[ $# -ge 4 ] || {
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
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

mkdir -p "$out"
"$gsig" cohort "$source" --input "$input" --task "$task" --out "$out/cohort" "$@"
"$gsig" train --cohort "$out/cohort" --out "$out/model"
"$gsig" baseline --model "$out/model" --cohort "$out/cohort/validation.jsonl"
"$gsig" evaluate --model "$out/model" --cohort "$out/cohort/test.jsonl" --out "$out/evaluation" \
  --methods ig,gsig,bounded-measure,random --baselines manifold-mean,zero
"$gsig" explain --model "$out/model" --cohort "$out/cohort/test.jsonl" \
  --out "$out/attributions.jsonl" --report "$out/report.html"
