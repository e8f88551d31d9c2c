#!/usr/bin/env bash
# Makes src/main/resources/dev/gsig/cuda/*.ptx from src/main/cuda/*.cu. Needs nvcc (CUDA 13 or 12).
#
#   build-ptx.sh            writes the files
#   build-ptx.sh --check    compares with the files that are there, and assembles them for sm_75 and
#                           up; nothing is written
#   build-ptx.sh --out DIR [--sources DIR]   writes elsewhere, from elsewhere
#   build-ptx.sh --table    prints registers, shared memory and spills of each kernel (ptxas -v)
#
# nvcc 13 labels what it writes with a version that drivers before CUDA 13 refuse. The kernels use
# nothing new, so the label is set back: PTX 6.0 for sm_50, which every driver since CUDA 9 takes.
# That it is true is shown by assembling it.
set -euo pipefail
cd -- "$(dirname -- "$0")"

readonly ASSEMBLED="sm_75 sm_80 sm_90"
sources=src/main/cuda
out=src/main/resources/dev/gsig/cuda
mode=write
while [ $# -gt 0 ]; do
  case $1 in
    --check) mode=check ;;
    --table) mode=table ;;
    --out) out=$2 && shift ;;
    --sources) sources=$2 && shift ;;
    *) printf 'build-ptx.sh: %s is not known\n' "$1" >&2 && exit 2 ;;
  esac
  shift
done
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# compile SOURCE PTX. Line numbers stay in, for the emulated driver and compute-sanitizer; what newer
# versions add to them (names of inlined functions) goes, and so do paths of the machine it ran on.
compile() {
  (cd -- "$sources" &&
    nvcc -ptx -arch=compute_75 -std=c++17 -fmad=false -lineinfo -o "$scratch/raw.ptx" "$(basename "$1")")
  sed -E \
    -e 's/^\.version .*/.version 6.0/' \
    -e 's/^\.target .*/.target sm_50/' \
    -e 's/^(\s*\.loc\s+[0-9]+ [0-9]+ [0-9]+).*/\1/' \
    -e 's|^(\s*\.file\s+[0-9]+ )".*/([^/"]*)".*|\1"\2"|' \
    -e '/^\/\//d' \
    -e '/^\s*\.section\s+\.debug_str/,/^\s*\}/d' \
    -e '/^\s*$/d' \
    "$scratch/raw.ptx" > "$2"
}

mkdir -p "$scratch/new"
for source in "$sources"/*.cu; do
  compile "$source" "$scratch/new/$(basename "${source%.cu}").ptx"
done

if [ "$mode" = table ]; then
  for arch in sm_80 sm_90; do
    for ptx in "$out"/*.ptx; do
      ptxas -v -arch="$arch" -o /dev/null "$ptx" 2>&1 | sed "s/^/$arch /"
    done
  done
  exit
fi

for ptx in "$scratch"/new/*.ptx; do
  for arch in $ASSEMBLED; do
    ptxas -arch="$arch" -o /dev/null "$ptx"
  done
done
case $mode in
  write) mkdir -p "$out" && cp "$scratch"/new/*.ptx "$out/" ;;
  check)
    diff -rq "$scratch/new" "$out" > /dev/null || {
      printf 'build-ptx.sh: %s is not what %s compiles to; run build-ptx.sh\n' "$out" "$sources" >&2
      diff -rq "$scratch/new" "$out" >&2 || true
      exit 1
    }
    ;;
esac
