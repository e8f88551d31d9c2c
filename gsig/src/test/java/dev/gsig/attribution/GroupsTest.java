package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupsTest {
  private static List<List<Integer>> groups(int items, int size) {
    List<List<Integer>> groups = new ArrayList<>();
    new Groups<>(IntStream.range(0, items).boxed().toList(), size).forEach(groups::add);
    return groups;
  }

  @Test
  void allItemsInOrder() {
    assertThat(groups(0, 3)).isEmpty();
    assertThat(groups(5, 1)).containsExactly(list(0), list(1), list(2), list(3), list(4));
    assertThat(groups(5, 2)).containsExactly(list(0, 1), list(2, 3), list(4));
    assertThat(groups(4, 2)).containsExactly(list(0, 1), list(2, 3));
    assertThat(groups(2, 9)).containsExactly(list(0, 1));
  }

  private static List<Integer> list(Integer... items) {
    return List.of(items);
  }

  @Test
  void endsWithoutAnEmptyGroup() {
    Iterator<List<Integer>> groups = new Groups<>(List.of(1), 2).iterator();
    groups.next();
    assertThat(groups.hasNext()).isFalse();
    assertThatThrownBy(groups::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void whatCannotBeReadComesAfterWhatCould() {
    for (int readable : new int[] {0, 2, 3}) {
      Iterator<Integer> source =
          IntStream.range(0, 9).map(i -> Math.toIntExact(i < readable ? i : 1L << 40)).iterator();
      Iterator<List<Integer>> groups = new Groups<>(() -> source, 2).iterator();
      List<Integer> read = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (groups.hasNext()) {
                  read.addAll(groups.next());
                }
              })
          .isInstanceOf(ArithmeticException.class);
      assertThat(read).hasSize(readable);
    }
  }
}
