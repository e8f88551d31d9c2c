package dev.gsig.bench;

import dev.gsig.train.ClassWeighting;
import dev.gsig.train.EpochReport;
import dev.gsig.train.ModelTraining;
import dev.gsig.train.Optimizer;
import dev.gsig.train.TrainListener;
import dev.gsig.train.TrainOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Our side of {@code bench/training.sh}: trains on one thread, prints {@code ready} after some
 * steps, then takes as many steps as it is asked to for each line {@code go} and answers with one
 * JSON line: the seconds of a step, and the loss of the last one.
 */
public final class TrainingContender {
  private TrainingContender() {}

  /** Arguments: cohort folder, config.json, batch size, dropout, steps for one go, first steps. */
  public static void main(String[] args) throws IOException {
    Command.run(
        () -> {
          Command.requireArguments(
              args.length == 6,
              "TrainingContender COHORT_DIR CONFIG BATCH_SIZE DROPOUT STEPS WARM_UP_STEPS");
          TrainOptions options =
              new TrainOptions(
                  null,
                  0,
                  1000,
                  Command.number("BATCH_SIZE", args[2], 1),
                  1e-4,
                  Optimizer.ADAMW,
                  0.01,
                  Double.parseDouble(args[3]),
                  0,
                  ClassWeighting.parse("none"),
                  1,
                  1000,
                  1,
                  1,
                  1e9);
          Path out = Files.createTempDirectory("gsig-training");
          ModelTraining.of(
                  Path.of(args[0]),
                  out,
                  Path.of(args[1]),
                  null,
                  options,
                  "simd",
                  ModelTraining.Existing.OVERWRITE)
              .run(
                  new Paced(
                      Command.number("STEPS", args[4], 1),
                      Command.number("WARM_UP_STEPS", args[5], 1)));
        });
  }

  /** Waits for {@code go} between the steps; what an epoch's end costs is not counted. */
  private static final class Paced implements TrainListener {
    private final BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final int steps;
    private int left;
    private double seconds;
    private long start;
    private boolean ready;

    Paced(int steps, int warmUpSteps) {
      this.steps = steps;
      left = warmUpSteps;
      start = System.nanoTime();
    }

    @Override
    public void step(boolean pretraining, int epoch, double loss, int patients) {
      seconds += (System.nanoTime() - start) / 1e9;
      if (--left == 0) {
        if (ready) {
          System.out.println("{\"seconds\":" + seconds / steps + ",\"loss\":" + loss + "}");
        } else {
          System.out.println("ready");
          ready = true;
        }
        awaitGo();
        left = steps;
        seconds = 0;
      }
      start = System.nanoTime();
    }

    @Override
    public void epoch(EpochReport report) {
      start = System.nanoTime();
    }

    private void awaitGo() {
      try {
        if (!"go".equals(commands.readLine())) {
          System.exit(0);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
