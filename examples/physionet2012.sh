#!/usr/bin/env bash
# The experiment on the stays of PhysioNet's challenge of 2012, from tables to tables.
#
#   examples/physionet2012.sh CHALLENGE OUT
#
# OUT gets the cohorts, three models of five seeds each (bins, values, decoder), comparators where
# python3 has scikit-learn, predictions, evaluations, studies, reports, a model of the same stays
# with labels by known rules, and the folder tables, which tools/put_tables.py puts into a page. What
# is there already is not made again, so that a run that was interrupted goes on; another choice of
# what follows wants another OUT. SEEDS (default "1 2 3 4 5"), SURVIVORS (how many are explained
# beside all who died, default 500), and SOME (how many of them are explained by the methods that
# take long, and under random weights, default 100) make it smaller; PYTHON names a python3 with numpy.
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
gsig=$root/bin/gsig python=${PYTHON:-python3}

[ $# -eq 2 ] || {
  sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
challenge=$1 out=$2
seeds=${SEEDS:-1 2 3 4 5} survivors=${SURVIVORS:-500} some=${SOME:-100}
models="bins values decoder"
# The tables come last, after hours.
"$python" -c 'import numpy' 2> /dev/null || {
  printf 'physionet2012.sh: %s has no numpy, which the tables need; name another with PYTHON\n' \
    "$python" >&2
  exit 2
}
mkdir -p "$out"

# Runs a command unless the last file that it writes is there. OUT/times.tsv gets what was made, the
# seconds that it took, and those of cores.
exec 3>&1 4>&2
TIMEFORMAT=$'%R\t%U\t%S'
once() {
  local made=$1 took
  shift
  [ ! -e "$made" ] || return 0
  took=$({ time "$@" >&3 2>&4; } 2>&1)
  printf '%s\t%s\n' "${made#"$out"/}" "$took" >> "$out/times.tsv"
}

cohort() {
  once "$out/cohort-$1" "$gsig" cohort physionet2012 --input "$challenge" \
    --task hospital-mortality --out "$out/cohort-$1" "${@:2}"
}
# Days, with the worst values of each, as clinical scores read them.
cohort bins --bins 5 --visit-hours 24 --extremes
cohort values --values --visit-hours 24 --extremes
cohort hourly --values

cohort_of() {
  case $1 in
    bins | planted) echo "$out/cohort-$1" ;;
    *) echo "$out/cohort-values" ;;
  esac
}

train() {
  case $1 in
    bins) set -- "$@" --inputs visit --pooling mean ;;
    values | planted)
      set -- "$@" --values --value-embedding code_vector --inputs visit --pooling mean
      ;;
    decoder) set -- "$@" --values --value-embedding code_vector --architecture decoder-classifier ;;
  esac
  local model=$1 seed=$2
  shift 2
  once "$out/$model-seed-$seed/model.safetensors" "$gsig" train --cohort "$(cohort_of "$model")" \
    --out "$out/$model-seed-$seed" --seed "$seed" --max-length 220 --learning-rate 5e-4 \
    --dropout 0.3 "$@"
}

predict() {
  local part
  mkdir -p "$out/predictions/$1-seed-$2"
  for part in validation test; do
    once "$out/predictions/$1-seed-$2/$part.csv" "$gsig" predict --model "$out/$1-seed-$2" \
      --cohort "$(cohort_of "$1")/$part.jsonl" --out "$out/predictions/$1-seed-$2/$part.csv"
  done
}

for seed in $seeds; do
  for model in $models; do
    train "$model" "$seed"
    predict "$model" "$seed"
  done
done
if "$python" -c 'import sklearn' 2> /dev/null; then
  once "$out/predictions/sofa/test.csv" \
    "$python" "$root/tools/icu_comparators.py" "$out/cohort-hourly" "$challenge" "$out/predictions"
fi

# As many lines as are asked for, at equal distances.
spread() {
  awk -v want="$1" '
    { line[NR] = $0 }
    END { for (i = 0; i < want && i < NR; i++) print line[int(i * NR / want) + 1] }'
}

# All who died and some survivors; some of these; and 200 for the study.
explained() {
  local test
  test=$(cohort_of "$1")/test.jsonl
  {
    grep '"label": *1' "$test"
    grep '"label": *0' "$test" | spread "$survivors"
  } > "$out/explained-$1.jsonl"
  spread "$some" < "$out/explained-$1.jsonl" > "$out/some-$1.jsonl"
  spread 200 < "$out/explained-$1.jsonl" > "$out/studied-$1.jsonl"
}

evaluate() {
  once "$out/$1-$model/evaluation.json" "$gsig" evaluate --model "$of" \
    --cohort "$out/$2-$model.jsonl" --references "$(cohort_of "$model")/validation.jsonl" \
    --out "$out/$1-$model" "${@:3}"
}

# Those that take long, and those that they are compared with.
slow=ig-to-tolerance,gsig,bounded-measure,expected-gradients,idgi,guided-ig,dig,shapley,random

first=${seeds%% *}
for model in $models; do
  of=$out/$model-seed-$first
  once "$of/baseline.safetensors" "$gsig" baseline --model "$of" \
    --cohort "$(cohort_of "$model")/validation.jsonl"
  explained "$model"
  once "$out/attributions-$model.jsonl" "$gsig" explain --model "$of" --method ig,gsig,bounded-measure \
    --cohort "$out/explained-$model.jsonl" --out "$out/attributions-$model.jsonl" \
    --report "$out/report-$model.html"
  evaluate evaluation explained
  once "$out/study-$model" "$gsig" study --model "$of" --cohort "$out/studied-$model.jsonl" \
    --out "$out/study-$model"
done
for model in $models; do
  of=$out/$model-seed-$first
  evaluate comparators some --baselines manifold-mean-unpadded,manifold-mean,zero \
    --methods "$slow"
  evaluate robustness some --baselines manifold-mean-unpadded,zero --sanity-check \
    --metrics infidelity,max-sensitivity
done

# The same stays with labels by rules: what an explanation must say of them is known.
of=$out/planted-seed-$first
once "$out/cohort-planted" "$python" "$root/tools/plant_rule.py" "$out/cohort-values" \
  "$out/cohort-planted" 'l_LACTATE>3' 'l_GCS<8' l_TROPONINT
train planted "$first"
once "$of/baseline.safetensors" "$gsig" baseline --model "$of" \
  --cohort "$out/cohort-planted/validation.jsonl"
explained planted
once "$out/attributions-planted.jsonl" "$gsig" explain --model "$of" \
  --method ig,gsig,bounded-measure,idgi,guided-ig \
  --cohort "$out/explained-planted.jsonl" --out "$out/attributions-planted.jsonl"

tables=$out/tables
rm -rf "$tables.new"
mkdir "$tables.new"
table() {
  "$python" "$root/tools/$2" "${@:3}" > "$tables.new/$1.md"
}
peer=()
[ ! -e "$out/predictions/boosting" ] || peer=(boosting)
table quality quality_table.py "$out/predictions" "${peer[@]}"
evaluations=() comparators=()
for model in $models; do
  evaluations+=("$model=$out/evaluation-$model")
  comparators+=("$model=$out/comparators-$model")
done
table claims claims_table.py "${evaluations[@]}"
table order order_table.py "${evaluations[@]}"
table order-comparators order_table.py "${comparators[@]}"
for model in $models; do
  for kind in evaluation comparators robustness; do
    table "$kind-$model" results_table.py "$out/$kind-$model"
  done
  table "theta-$model" results_table.py "$out/evaluation-$model" gsig ig-to-tolerance
  table "measure-$model" results_table.py "$out/evaluation-$model" bounded-measure ig-to-tolerance
  table "study-$model" study_table.py "$out/study-$model"
  table "drivers-$model" drivers_table.py "$out/attributions-$model.jsonl" \
    "$(cohort_of "$model")/descriptions.json" "$root/tools/icu_directions.csv"
done
table planted planted_table.py "$out/attributions-planted.jsonl" "$out/cohort-planted/rules.json"
table times times_table.py "$out/times.tsv"
(
  cd "$out"
  printf '```\n'
  sha256sum cohort-*/*.jsonl ./*-seed-*/model.safetensors predictions/*/test.csv \
    evaluation-*/evaluation-patients.csv attributions-*.jsonl | sed 's# \./# #'
  printf '```\n'
) > "$tables.new/checksums.md"
rm -rf "$tables"
mv "$tables.new" "$tables"
printf 'tables in %s\n' "$tables"
