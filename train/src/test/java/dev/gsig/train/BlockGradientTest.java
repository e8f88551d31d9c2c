package dev.gsig.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.CodeValues;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.Tokenizer;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Vocabulary;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.transformer.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Small models that together have every block of decoders and modern encoders: the gradient of each
 * loss with respect to each weight agrees with a central difference along a random direction.
 */
class BlockGradientTest {
  private static final String COMMON =
      """
      {"vocab_size": 17, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
       "intermediate_size": 6, "layer_norm_eps": 1e-5, "max_position_embeddings": 14,
       "pad_token_id": 0, "cls_token_id": 1, "sep_token_id": 2, "mask_token_id": 3,
       "unk_token_id": 4, %s}
      """;
  private static final String TIME =
      """
      "time_unit": "years", "time_transform": "log1p", "time_special_tokens": "visit",
      "time_span": "since_first_visit",
      """;

  private static final Map<String, String> MODELS =
      Map.of(
          "values",
          """
          "hidden_act": "gelu", "embedding_join": "concatenate", "pooling": "mean",
          "embedding_inputs": {"visit": "learned", "value": "mlp"}, "value_scale": "standardised",
          "value_missing": "nothing", "value_hidden_size": 3, "value_activation": "tanh"
          """,
          "value-rows",
          """
          "hidden_act": "silu", "causal": true, "norm_first": true, "pooling": "last",
          "embedding_inputs": {"position": "learned", "value": "code_vector"},
          "value_scale": "raw", "value_missing": "zero"
          """,
          "llama",
          """
          "hidden_act": "silu", "causal": true, "norm_first": true, "norm": "rms_norm",
          "feed_forward": "gated", "num_key_value_heads": 1, "rotary": {"theta": 100},
          "embedding_inputs": {}, "embedding_scale": 2.5, "pooling": "last",
          "head": "next_token", "tie_word_embeddings": true
          """,
          "gpt-neox",
          """
          "hidden_act": "gelu", "causal": true, "norm_first": true, "parallel_residual": true,
          "rotary": {"theta": 100, "sliding_theta": 10, "size": 2, "interleaved": true},
          "attention_window": 3, "layer_types": ["sliding_attention", "full_attention"],
          "embedding_size": 6, "embedding_inputs": {"position": "sinusoidal"}, "pooling": "last",
          "head": "next_token"
          """,
          "modernbert",
          """
          "hidden_act": "gelu", "norm_first": true, "first_attention_norm": false,
          "feed_forward": "gated", "attention_window": 2, "rotary": {"theta": 100},
          "norm": "rms_norm", "embedding_size": 5, "embedding_inputs": {}, "pooling": "attention",
          "pooling_hidden_size": 11, "pooler": true, "pooler_activation": "gelu",
          "classifier": {"hidden_sizes": [4], "activation": "tanh", "num_labels": 3}
          """,
          "delphi",
          TIME
              + """
              "hidden_act": "gelu", "causal": true, "norm_first": true, "hide_same_time": true,
              "parallel_residual": true, "shared_parallel_norm": true,
              "embedding_inputs": {"time": "sinusoidal_linear"}, "pooling": "last", "pooler": true,
              "pooler_activation": "tanh", "head": "next_token", "tie_word_embeddings": true
              """,
          "cehr-bert",
          TIME
              + """
              "hidden_act": "gelu_new", "alibi": true, "embedding_join": "concatenate",
              "embedding_join_activation": "tanh",
              "embedding_inputs": {"position": "sinusoidal", "visit": "learned", "age": "learned",
                                   "token_type": "learned", "time": "sine"},
              "pooling": "bigru", "gru_hidden_size": 3, "gru_read": "final_states",
              "gru_over": "real"
              """,
          "ages",
          TIME
              + """
              "hidden_act": "silu", "causal": true, "norm_first": true, "norm": "rms_norm",
              "rotary": {"theta": 100, "over": "time"}, "embedding_size": 6,
              "embedding_join": "concatenate",
              "embedding_inputs": {"position": "learned", "time": "time2vec"},
              "pooling": "attention", "classifier": {"hidden_sizes": [], "num_labels": 3}
              """,
          "core-behrt",
          TIME
              + """
              "hidden_act": "tanh", "embedding_inputs": {"time": "time2vec_cos", "age": "learned"},
              "embedding_scale": 0.5, "pooling": "max"
              """);

  private static final double STEP = 1e-6;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "llama, 1",
    "gpt-neox, 1",
    "modernbert, 2",
    "delphi, 1",
    "cehr-bert, 2",
    "ages, 2",
    "core-behrt, 2",
    "values, 2",
    "value-rows, 2"
  })
  void theGradientOfEachWeightAgreesWithACentralDifference(String name, int losses)
      throws IOException {
    ModelConfig config = ModelConfig.parse(COMMON.formatted(MODELS.get(name)), name);
    List<Example> examples = examples(config);
    boolean predicts = config.nextToken() != null;
    PretrainingTask pretraining =
        PretrainingTask.of(Fixtures.options(predicts ? 0 : 1, 1, 0, 1), config);
    Parameters parameters = new Parameters(ParameterShapes.of(config, examples, pretraining));
    int gru = config.gru() == null ? 0 : config.gru().hiddenSize();
    Initializer.fill(parameters, config.specialTokens().pad(), gru, 5);
    // away from where norms hide what a tensor does
    Random random = new Random(7);
    for (int i = 0; i < parameters.values().length; i++) {
      parameters.values()[i] += 0.2 * random.nextGaussian();
    }
    List<String> names = new ArrayList<>();
    parameters.entries().forEach(e -> names.add(e.name()));
    if (pretraining != null) {
      names.removeIf(n -> n.startsWith("cls.") || n.startsWith("lm_head."));
    }
    if (predicts) {
      NextCodes.requireLearnable(config, "");
      check(new NextCodes(config, parameters), examples, parameters);
    } else {
      check(
          new Classification(config, parameters, names, new double[] {1, 2, 0.5}),
          examples,
          parameters);
    }
    if (pretraining == PretrainingTask.NEXT_CODES) {
      check(new NextCodes(NextCodes.headed(config), parameters), examples, parameters);
    } else if (pretraining == PretrainingTask.MASKED_CODES) {
      List<MaskedCodes> items =
          examples.stream()
              .map(e -> MaskedCodes.of(e.tokens(), config.specialTokens(), new int[] {5, 6}, 11))
              .filter(Objects::nonNull)
              .toList();
      check(new Pretraining(config, parameters, names), items, parameters);
    }
    assertThat(pretraining == null ? 1 : 2).isEqualTo(losses);
  }

  /** Patients of a few tokens up to too many, several codes at one time. */
  private List<Example> examples(ModelConfig config) throws IOException {
    Random random = new Random(3);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      List<String> visits = new ArrayList<>();
      for (int v = 0; v <= i; v++) {
        List<String> codes = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int c = 0; c <= random.nextInt(3); c++) {
          codes.add("\"c" + (5 + random.nextInt(13)) + "\""); // c17 is not in the vocabulary
          values.add(c == 1 ? "null" : String.valueOf(0.25 * i - 0.5 * v));
        }
        visits.add(
            "{\"time\":\"20%02d-03-0%dT10:00:00\",\"age\":%d,\"token_type\":%d,\"codes\":[%s],\"values\":[%s]}"
                .formatted(
                    10 + v,
                    1 + i,
                    40 + v,
                    v % 2,
                    String.join(",", codes),
                    String.join(",", values)));
      }
      lines.append(
          "{\"subject_id\":\"p%d\",\"visits\":[%s],\"label\":%d}%n"
              .formatted(i, String.join(",", visits), i % 2));
    }
    Path file = Files.writeString(folder.resolve("cohort.jsonl"), lines);
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 5; id < 17; id++) {
      ids.put("c" + id, id);
    }
    List<Trajectory> patients = CohortReader.readAll(file);
    Vocabulary vocabulary = Vocabulary.of(ids);
    Tokenizer tokenizer =
        config.tokenizer(vocabulary.withValues(CodeValues.of(patients, vocabulary)));
    return patients.stream().map(patient -> Example.of(patient, config, tokenizer)).toList();
  }

  private static <T> void check(Task<T> task, List<T> items, Parameters parameters) {
    double[] theta = parameters.values();
    Random random = new Random(17);
    try (Backend base = Backends.open("ejml");
        BackendWorkers workers = new BackendWorkers(base, 1);
        BatchGradient batch = new BatchGradient(workers, 0, theta.length)) {
      batch.compute(task, items, theta, 0);
      double[] gradient = batch.gradient().clone();
      double[] moved = theta.clone();
      for (String name : task.trained()) {
        Parameters.Entry e = parameters.entry(name);
        double[] direction = random.doubles(e.size(), -1, 1).toArray();
        double analytic = 0;
        for (int i = 0; i < e.size(); i++) {
          analytic += gradient[e.offset() + i] * direction[i];
        }
        double plus = loss(batch, task, items, moved, theta, e, direction, STEP);
        double minus = loss(batch, task, items, moved, theta, e, direction, -STEP);
        System.arraycopy(theta, e.offset(), moved, e.offset(), e.size());
        double numeric = (plus - minus) / (2 * STEP);
        assertThat(Math.abs(analytic - numeric))
            .as("%s: %s, numerically %s", name, analytic, numeric)
            .isLessThan(1e-7 * Math.max(1, Math.abs(numeric)));
        // what is added to all keys changes no softmax, unless the keys turn
        if (!name.endsWith("self.key.bias")) {
          assertThat(Math.abs(analytic)).as(name).isGreaterThan(1e-9);
        }
      }
      for (Parameters.Entry e : parameters.entries()) {
        if (!task.trained().contains(e.name())) {
          for (int i = e.offset(); i < e.offset() + e.size(); i++) {
            assertThat(gradient[i]).as(e.name()).isZero();
          }
        }
      }
    }
  }

  private static <T> double loss(
      BatchGradient batch,
      Task<T> task,
      List<T> items,
      double[] moved,
      double[] theta,
      Parameters.Entry e,
      double[] direction,
      double step) {
    for (int i = 0; i < direction.length; i++) {
      moved[e.offset() + i] = theta[e.offset() + i] + step * direction[i];
    }
    return batch.compute(task, items, moved, 0);
  }
}
