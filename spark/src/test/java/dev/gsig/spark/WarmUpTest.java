package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Runs until a task explains. */
class WarmUpTest {
  private static final int PATIENCE_MILLIS = 20_000;

  private final DriverModel model = DriverModel.load(Settings.of(Local.MODEL, Local.QUICK));
  private final WarmUp warmUp = new WarmUp();

  @Test
  void theFirstTaskEndsIt() throws InterruptedException {
    warmUp.start(model);
    Thread thread = warmUp.thread();
    thread.join(100);
    assertThat(thread.isAlive()).isTrue();

    warmUp.end();

    thread.join(PATIENCE_MILLIS);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void itRunsOnceInAJvm() {
    warmUp.start(model);
    Thread first = warmUp.thread();
    warmUp.start(model);
    warmUp.end();

    assertThat(warmUp.thread()).isSameAs(first);
  }

  @Test
  void whereTasksExplainAlreadyItDoesNotStart() {
    warmUp.end();
    warmUp.start(model);

    assertThat(warmUp.thread()).isNull();
  }

  @Test
  void onlyTheDriversOwnTasksGainFromIt() {
    assertThat(Sessions.isLocal("local")).isTrue();
    assertThat(Sessions.isLocal("local[2,4]")).isTrue();
    assertThat(Sessions.isLocal("local-cluster[2,1,1024]")).isFalse();
    assertThat(Sessions.isLocal("yarn")).isFalse();
    assertThat(Sessions.isLocal(null)).isTrue();
  }
}
