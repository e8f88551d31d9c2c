package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.config.ModelConfig;
import dev.gsig.transformer.safetensors.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 200 steps from the same weights over the same batches, without dropout, give PyTorch's losses and
 * weights: a BERT with pooler, tabular branch, class weights, clipping and AdamW; a pre-norm model
 * with a GRU, ages, token types, three classes and Adam; masked-code pretraining; a multi-label
 * model with weights for the values of its labels; a model that reads times; and a decoder with
 * rotary positions, grouped queries and a tied head that learns next codes.
 */
class TrainingParityTest {
  @ParameterizedTest
  @CsvSource({
    "binary-adamw, ejml, 1e-6, 1e-5",
    "classes-gru-adam, ejml, 1e-6, 1e-5",
    "masked-codes, ejml, 1e-6, 1e-5",
    "multi-label-adamw, ejml, 1e-6, 1e-5",
    "times-adamw, ejml, 1e-6, 1e-5",
    "next-codes, ejml, 1e-6, 1e-5",
    "binary-adamw, simd, 1e-3, 1e-2",
    "classes-gru-adam, simd, 1e-3, 1e-2",
    "masked-codes, simd, 1e-3, 1e-2",
    "multi-label-adamw, simd, 1e-3, 1e-2",
    "times-adamw, simd, 1e-3, 1e-2",
    "next-codes, simd, 1e-3, 1e-2"
  })
  void twoHundredStepsArePyTorchs(
      String name, String backend, double lossTolerance, double weightTolerance) {
    Path folder = Fixtures.ROOT.resolve(name);
    JsonObject run = Json.read(folder.resolve("run.json"));
    ModelConfig config = Fixtures.config(name);
    TrainingCohort cohort = Fixtures.trainingCohort(name);
    boolean pretrains = run.has("masked");
    try (Backend base = Backends.open(backend);
        Trainer trainer =
            new Trainer(
                config, cohort, options(run, pretrains), null, Map.of(), base, TrainListener.NONE);
        Safetensors initial = Safetensors.open(folder.resolve("initial.safetensors"));
        Safetensors last = Safetensors.open(folder.resolve("final.safetensors"))) {
      Parameters parameters = trainer.parameters();
      for (Parameters.Entry e : parameters.entries()) {
        parameters.set(e.name(), fitted(initial, e));
      }
      Schedule schedule =
          new Schedule(
              run.number("learning_rate"), run.integer("warmup_steps"), run.list("order").size());
      List<MaskedCodes> masked = pretrains ? masked(run, cohort) : null;
      Task<Example> objective =
          pretrains ? null : objective(run, config, parameters, trainer.modelNames());
      Task<MaskedCodes> pretraining =
          pretrains ? new Pretraining(config, parameters, trainer.modelNames()) : null;
      for (int step = 0; step < run.list("order").size(); step++) {
        List<?> order = (List<?>) run.list("order").get(step);
        double loss =
            pretrains
                ? trainer.step(pretraining, pick(masked, order), 0, schedule)
                : trainer.step(objective, pick(cohort.training(), order), 0, schedule);
        double expected = ((Number) run.list("losses").get(step)).doubleValue();
        assertThat(loss).as("loss of step %d", step).isCloseTo(expected, within(lossTolerance));
      }
      for (Parameters.Entry e : parameters.entries()) {
        assertThat(parameters.get(e.name()))
            .as(e.name())
            .containsExactly(fitted(last, e), within(weightTolerance));
      }
    }
  }

  private static Task<Example> objective(
      JsonObject run, ModelConfig config, Parameters parameters, List<String> names) {
    return config.nextToken() == null
        ? new Classification(config, parameters, names, weights(run.list("class_weights")))
        : new NextCodes(config, parameters);
  }

  /** PyTorch's values; its tables may have rows for which the cohort has no use. */
  private static double[] fitted(Safetensors tensors, Parameters.Entry e) {
    double[] values = tensors.read(e.name());
    return java.util.Arrays.copyOf(values, e.size());
  }

  private static TrainOptions options(JsonObject run, boolean pretrains) {
    return new TrainOptions(
        null,
        pretrains ? 1 : 0,
        1,
        6,
        run.number("learning_rate"),
        run.string("optimizer").equals("adam") ? Optimizer.ADAM : Optimizer.ADAMW,
        run.number("weight_decay"),
        0,
        0,
        ClassWeighting.parse("none"),
        run.number("clip"),
        1,
        1,
        2,
        60);
  }

  private static double[] weights(List<?> list) {
    return list.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
  }

  private static <T> List<T> pick(List<T> items, List<?> order) {
    List<T> batch = new ArrayList<>();
    order.forEach(i -> batch.add(items.get(((Number) i).intValue())));
    return batch;
  }

  private static List<MaskedCodes> masked(JsonObject run, TrainingCohort cohort) {
    List<MaskedCodes> items = new ArrayList<>();
    List<JsonObject> all = run.objects("masked");
    for (int i = 0; i < all.size(); i++) {
      int[] ids = ints(all.get(i).integers("ids"));
      items.add(
          new MaskedCodes(
              cohort.training().get(i).tokens().withIds(ids),
              ints(all.get(i).integers("positions")),
              ints(all.get(i).integers("targets"))));
    }
    return items;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
