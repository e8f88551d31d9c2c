package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Inputs of a model folder that are held, of which it is known beforehand what they are called. */
class HeldInputsTest {
  private static final Path FOLDER =
      Path.of("src", "test", "resources", "parity", "pre-norm-final-norm");

  private static Model model;
  private static Trajectory patient;

  @BeforeAll
  static void load() {
    model = Model.load(FOLDER);
    patient = CohortReader.readAll(FOLDER.resolve("cohort.jsonl")).get(0);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Attribution explain(
      SequenceBaseline sequence, TabularBaseline tabular, String... held) {
    ExplainOptions options =
        ExplainOptions.DEFAULT.toBuilder()
            .steps(4)
            .baselines(sequence, tabular)
            .fixed(held)
            .build();
    return Explainer.of(model, null, options).explain(patient);
  }

  @Test
  void nothingIsNeededToHoldAnInputAndTheResultSaysWhereItsPathStarts() {
    Attribution tabular = explain(SequenceBaselines.ZERO, TabularBaselines.MEAN, Model.TABULAR);
    assertThat(tabular.sequenceBaseline()).isSameAs(SequenceBaselines.ZERO);
    assertThat(tabular.tabularBaseline()).isSameAs(TabularBaselines.SELF);

    Attribution sequence =
        explain(SequenceBaselines.MANIFOLD_MEAN, TabularBaselines.ZERO, Model.SEQUENCE);
    assertThat(sequence.sequenceBaseline()).isSameAs(SequenceBaselines.SELF);
    assertThat(sequence.tabularBaseline()).isSameAs(TabularBaselines.ZERO);
    assertThat(sequence.tokens()).isNotEmpty().allMatch(t -> t.scores().signed() == 0);
  }

  @Test
  void aNameThatIsNoneIsRefusedBeforeAnyPatient() {
    for (String[] held : new String[][] {{"ages"}, {Model.SEQUENCE, Model.TABULAR}}) {
      ExplainOptions options = ExplainOptions.DEFAULT.toBuilder().fixed(held).build();
      assertThatThrownBy(() -> Explainer.of(model, null, options))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has the inputs [sequence, tabular]")
          .hasMessageContaining("name some of them, and not all");
    }
  }
}
