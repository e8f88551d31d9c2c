package dev.gsig.onnx.internal.tape;

import dev.gsig.onnx.internal.tape.Program.Result;
import dev.gsig.onnx.tensor.NdArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The recordings used last: the batches of a path ask for the same one, and so do patients of one
 * length where nothing but the path tells them apart.
 */
final class Recordings {
  private static final int MOST = 16;

  /** Inputs by what is in them. */
  private record Key(List<List<Integer>> shapes, Map<String, List<Object>> others) {}

  private final Map<Key, Result> results =
      new LinkedHashMap<>(MOST, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Result> eldest) {
          return size() > MOST;
        }
      };

  /** The recording for these inputs, made if there is none yet. */
  Result of(List<int[]> shapes, Map<String, NdArray> others, Supplier<Result> make) {
    Map<String, List<Object>> content = new HashMap<>();
    others.forEach((name, array) -> content.put(name, content(array)));
    Key key = new Key(shapes.stream().map(Recordings::list).toList(), content);
    synchronized (results) {
      Result known = results.get(key);
      if (known != null) {
        return known;
      }
    }
    Result made = make.get();
    if (made != null) {
      synchronized (results) {
        results.put(key, made);
      }
    }
    return made;
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** An array by what is in it. */
  static List<Object> content(NdArray array) {
    double[] numbers = array.numbers();
    return List.of(
        array.type(),
        list(array.shape()),
        java.nio.DoubleBuffer.wrap(numbers.clone()).asReadOnlyBuffer());
  }
}
