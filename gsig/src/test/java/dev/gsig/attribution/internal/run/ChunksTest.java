package dev.gsig.attribution.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
  private static List<List<Integer>> chunks(int items, int size) {
    List<List<Integer>> chunks = new ArrayList<>();
    new Chunks<>(IntStream.range(0, items).boxed().toList(), size).forEach(chunks::add);
    return chunks;
  }

  @Test
  void allItemsInOrder() {
    assertThat(chunks(0, 3)).isEmpty();
    assertThat(chunks(5, 1)).containsExactly(list(0), list(1), list(2), list(3), list(4));
    assertThat(chunks(5, 2)).containsExactly(list(0, 1), list(2, 3), list(4));
    assertThat(chunks(4, 2)).containsExactly(list(0, 1), list(2, 3));
    assertThat(chunks(2, 9)).containsExactly(list(0, 1));
  }

  private static List<Integer> list(Integer... items) {
    return List.of(items);
  }

  @Test
  void endsWithoutAnEmptyChunk() {
    Iterator<List<Integer>> chunks = new Chunks<>(List.of(1), 2).iterator();
    chunks.next();
    assertThat(chunks.hasNext()).isFalse();
    assertThatThrownBy(chunks::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void whatCannotBeReadComesAfterWhatCould() {
    for (int readable : new int[] {0, 2, 3}) {
      Iterator<Integer> source =
          IntStream.range(0, 9).map(i -> Math.toIntExact(i < readable ? i : 1L << 40)).iterator();
      Iterator<List<Integer>> chunks = new Chunks<>(() -> source, 2).iterator();
      List<Integer> read = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (chunks.hasNext()) {
                  read.addAll(chunks.next());
                }
              })
          .isInstanceOf(ArithmeticException.class);
      assertThat(read).hasSize(readable);
    }
  }
}
