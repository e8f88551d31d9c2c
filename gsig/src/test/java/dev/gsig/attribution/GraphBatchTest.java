package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.TokenSequence;
import dev.gsig.ehr.Trajectory;
import dev.gsig.importer.internal.GraphModel;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which sequences a graph computes together, and that this changes no bit. */
class GraphBatchTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path VARIANTS = RESOURCES.resolve("graph-variants");

  static Stream<Arguments> models() throws IOException {
    return Stream.concat(
        WorstDifferences.models(RESOURCES.resolve("graphs")), WorstDifferences.models(VARIANTS));
  }

  /** A patient's sequence, and each that lacks one or two of its codes. */
  private static List<TokenSequence> removals(TokenSequence whole) {
    List<TokenSequence> sequences = new ArrayList<>(List.of(whole));
    for (int i = 0; i < whole.length(); i++) {
      if (!whole.isSpecial(i)) {
        int one = i;
        sequences.add(whole.without(j -> j == one));
        sequences.add(whole.without(j -> j == one || (j == one + 1 && !whole.isSpecial(j))));
      }
    }
    return sequences;
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("models")
  void noBitDependsOnWhatIsComputedTogether(Path folder, String backend) {
    for (boolean fused : new boolean[] {true, false}) {
      try (Model model = Model.load(folder, backend, fused)) {
        for (Trajectory patient : CohortReader.readAll(folder.resolve("cohort.jsonl"))) {
          List<TokenSequence> all = removals(model.tokenize(patient));
          double[][] together = model.logits(patient, all);
          for (int i = 0; i < all.size(); i++) {
            assertThat(together[i]).isEqualTo(model.logits(patient, all.get(i)));
          }
        }
      }
    }
  }

  /** The numbers of the items that go together, of a patient's removals. */
  private static List<int[]> groups(Path folder, boolean same) {
    try (Backend backend = Backends.open("ejml")) {
      GraphModel graph = GraphModel.open(folder);
      GraphNetwork network = new GraphNetwork(graph, backend, true);
      Trajectory patient = CohortReader.readAll(folder.resolve("cohort.jsonl")).get(0);
      TokenSequence whole = graph.tokenizer().tokenize(patient);
      List<Subject> subjects =
          removals(whole).stream()
              .map(some -> new Subject(patient, same ? whole : some, whole.length()))
              .toList();
      List<int[]> groups = network.groups(subjects);
      assertThat(groups.stream().flatMapToInt(IntStream::of).sorted().toArray())
          .isEqualTo(IntStream.range(0, subjects.size()).toArray());
      for (int[] group : groups) {
        assertThat(IntStream.of(group).map(i -> subjects.get(i).length()).distinct().count())
            .isOne();
      }
      return groups;
    }
  }

  /** A mask that the graph makes of the ids is the same for other ids of as many tokens. */
  @Test
  void sequencesOfOneLengthGoTogether() {
    assertThat(groups(VARIANTS.resolve("V17"), false)).hasSize(3);
    // whose first patient has a code in each visit, so that never two are left out
    assertThat(groups(RESOURCES.resolve("graphs").resolve("two-tables"), false)).hasSize(2);
  }

  /** Days since the visit before are no path, and differ with the position that is left out. */
  @Test
  void whatIsNotOnThePathKeepsThemApart() {
    assertThat(groups(VARIANTS.resolve("V07"), false)).hasSizeGreaterThan(3);
    assertThat(groups(VARIANTS.resolve("V07"), true)).hasSize(1);
  }
}
