package dev.gsig.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What queries see, written out: a line for each item, its queries' ranges side by side. */
class AttentionMaskTest {
  private static final int ALL = Integer.MAX_VALUE;

  private static String ranges(AttentionMask mask, int queries) {
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < mask.items() * queries; r++) {
      text.append(r == 0 ? "" : r % queries == 0 ? " | " : " ");
      text.append(mask.from(r)).append('-').append(mask.to(r) - 1);
    }
    return text.toString();
  }

  @Test
  void paddingAloneLetsEveryQuerySeeEveryKey() {
    AttentionMask mask = AttentionMask.padding(4, 2);
    assertThat(mask.isRanged()).isFalse();
    assertThat(mask.rangedQueries()).isZero();
    assertThat(mask.lengths()).containsExactly(4, 2);
    AttentionMask ranged = mask.ranged(3);
    assertThat(ranges(ranged, 3)).isEqualTo("0-3 0-3 0-3 | 0-1 0-1 0-1");
    assertThat(ranged.position(5)).isEqualTo(2);
    assertThat(ranged.ranged(3)).isSameAs(ranged);
    AttentionMask placed = AttentionMask.padding(new int[] {4, 2}, new int[] {3, 1});
    assertThat(placed.isRanged()).isFalse();
    assertThat(ranges(placed.ranged(1), 1)).isEqualTo("0-3 | 0-1");
    assertThat(placed.ranged(1).position(0)).isEqualTo(3);
  }

  @Test
  void windowsAreCutToTheRealKeys() {
    int[] lengths = {5, 2};
    int[] rows = AttentionMask.everyRow(2, 5);
    assertThat(ranges(AttentionMask.window(lengths, rows, ALL, 0), 5))
        .isEqualTo("0-0 0-1 0-2 0-3 0-4 | 0-0 0-1 0-1 0-1 0-1");
    assertThat(ranges(AttentionMask.window(lengths, rows, 1, 0), 5))
        .isEqualTo("0-0 0-1 1-2 2-3 3-4 | 0-0 0-1 1-1 1-1 1-1");
    assertThat(ranges(AttentionMask.window(lengths, rows, 1, 1), 5))
        .isEqualTo("0-1 0-2 1-3 2-4 3-4 | 0-1 0-1 1-1 1-1 1-1");
    assertThat(ranges(AttentionMask.window(lengths, new int[] {4, 1}, 2, ALL), 1))
        .isEqualTo("2-4 | 0-1");
  }

  @Test
  void rangesAreTakenAsTheyAre() {
    AttentionMask mask =
        AttentionMask.ranges(
            new int[] {4, 2}, new int[] {1, 0, 3, 0, 1, 0}, new int[] {3, 1, 4, 2, 2, 1});
    assertThat(ranges(mask, 3)).isEqualTo("1-2 0-0 3-3 | 0-1 1-1 0-0");
    assertThat(mask.isRanged()).isTrue();
    assertThat(mask.position(5)).isEqualTo(1);
    assertThatThrownBy(() -> AttentionMask.ranges(new int[] {3, 3}, new int[3], new int[3]))
        .hasMessage("3 and 3 ends of ranges for 2 items");
  }

  /** Queries whose next event is at the time of their own do not see what happens then. */
  @Test
  void otherTimesHideWhatHappensWithTheNextEvent() {
    double[] times = {1, 1, 2, 2, 2, 7};
    double[] next = {1, 2, 2, 2, 7, 9};
    AttentionMask mask =
        AttentionMask.otherTimes(new int[] {6}, AttentionMask.everyRow(1, 6), next, times);
    assertThat(ranges(mask, 6)).isEqualTo("0-0 0-1 0-1 0-1 0-4 0-5");
    AttentionMask own =
        AttentionMask.otherTimes(new int[] {4}, AttentionMask.everyRow(1, 6), times, times);
    assertThat(ranges(own, 6)).isEqualTo("0-0 1-1 0-1 0-1 0-1 0-3");
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> AttentionMask.window(new int[] {3, 3}, new int[3], 1, 0))
        .hasMessage("3 positions for 2 items");
    assertThatThrownBy(() -> AttentionMask.window(new int[] {3}, new int[] {-1}, 1, 0))
        .hasMessage("position -1 is negative");
  }
}
