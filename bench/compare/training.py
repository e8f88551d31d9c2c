"""gsig and PyTorch take training steps in turns on one core; prints the ratio of their speeds."""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile

import child

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JAVA_OPTIONS = [
    "--add-modules",
    "jdk.incubator.vector",
    "@" + os.path.join(ROOT, "bin/jit-options"),
    "-XX:+UseSerialGC",
]
# name: width, layers, heads, feed-forward, longest and shortest record in visits of five codes
MODELS = {
    "DEMO": (64, 2, 4, 128, 21, 3),
    "S": (128, 4, 8, 512, 21, 21),
}
CODES = 500
PATIENTS = 320


def write_inputs(folder, name):
    """A cohort of random codes and the configuration of a model."""
    d, layers, heads, inner, longest, shortest = MODELS[name]
    rng = random.Random(1)
    vocab = {c: i for i, c in enumerate(("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"))}
    for n in range(CODES):
        vocab["d_%d" % n] = len(vocab)
    for file, count in (("train.jsonl", PATIENTS), ("validation.jsonl", 16)):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
            for n in range(count):
                visits = [
                    {"codes": ["d_%d" % rng.randrange(CODES) for _ in range(5)]}
                    for _ in range(rng.randint(shortest, longest))
                ]
                tabular = {"age": rng.gauss(60, 10), "sex": float(n % 2)}
                line = {"subject_id": "%s-%d" % (file, n), "visits": visits, "tabular": tabular, "label": n % 2}
                print(json.dumps(line), file=out)
    features = [{"name": "age", "mean": 60.0, "std": 10.0}, {"name": "sex", "mean": 0.5, "std": 0.5}]
    config = {
        "vocab_size": len(vocab),
        "hidden_size": d,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-5,
        "max_position_embeddings": 128,
        "pad_token_id": 0,
        "cls_token_id": 1,
        "sep_token_id": 2,
        "mask_token_id": 3,
        "unk_token_id": 4,
        "embedding_inputs": {"position": "learned", "visit": "learned"},
        "tabular": {"features": features, "hidden_sizes": [32], "activation": "gelu"},
        "classifier": {"hidden_sizes": [32], "num_labels": 1, "activation": "gelu"},
    }
    for file, value in (("vocab.json", vocab), ("config.json", config)):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
            json.dump(value, out)


def main():
    parser = argparse.ArgumentParser(prog="bench/training.sh", description=__doc__)
    parser.add_argument("--model", choices=MODELS, default="S")
    parser.add_argument("--batch", type=int, default=32, help="patients a step; default: 32")
    parser.add_argument("--dropout", type=float, default=0.1, help="default: 0.1")
    parser.add_argument("--steps", type=int, default=3, help="steps in a turn; default: 3")
    parser.add_argument("--warm-up", type=int, default=10, help="steps before; default: 10")
    parser.add_argument("--turns", type=int, default=7, help="default: 7")
    parser.add_argument("--core", type=int, default=0, help="default: 0")
    o = parser.parse_args()
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(folder, o.model)
        common = [folder, os.path.join(folder, "config.json")]
        common += [str(v) for v in (o.batch, o.dropout, o.steps, o.warm_up)]
        jar = os.path.join(ROOT, "bench/target/gsig-bench.jar")
        ours = [java, *JAVA_OPTIONS, "-cp", jar, "dev.gsig.bench.TrainingContender", *common]
        torch = [sys.executable, os.path.join(ROOT, "bench/peers/training_torch.py"), *common]
        # PyTorch's BLAS must choose its kernels for this processor by itself.
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
            os.environ.pop(name, None)
        one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        children = {}
        try:
            for name, command in (("gsig", ours), ("PyTorch", torch)):
                children[name] = child.Child(command, one, [o.core])
            times = {name: [] for name in children}
            for _ in range(o.turns):
                for name, process in children.items():
                    times[name].append(process.go()["seconds"])
        except child.Failed as failed:
            print(failed, file=sys.stderr)
            return 1
        finally:
            for process in children.values():
                process.close()
    ratios = [t / g for t, g in zip(times["PyTorch"], times["gsig"])]
    print(f"model {o.model}, {o.batch} patients a step, dropout {o.dropout}, one core:")
    for name, seconds in times.items():
        print(f"  {name:8} {statistics.median(seconds) * 1e3:8.1f} ms a step "
              f"({min(seconds) * 1e3:.1f} to {max(seconds) * 1e3:.1f})")
    print(f"  speed of gsig relative to PyTorch: {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f} in {o.turns} turns)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
