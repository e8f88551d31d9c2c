package dev.gsig.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.Quadrature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Made-up patients are explained as real ones are, and leave nothing behind. */
class ExplainerWarmUpTest {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  static List<Fixture> fixtures() {
    return Fixture.all().toList();
  }

  private static Explainer explainer(Path folder) {
    Model model = Model.load(folder, "simd");
    return Explainer.of(model, null, Options.plain(Quadrature.MIDPOINT, 3).build());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void everyModelReadsMadeUpPatients(Fixture fixture) {
    Explainer explainer = explainer(fixture.folder());
    Attribution before = explainer.explain(fixture.cohort().get(0));

    List<Attribution> used = new ArrayList<>();
    int explained = explainer.warmUp(Duration.ofMillis(50), used::add);

    assertThat(explained).isPositive();
    assertThat(used).hasSize(explained);

    assertThat(explainer.explain(fixture.cohort().get(0))).isEqualTo(before);
  }

  @Test
  void theTimeEndsIt() {
    Explainer explainer = explainer(Fixture.named("bert-pooler").folder());
    assertThat(explainer.warmUp(Duration.ZERO, attribution -> {})).isZero();
    assertThat(explainer.warmUp(Duration.ofMillis(200), attribution -> {})).isGreaterThan(1);
  }

  @Test
  void anInterruptEndsItAndIsKept() throws InterruptedException {
    Explainer explainer = explainer(Fixture.named("bert-pooler").folder());
    AtomicBoolean kept = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              explainer.warmUp(FOREVER, attribution -> {});
              kept.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    Thread.sleep(50);
    thread.interrupt();
    thread.join(60_000);

    assertThat(thread.isAlive()).isFalse();
    assertThat(kept).isTrue();
  }

  @Test
  void aModelWithoutCodesIsLeftCold(@TempDir Path folder) throws IOException {
    Path own = Fixture.named("bert-pooler").folder();
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(own.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("vocab.json"), "{\"[PAD]\": 0}");

    assertThat(explainer(folder).warmUp(FOREVER, attribution -> {})).isZero();
  }

  /** Its table of visits has 3 rows; most made-up patients have 4. */
  @Test
  @Timeout(60)
  void aMadeUpPatientThatTheModelCannotReadEndsIt(@TempDir Path folder) {
    Model model = HandMadeModel.binary(6, 3, 0).withVisits("code").load(folder);
    Explainer explainer = Explainer.of(model, null, Options.zero().build());

    assertThat(explainer.warmUp(FOREVER, attribution -> {})).isLessThan(100);
  }
}
