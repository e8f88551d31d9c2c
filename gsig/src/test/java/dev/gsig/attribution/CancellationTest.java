package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.gsig.attribution.path.Quadrature;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A cohort that is cut short again and again, each time in another way that chance chooses: what
 * was delivered is right, no worker is left, and no arena keeps what a patient had taken.
 */
class CancellationTest {
  private static final int ROUNDS = 150;
  private static final int PATIENTS = 24;

  /** How a run ends early. */
  private enum Cut {
    NOTHING,
    SOURCE_FAILS,
    SINK_FAILS,
    PATIENT_IS_ILL,
    INTERRUPTED
  }

  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Fixture fixture = Fixture.named("bigru-final-real");
  private final Model model = fixture.model("simd");
  private final Explainer explainer =
      Explainer.of(model, null, Options.plain(Quadrature.MIDPOINT, 3).build());
  private final List<Trajectory> cohort = new ArrayList<>();
  private final List<Attribution> expected = new ArrayList<>();

  CancellationTest() {
    for (int i = 0; i < PATIENTS; i++) {
      Trajectory patient = fixture.cohort().get(i % fixture.cohort().size());
      cohort.add(patient);
      expected.add(explainer.explain(patient));
    }
  }

  @Test
  void nothingIsLeftWhateverCutsItShort() throws InterruptedException {
    Random random = new Random(11);
    long arena = largestArena();
    for (int round = 0; round < ROUNDS; round++) {
      Cut cut = Cut.values()[round % Cut.values().length];
      int at = random.nextInt(PATIENTS);
      int threads = 1 + random.nextInt(16);
      List<Attribution> delivered = new ArrayList<>();
      Throwable end =
          catchThrowable(
              () ->
                  explainer.explainAll(
                      cohort(cut, at),
                      threads,
                      result -> {
                        if (delivered.size() == at && cut == Cut.SINK_FAILS) {
                          throw new Fault();
                        }
                        if (delivered.size() == at && cut == Cut.INTERRUPTED) {
                          Thread.currentThread().interrupt();
                        }
                        delivered.add(result);
                      }));
      boolean interrupted = Thread.interrupted();
      String what = round + ": " + cut + " at " + at + " on " + threads + " threads";
      switch (cut) {
        case NOTHING -> assertThat(end).as(what).isNull();
        case SOURCE_FAILS, SINK_FAILS -> assertThat(end).as(what).isInstanceOf(Fault.class);
        case PATIENT_IS_ILL ->
            assertThat(end)
                .as(what)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("\"ill\"");
        // Where the last results are there already, nobody waits, and nothing is cut short.
        case INTERRUPTED -> assertThat(interrupted).as(what).isTrue();
      }
      if (cut == Cut.NOTHING) {
        assertThat(delivered).hasSize(PATIENTS);
      } else if (cut != Cut.INTERRUPTED) {
        assertThat(delivered).as(what).hasSize(at);
      }
      assertThat(delivered).as(what).isEqualTo(expected.subList(0, delivered.size()));
      assertThat(workersLeft()).as(what).isEmpty();
    }
    assertThat(largestArena()).isLessThanOrEqualTo(2 * arena);
  }

  /** Workers that do not come to their end; one may be on its last instructions. */
  private static List<Thread> workersLeft() throws InterruptedException {
    List<Thread> left = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("gsig-worker")) {
        thread.join(10_000);
        if (thread.isAlive()) {
          left.add(thread);
        }
      }
    }
    return left;
  }

  private Iterable<Trajectory> cohort(Cut cut, int at) {
    Trajectory ill = new Trajectory("ill", List.of(Visit.of("[PAD]")), Map.of(), null);
    Iterator<Trajectory> all = cohort.iterator();
    return () ->
        new Iterator<>() {
          private int given;

          @Override
          public boolean hasNext() {
            return all.hasNext();
          }

          @Override
          public Trajectory next() {
            Trajectory next = all.next();
            boolean here = given++ == at;
            if (here && cut == Cut.SOURCE_FAILS) {
              throw new Fault();
            }
            return here && cut == Cut.PATIENT_IS_ILL ? ill : next;
          }
        };
  }

  /** Of the workspaces that wait for their next patient. */
  private long largestArena() {
    return largestArena(0);
  }

  /** Borrows one more workspace until new ones come, which hold nothing. */
  private long largestArena(int depth) {
    return model.withBackend(
        backend -> {
          long bytes = backend.arenaBytes();
          return bytes == 0 || depth == 64 ? bytes : Math.max(bytes, largestArena(depth + 1));
        });
  }
}
