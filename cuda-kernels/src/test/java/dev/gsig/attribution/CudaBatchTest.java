package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.Explainer.Layout;
import dev.gsig.cuda.EmulatedDriver;
import dev.gsig.cuda.ExactCudaProvider;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** How the steps of a path are cut into passes on {@code cuda}, and what little memory does. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
class CudaBatchTest {
  private final Fixture fixture = Fixture.named("bert-pooler");
  private final Trajectory patient = fixture.cohort().get(0);
  private final Model model = fixture.model(ExactCudaProvider.NAME);
  private final ExplainOptions options = Options.plain(Quadrature.MIDPOINT, 19).build();

  @AfterEach
  void reset() {
    if (EmulatedDriver.isInUse()) {
      EmulatedDriver.reset();
    }
  }

  private double[] explain(int stepsPerPass) {
    Layout layout = new Layout(stepsPerPass, true);
    return Explainer.of(model, null, options, layout).explainRaw(patient).values();
  }

  @Test
  void theBitsDoNotDependOnTheBatch() {
    double[] expected = explain(0);
    for (int steps : new int[] {1, 3, 8, 19}) {
      assertThat(explain(steps)).as("%d steps in a pass", steps).isEqualTo(expected);
    }
  }

  @Test
  void allStepsGoThroughOnePassWhereMemoryAllows() {
    int small = model.withBackend(b -> b.stepsPerPass(1 << 16));
    int huge = model.withBackend(b -> b.stepsPerPass(Long.MAX_VALUE / 64));
    assertThat(small).isGreaterThanOrEqualTo(50);
    assertThat(huge).isEqualTo(1);
  }

  @Test
  void theBitsDoNotDependOnTheThreads() {
    List<Attribution> one = explainAll(1);
    assertThat(explainAll(3)).isEqualTo(one);
  }

  private List<Attribution> explainAll(int threads) {
    List<Attribution> results = new ArrayList<>();
    Explainer.of(model, null, options).explainAll(fixture.cohort(), threads, results::add);
    return results;
  }

  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void aPassThatFindsNoMemoryIsHalved() {
    double[] expected = explain(0);
    // every few allocations one fails, as if another process came and went
    for (int nth : new int[] {20, 45, 70}) {
      Model fresh = fixture.model(ExactCudaProvider.NAME);
      EmulatedDriver.set("fail_alloc=" + nth);
      double[] found = Explainer.of(fresh, null, options).explainRaw(patient).values();
      assertThat(found).as("allocation %d", nth).isEqualTo(expected);
    }
    long used = memoryOfOnePass();
    Model little = fixture.model(ExactCudaProvider.NAME);
    EmulatedDriver.limitMemoryTo(used / 2);
    double[] found =
        Explainer.of(little, null, options, new Layout(19, true)).explainRaw(patient).values();
    assertThat(found).isEqualTo(expected);
  }

  private long memoryOfOnePass() {
    Model fresh = fixture.model(ExactCudaProvider.NAME);
    Explainer.of(fresh, null, options, new Layout(19, true)).explainRaw(patient);
    return fresh.withBackend(Backend::arenaBytes);
  }

  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void oneStepThatFindsNoMemoryIsRefused() {
    Model fresh = fixture.model(ExactCudaProvider.NAME);
    EmulatedDriver.limitMemoryTo(20_000);
    assertThatThrownBy(() -> Explainer.of(fresh, null, options).explainRaw(patient))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining("the GPU is out of memory");
  }
}
