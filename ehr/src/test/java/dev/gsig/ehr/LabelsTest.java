package dev.gsig.ehr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void classesByNumberAndByName() {
    Labels named = new Labels(3, true, List.of("diabetes", "ckd", "ckd"));
    assertThat(named.multiLabel()).isTrue();
    assertThat(named.classOf("diabetes")).isEqualTo(0);
    assertThat(named.classOf("2")).isEqualTo(2);
    assertThat(named.describe(1)).isEqualTo("1 (ckd)");
    assertThatThrownBy(() -> named.classOf("ckd"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "class \"ckd\" is the name of several; give its number: the model has the classes 0"
                + " (diabetes), 1 (ckd), 2 (ckd)");
    assertThatThrownBy(() -> named.classOf("3")).hasMessageContaining("class 3 does not exist");
    assertThatThrownBy(() -> named.classOf("copd"))
        .hasMessageStartingWith("class \"copd\" does not exist; the model has the classes 0 (");
  }

  @Test
  void oneLogitIsBinaryEitherWay() {
    Labels one = new Labels(1, true, List.of());
    assertThat(one.multiLabel()).isFalse();
    assertThat(one.classes()).isEqualTo(2);
    assertThat(one.classOf("0")).isEqualTo(0);
    assertThatThrownBy(() -> one.classOf("-1"))
        .hasMessage("class -1 does not exist; the model has the classes 0 to 1");
  }

  @Test
  void refusesWhatIsNoModel() {
    assertThatThrownBy(() -> new Labels(0)).hasMessageContaining("at least 1 logit");
    assertThatThrownBy(() -> new Labels(3, false, List.of("a", "b")))
        .hasMessage("2 names for 3 classes; name each, or none");
  }
}
