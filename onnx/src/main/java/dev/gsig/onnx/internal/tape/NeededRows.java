package dev.gsig.onnx.internal.tape;

import dev.gsig.onnx.internal.tape.Recording.Call;
import dev.gsig.onnx.internal.tape.Recording.Constant;
import dev.gsig.onnx.internal.tape.Recording.Entry;
import dev.gsig.onnx.internal.tape.Recording.Taken;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Leaves out of a {@link Recording} what its result does not depend on: values that nothing reads,
 * and rows. A classifier that reads one position needs of its last layer the queries, the
 * feed-forward network and the norms of that position only.
 */
final class NeededRows {
  private static final int[] ALL = {};

  private final Recording whole;
  private final int[][] needed;
  private final Recording reduced;

  /** For each value its number in the reduced recording, and the rows that it has there. */
  private final int[] numbers;

  private final int[][] rows;
  private final Map<List<Object>, Integer> taken = new HashMap<>();

  private NeededRows(Recording whole) {
    this.whole = whole;
    int values = whole.inputs() + whole.entries().size();
    this.needed = new int[values][];
    this.numbers = new int[values];
    this.rows = new int[values][];
    this.reduced = new Recording(whole.inputs());
  }

  /** The result, computed of what it needs. */
  static Recording of(Recording whole) {
    return new NeededRows(whole).reduce();
  }

  private Recording reduce() {
    int first = whole.inputs();
    need(whole.result(), ALL);
    for (int i = whole.entries().size() - 1; i >= 0; i--) {
      if (needed[first + i] != null) {
        needArguments(whole.entries().get(i), needed[first + i]);
      }
    }
    for (int i = 0; i < needed.length; i++) {
      numbers[i] = i;
      rows[i] = ALL;
      if (i >= first && needed[i] != null) {
        put(i, whole.entries().get(i - first));
      }
    }
    return reduced.to(numbers[whole.result()]);
  }

  /** Notes what somebody needs of a value; if others need something else, all of it. */
  private void need(int value, int[] some) {
    boolean isSame = needed[value] == null || Arrays.equals(needed[value], some);
    needed[value] = isSame ? some : ALL;
  }

  private void needArguments(Entry entry, int[] own) {
    int byRows = own != ALL && entry instanceof Call call ? call.byRows() : 0;
    for (int i = 0; i < entry.arguments().length; i++) {
      int argument = entry.arguments()[i];
      if (entry instanceof Taken some && some.items() == 1 && some.rows().length < some.of()) {
        need(argument, picked(some.rows(), own));
      } else {
        need(argument, i < byRows ? own : ALL);
      }
    }
  }

  private static int[] picked(int[] from, int[] some) {
    return some == ALL ? from : Arrays.stream(some).map(r -> from[r]).toArray();
  }

  private void put(int value, Entry entry) {
    int[] own = needed[value];
    if (entry instanceof Taken some && some.items() == 1) {
      rows[value] = own;
      numbers[value] = argument(some.argument(), picked(some.rows(), own), some.of(), some.cols());
    } else if (entry instanceof Taken some) {
      numbers[value] =
          reduced.add(
              new Taken(
                  some.rows(), some.of(), some.items(), some.cols(), numbers[some.argument()]));
    } else if (entry instanceof Constant constant) {
      rows[value] = own;
      numbers[value] = reduced.add(own == ALL ? constant : constant.of(own));
    } else {
      put(value, (Call) entry);
    }
  }

  private void put(int value, Call call) {
    int[] own = call.byRows() > 0 ? needed[value] : ALL;
    int[] arguments = new int[call.arguments().length];
    for (int i = 0; i < arguments.length; i++) {
      int argument = call.arguments()[i];
      int[] some = i < call.byRows() ? own : ALL;
      arguments[i] = argument(argument, some, call.rows(), cols(argument, call.rows()));
    }
    rows[value] = own;
    boolean isWhole = own == ALL;
    numbers[value] =
        reduced.add(
            new Call(
                some -> call.operation().apply(isWhole ? null : own),
                isWhole ? call.rows() : own.length,
                call.cols(),
                arguments,
                call.byRows()));
  }

  /** Columns of a value of so many rows; those of an input do not matter. */
  private int cols(int value, int of) {
    Entry entry = value < whole.inputs() ? null : whole.entries().get(value - whole.inputs());
    return entry == null ? 1 : (int) (entry.size() / of);
  }

  /** The number of a value with some of its rows. */
  private int argument(int value, int[] some, int of, int cols) {
    if (some == ALL || Arrays.equals(rows[value], some)) {
      return numbers[value];
    }
    List<Object> key = List.of(value, Arrays.stream(some).boxed().toList());
    return taken.computeIfAbsent(
        key, k -> reduced.add(new Taken(some, of, 1, cols, numbers[value])));
  }
}
