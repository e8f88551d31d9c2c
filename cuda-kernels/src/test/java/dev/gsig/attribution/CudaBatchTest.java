package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.attribution.Explainer.Batching;
import dev.gsig.attribution.path.Quadrature;
import dev.gsig.cuda.internal.EmulatedDriver;
import dev.gsig.cuda.internal.EmulatedDriver.Count;
import dev.gsig.cuda.internal.ExactCudaProvider;
import dev.gsig.ehr.Trajectory;
import dev.gsig.tensor.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** How steps and patients are cut into passes on {@code cuda}, and what little memory does. */
@Tag("emulated")
@ExtendWith(EmulatedDriver.class)
class CudaBatchTest {
  private static final int STEPS = 19;
  private static final ExplainOptions TWO_STEPS = Options.plain(Quadrature.MIDPOINT, 2).build();

  private final Fixture fixture = Fixture.named("bert-pooler");
  private final List<Trajectory> cohort = fixture.cohort();
  private final Trajectory patient = cohort.get(0);
  private final Model model = fixture.model(ExactCudaProvider.NAME);
  private final ExplainOptions options = Options.plain(Quadrature.MIDPOINT, STEPS).build();

  /** Device memory that the last explanation took. */
  private long taken;

  @AfterEach
  void reset() {
    if (EmulatedDriver.isInUse()) {
      EmulatedDriver.reset();
    }
    model.close();
  }

  private double[] explain(Model m, int stepsPerPass) {
    Batching batching = new Batching(stepsPerPass, true);
    return Explainer.of(m, null, options, batching).explainRaw(patient).values();
  }

  private List<Attribution> explainAll(int threads, int patientsPerPass, ExplainOptions how) {
    List<Attribution> results = new ArrayList<>();
    Batching batching = new Batching(0, patientsPerPass, true);
    Explainer.of(model, null, how, batching).explainAll(cohort, threads, results::add);
    return results;
  }

  @Test
  void theBitsDoNotDependOnTheBatch() {
    double[] expected = explain(model, 0);
    for (int steps : new int[] {1, 3, 8, STEPS}) {
      assertThat(explain(model, steps)).as("%d steps in a pass", steps).isEqualTo(expected);
    }
  }

  @Test
  void theBitsDoNotDependOnThePatientsInAPassNorOnTheThreads() {
    ExplainOptions shared = Options.zero().steps(5).build();
    for (ExplainOptions how : List.of(options, shared)) {
      List<Attribution> alone = explainAll(1, 1, how);
      assertThat(alone).hasSameSizeAs(cohort);
      for (int patients : new int[] {2, 3}) {
        assertThat(explainAll(1, patients, how)).as("%d patients", patients).isEqualTo(alone);
      }
      assertThat(explainAll(2, 2, how)).as("2 threads").isEqualTo(alone);
    }
  }

  @Test
  void allStepsOfSeveralPatientsGoThroughOnePassWhereMemoryAllows() {
    int small = model.withBackend(b -> b.advisedBatch(1 << 16));
    int huge = model.withBackend(b -> b.advisedBatch(Long.MAX_VALUE / 64));
    assertThat(small).isGreaterThanOrEqualTo(50);
    assertThat(huge).isEqualTo(1);
    int patients = model.withBackend(b -> PatientExplainer.patientsPerBatch(b, 1 << 16));
    int few = model.withBackend(b -> PatientExplainer.patientsPerBatch(b, Long.MAX_VALUE / 64));
    assertThat(patients).isGreaterThan(3);
    assertThat(few).isOne();
  }

  private int launches(int patientsPerPass) {
    int before = EmulatedDriver.count(Count.LAUNCHES);
    explainAll(1, patientsPerPass, options);
    return EmulatedDriver.count(Count.LAUNCHES) - before;
  }

  /** Alone, each patient has a pass for the ends and one for the steps. */
  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void patientsShareTheLaunchesOfAPass() {
    int three = launches(1);
    int one = launchesOf(cohort.subList(0, 1));
    int together = launches(3);
    int chosen = launches(0);
    // what each has of its own: setting up the path, interpolating, adding up gradients
    assertThat(three).isGreaterThan(2 * one);
    assertThat(together).isLessThan(one + three / 3);
    assertThat(chosen).isEqualTo(together);
  }

  private int launchesOf(List<Trajectory> patients) {
    int before = EmulatedDriver.count(Count.LAUNCHES);
    Explainer.of(model, null, options).explainAll(patients, 1, a -> {});
    return EmulatedDriver.count(Count.LAUNCHES) - before;
  }

  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void aPassThatFindsNoMemoryIsHalved() {
    double[] expected = explain(model, 0);
    long idle = EmulatedDriver.usedMemory();
    try (Model fresh = fixture.model(ExactCudaProvider.NAME)) {
      explain(fresh, STEPS);
      long used = EmulatedDriver.usedMemory() - idle;
      int before = EmulatedDriver.count(Count.LAUNCHES);
      explain(fresh, STEPS);
      int launches = EmulatedDriver.count(Count.LAUNCHES) - before;
      try (Model little = fixture.model(ExactCudaProvider.NAME)) {
        EmulatedDriver.limitMemoryTo(used / 4);
        before = EmulatedDriver.count(Count.LAUNCHES);
        assertThat(explain(little, STEPS)).isEqualTo(expected);
        assertThat(EmulatedDriver.count(Count.LAUNCHES) - before).isGreaterThan(launches * 3 / 2);
      }
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void patientsWhoDoNotFitTogetherAreExplainedApart() {
    List<Attribution> expected = explainAll(1, 1, TWO_STEPS);
    assertThat(explainWithin(1 << 30, 3)).isEqualTo(expected);
    final long ofThree = taken;
    // small arguments of kernels take 65,536 bytes for a start
    long room = 65_536;
    List<Attribution> alone = List.of();
    while (alone.isEmpty()) {
      room += 4_000;
      alone = explainWithin(room, 1);
      assertThat(explainWithin(room, 3)).as("%d bytes", room).isEqualTo(alone);
    }
    assertThat(alone).isEqualTo(expected);
    assertThat(ofThree).isGreaterThan(room);
  }

  /** One step in a pass: want of memory leaves nothing to halve but the patients. */
  private List<Attribution> explainWithin(long room, int patientsPerPass) {
    List<Attribution> results = new ArrayList<>();
    try (Model fresh = fixture.model(ExactCudaProvider.NAME)) {
      long before = EmulatedDriver.usedMemory();
      EmulatedDriver.limitMemoryTo(room);
      Batching batching = new Batching(1, patientsPerPass, true);
      Explainer.of(fresh, null, TWO_STEPS, batching).explainAll(cohort, 1, results::add);
      taken = EmulatedDriver.usedMemory() - before;
      return results;
    } catch (DeviceMemoryException e) {
      return List.of();
    } finally {
      EmulatedDriver.reset();
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void oneStepThatFindsNoMemoryIsRefused() {
    EmulatedDriver.limitMemoryTo(1_000);
    assertThatThrownBy(() -> explain(model, 0))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining("the GPU is out of memory");
  }

  private int buffersInUse() {
    assertThat(model.<Boolean>withBackend(EmulatedDriver::makeRoom)).isTrue();
    return EmulatedDriver.count(Count.BUFFERS);
  }

  /** Whichever allocation fails, the numbers are right and the memory is back. */
  @Test
  @DisabledIfSystemProperty(named = "gsig.cuda.real", matches = "true")
  void noMemoryIsLostWhicheverAllocationFails() {
    List<Attribution> expected = explainAll(1, 3, TWO_STEPS);
    int inUse = buffersInUse();
    int k = 0;
    boolean failed = true;
    while (failed) {
      k++;
      final int before = EmulatedDriver.count(Count.FAILED_ALLOCATIONS);
      EmulatedDriver.limitAllocations(k, 2); // and what is tried again, with more room
      assertThat(explainAll(1, 3, TWO_STEPS)).as("allocation %d fails", k).isEqualTo(expected);
      failed = EmulatedDriver.count(Count.FAILED_ALLOCATIONS) > before;
      EmulatedDriver.limitAllocations(0, 0);
      assertThat(buffersInUse()).as("after allocation %d failed", k).isEqualTo(inUse);
    }
    assertThat(k).isGreaterThan(50);
  }
}
