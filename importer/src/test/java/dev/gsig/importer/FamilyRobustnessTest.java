package dev.gsig.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints with a family's names but shapes that make no sense: one line, never a crash. */
class FamilyRobustnessTest {
  private static final String[] NAMES = {
    "bert.embeddings.word_embeddings.weight",
    "bert.embeddings.position_embeddings.weight",
    "bert.embeddings.token_type_embeddings.weight",
    "bert.embeddings.posi_embeddings.weight",
    "bert.embeddings.segment_embeddings.weight",
    "bert.embeddings.age_embeddings.weight",
    "bert.embeddings.code_embeddings.weight",
    "bert.embeddings.entity_embeddings.weight",
    "bert.embeddings.positional_embeddings.weight",
    "bert.embeddings.sex_embeddings.weight",
    "bert.embeddings.LayerNorm.gamma",
    "bert.embedding.token_emb.weight",
    "bert.embedding.segment_emb.weight",
    "bert.encoder.attention.heads.0.q.weight",
    "bert.encoder.attention.heads.1.q.weight",
    "bert.encoder.layer.0.attention.self.query.weight",
    "bert.encoder.layer.0.intermediate.dense.weight",
    "bert.pooler.dense.weight",
    "model.layers.0.self_attn.in_proj_weight",
    "model.layers.0.self_attn.in_proj_bias",
    "model.layers.0.norm1.weight",
    "code_embedding.weight",
    "pos_embedding",
    "gru.weight_hh_l0",
    "rnn_cell.weight_hh_l0",
    "linear1.weight",
    "linear1.bias",
    "classifier.weight",
    "classifier.bias",
    "classifier.dense.weight",
    "classifier.out_proj.weight",
    "pre_classifier.weight",
    "bert.embeddings_project.weight",
    "bert.transformer.layer.0.attention.q_lin.weight",
    "bert.transformer.layer.0.ffn.lin1.weight",
    "model.embeddings.tok_embeddings.weight",
    "model.layers.0.attn.Wqkv.weight",
    "model.layers.0.mlp.Wi.weight",
    "model.layers.0.mlp_norm.weight",
    "head.dense.weight",
    "head.norm.weight",
    "model.embed_tokens.weight",
    "model.layers.0.self_attn.q_proj.weight",
    "model.layers.0.self_attn.k_proj.weight",
    "model.layers.0.mlp.gate_proj.weight",
    "model.layers.0.mlp.up_proj.weight",
    "model.layers.0.input_layernorm.weight",
    "transformer.wte.weight",
    "transformer.wpe.weight",
    "transformer.wae.linear.weight",
    "transformer.h.0.attn.c_attn.weight",
    "transformer.h.0.attn.c_attn.bias",
    "transformer.h.0.attn.c_proj.weight",
    "transformer.h.0.mlp.c_fc.weight",
    "transformer.h.0.ln_1.weight",
    "transformer.ln_f.weight",
    "lm_head.weight",
    "bert.cehr_bert_embeddings.concept_embeddings.weight",
    "bert.cehr_bert_embeddings.visit_segment_embeddings.weight",
    "bert.cehr_bert_embeddings.age_embedding_layer.w",
    "bert.cehr_bert_embeddings.age_embedding_layer.phi",
    "bert.cehr_bert_embeddings.positional_embedding_layer.pe",
    "bert.cehr_bert_embeddings.linear_proj.weight",
    "dense_layer.weight",
    "dense_layer.bias",
    "age_batch_norm.running_mean",
    "age_batch_norm.running_var",
    "embeddings.concept_embeddings.weight",
    "embeddings.age_embeddings.w0",
    "embeddings.age_embeddings.w",
    "embeddings.age_embeddings.phi0",
    "embeddings.age_embeddings.phi",
    "embeddings.abspos_embeddings.w0",
    "embeddings.abspos_embeddings.w",
    "embeddings.abspos_embeddings.phi0",
    "embeddings.abspos_embeddings.phi",
    "layers.0.attn.Wqkv.weight",
    "cls.pool.rnn.weight_hh_l0",
    "cls.pool.classifier.weight",
    "transformer.in_norm.weight",
    "transformer.embed.weight",
    "transformer.layers.0.input_proj.weight",
    "transformer.layers.0.input_proj.bias",
    "transformer.layers.0.output_proj.weight",
    "transformer.layers.0.norm.weight",
    "cls_token",
    "val_vec",
    "age_proj.weight",
    "attn_query",
    "score.weight",
    "endpoint_classifier.los_classifier.cls_linear-fin.weight",
    "endpoint_classifier.los_classifier.weight",
    "out.los_classifier.weight",
    "tabular.layers.0.weight",
  };

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "behrt",
        "exmed-bert",
        "too-bert",
        "torch",
        "gsig",
        "roberta",
        "distilbert",
        "electra",
        "modernbert",
        "gpt2",
        "ethos",
        "delphi",
        "llama",
        "mistral",
        "qwen2",
        "cehr-bert",
        "core-behrt",
        "motor"
      })
  void shapesThatMakeNoSense(String family) {
    Random random = new Random(family.hashCode());
    Path file = folder.resolve("model.safetensors");
    int refused = 0;
    for (int round = 0; round < 500; round++) {
      SafetensorsWriter.write(file, Map.of(), tensors(random));
      Map<String, Object> sets =
          new LinkedHashMap<>(
              Map.of(
                  "num_attention_heads", 1L,
                  "pad_token_id", 0L,
                  "tabular.features", List.of("a"),
                  "import.tabular_first", random.nextBoolean(),
                  "import.sex_row", 0L));
      if (random.nextBoolean()) {
        sets.put("model_type", family);
      }
      ImportSettings settings =
          new ImportSettings(file, null, sets, null, null, null, null, family, true, false);
      try (Survey survey = ModelImport.survey(settings)) {
        survey.targets().values().forEach(weight -> weight.values().get());
        survey.complete();
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).isNotBlank().hasLineCount(1);
        refused++;
      }
    }
    assertThat(refused).isEqualTo(500); // there is no vocabulary
  }

  private static Map<String, NamedTensor> tensors(Random random) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(4) > 0) {
        List<Integer> shape = new ArrayList<>();
        int dimensions = random.nextInt(4) == 0 ? random.nextInt(4) : 2;
        for (int i = 0; i < dimensions; i++) {
          shape.add(random.nextInt(3) == 0 ? random.nextInt(8) : 4);
        }
        int size = shape.stream().reduce(1, (a, b) -> a * b);
        tensors.put(
            name, NamedTensor.f32(new float[size], shape.stream().mapToInt(i -> i).toArray()));
      }
    }
    return tensors;
  }
}
