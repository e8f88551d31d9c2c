#!/usr/bin/env bash
# Tests and measures the CUDA backend on this machine's GPU, and writes one report:
# bench/target/gpu-report.md. Needs an NVIDIA driver, a JDK 17 or newer and Maven; PyTorch with CUDA
# and compute-sanitizer are used where they are installed. Exits with 1 if a test failed.
#
#   JAVA_HOME   the JDK to use; without it, the java on the PATH
#   PYTHON      a python3 with PyTorch; without it, the python3 on the PATH
set -uo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
python=${PYTHON:-python3}
report=bench/target/gpu-report.md
mkdir -p bench/target
failed=0

refuse() {
  printf 'bench/gpu.sh: %s\n' "$1" >&2
  exit 2
}
command -v "$java" > /dev/null || refuse "there is no $java; set JAVA_HOME to a JDK 17 or newer"
command -v mvn > /dev/null || refuse "there is no mvn on the PATH; install Maven"
[ -e /dev/nvidiactl ] || [ -e /dev/dxg ] || refuse "there is no NVIDIA driver on this machine"

# section TITLE COMMAND...: runs it, and puts what it prints into the report.
section() {
  local title=$1 status
  shift
  printf 'bench/gpu.sh: %s ...\n' "$title" >&2
  printf '\n## %s\n```\n' "$title" >> "$report"
  "$@" >> "$report" 2>&1 < /dev/null
  status=$?
  printf '```\nexit code %d\n' "$status" >> "$report"
  [ "$status" -eq 0 ] || failed=1
}

machine() {
  nvidia-smi || true
  "$java" -version
  uname -srm
  git rev-parse HEAD || true
}

tests() {
  mvn -B -ntp -Dstyle.color=never -pl cuda-kernels -am -Dgsig.quick=true \
    -Dgsig.cuda.real=true -Dgsig.cuda.fixtures=all -Dgsig.cuda.patients=1000 \
    '-Dtest=Cuda*Test,PtxTest' -Dsurefire.failIfNoSpecifiedTests=false test \
    dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/gpu.classpath
}

sanitizer() {
  (cd cuda-kernels && compute-sanitizer --tool "$1" --error-exitcode 1 --target-processes all \
    "$java" --add-modules jdk.incubator.vector -Dgsig.cuda.real=true \
    -cp "target/test-classes:target/classes:$(cat target/gpu.classpath)" \
    dev.gsig.tensor.internal.ContractRun cuda-exact)
}

torch() {
  for folder in bench/target/inputs/s bench/target/inputs/m; do
    "$python" bench/peers/gpu_torch.py "$folder" "$folder/patients.jsonl" 50
  done
}

printf '# The CUDA backend on a GPU, %s\n' "$(date -u +%FT%TZ)" > "$report"
section "Machine" machine
section "Contract, parity with PyTorch (float64), batches" tests
section "Passes" bench/run.sh Pass -p backend=simd,cuda -p model=S,M -p steps=8
section "Integrated gradients" bench/run.sh IntegratedGradients -p backend=simd,cuda -p model=S,M -p steps=50
if "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2> /dev/null; then
  section "PyTorch with CUDA, the same models" torch
else
  printf '\nNo PyTorch with CUDA here: not compared.\n' >> "$report"
fi
if command -v compute-sanitizer > /dev/null; then
  for tool in memcheck racecheck synccheck initcheck; do
    section "compute-sanitizer $tool" sanitizer "$tool"
  done
else
  printf '\nNo compute-sanitizer here: the contract was not run under it.\n' >> "$report"
fi
printf 'bench/gpu.sh: the report is %s\n' "$report" >&2
exit "$failed"
