#!/usr/bin/env bash
# Makes src/main/resources/dev/gsig/cuda/internal/*.ptx from src/main/cuda/*.cu. Needs nvcc (CUDA 12 or 13).
#
#   build-ptx.sh            writes the files, after assembling them for sm_75, sm_80 and sm_90
#   build-ptx.sh --check    compares with the files that are there instead of writing
#   build-ptx.sh --table    prints registers, shared memory and spills of each kernel (ptxas -v)
#   --sources DIR  --out DIR  --only FAMILY    from elsewhere, to elsewhere, one file of them
#
# nvcc 13 labels what it writes with a version that drivers before CUDA 13 refuse. The kernels use
# nothing new, so the label is set back to PTX 6.0 for sm_50, which every driver since CUDA 9 takes.
# That it is true is shown by assembling it; PtxTest does so at each build, without nvcc.
set -euo pipefail

sources= out= only='*' mode=write
while [ $# -gt 0 ]; do
  case $1 in
    --check | --table) mode=${1#--} ;;
    --sources) sources=$(realpath -- "$2") && shift ;;
    --out) mkdir -p -- "$2" && out=$(realpath -- "$2") && shift ;;
    --only) only=$2 && shift ;;
    *) printf 'build-ptx.sh: %s is not known\n' "$1" >&2 && exit 2 ;;
  esac
  shift
done
cd -- "$(dirname -- "$0")"
sources=${sources:-$PWD/src/main/cuda}
out=${out:-$PWD/src/main/resources/dev/gsig/cuda/internal}
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# compile SOURCE PTX. Line numbers stay in, for compute-sanitizer and the emulated driver; what newer
# versions add to them (names of inlined functions) goes, and so do paths of the machine it ran on.
# The first line says what it was made from, so that a build without nvcc sees when it is out of date.
compile() {
  cd -- "$sources"
  nvcc -ptx -arch=compute_75 -std=c++17 -fmad=false -lineinfo -o "$scratch/raw.ptx" "$1"
  {
    printf '// sources: %s\n' "$(cat -- "$1" common.cuh math.cuh | sha256sum | cut -c1-64)"
    sed -E \
      -e 's/^\.version .*/.version 6.0/' \
      -e 's/^\.target .*/.target sm_50/' \
      -e 's/^(\s*\.loc\s+[0-9]+ [0-9]+ [0-9]+).*/\1/' \
      -e 's|^(\s*\.file\s+[0-9]+ )".*/([^/"]*)".*|\1"\2"|' \
      -e '/^\/\//d' \
      -e '/^\s*\.section\s+\.debug_str/,/^\s*\}/d' \
      -e '/^\s*$/d' \
      "$scratch/raw.ptx"
  } > "$2"
  cd -- "$OLDPWD"
}

if [ "$mode" = table ]; then
  printf '| kernel | registers sm_80 | registers sm_90 | shared memory, bytes | spills, bytes |\n|---|---|---|---|---|\n'
  for arch in sm_80 sm_90; do
    for ptx in "$out"/*.ptx; do ptxas -v -arch="$arch" -o /dev/null "$ptx" 2>&1; done |
      sed -E "s/^/$arch /"
  done | awk '
    /Compiling entry/ {
      for (i = 1; i < NF; i++) if ($i == "function") name = $(i + 1)
      gsub("\x27", "", name)
      if (!(name in seen)) { seen[name]; order[++n] = name }
    }
    /spill stores/ { for (i = 2; i < NF; i++) if ($i == "spill") spill[name] += $(i - 2) }
    /Used [0-9]+ registers/ {
      for (i = 1; i < NF; i++) {
        if ($i == "Used") registers[name, $1] = $(i + 1)
        if ($(i + 2) ~ /^smem/) shared[name] = $i
      }
    }
    END { for (i = 1; i <= n; i++) printf "| `%s` | %d | %d | %d | %d |\n", order[i], registers[order[i], "sm_80"], registers[order[i], "sm_90"], shared[order[i]], spill[order[i]] }' | sort
  exit
fi

mkdir -- "$scratch/new"
for source in "$sources"/$only.cu; do
  name=$(basename -- "$source")
  compile "$name" "$scratch/new/${name%.cu}.ptx"
  for arch in sm_75 sm_80 sm_90; do
    ptxas -arch="$arch" -o /dev/null "$scratch/new/${name%.cu}.ptx"
  done
done
if [ "$mode" = write ]; then
  cp -- "$scratch"/new/*.ptx "$out/"
elif ! diff -rq "$scratch/new" "$out" >&2; then
  printf 'build-ptx.sh: the PTX is not what its sources compile to; run build-ptx.sh\n' >&2
  exit 1
fi
