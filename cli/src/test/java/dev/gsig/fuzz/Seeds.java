package dev.gsig.fuzz;

import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.SourceEvent;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.TrajectoryJson;
import dev.gsig.ehr.Visit;
import dev.gsig.transformer.safetensors.NamedTensor;
import dev.gsig.transformer.safetensors.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Sound inputs that no fixture holds as a file, and what they are made with. */
final class Seeds {
  /** Someone whom every model of the fixtures can read. */
  static final Trajectory PATIENT =
      new Trajectory(
          "p",
          List.of(
              new Visit("2031-05-06", List.of("p_006", "odd"), 52.0, 0),
              new Visit(
                  null,
                  List.of("l_027"),
                  53.5,
                  1,
                  List.of(new SourceEvent("2032-05-06T07:08:09.000001", "LAB//27")),
                  List.of(4.1))),
          Map.of("age", 52.0),
          null);

  /** A model folder with patients. */
  static final Path CASE = Target.resource("parity/visit-age-type");

  private static final Path CHECKPOINT = Target.resource("import/bert-separate-head/head.pt");

  private static final String PROVENANCE =
      """
      {"engine":"gsig 1","model":"absent","cohort":"absent.jsonl","cohort_sha256":"ab",
       "baseline":"absent/baseline.safetensors","inputs":{"weights_sha256":"ab",
       "config_sha256":"ab","vocab_sha256":"ab","baseline_sha256":"ab","significant_digits":6,
       "method":"gsig","steps":5,"quadrature":"right","theta":{"candidates":[1.0,0.5],
       "continuous":false,"fixed":false},"theta_search":"shared","lambda_group":1.0,
       "lambda_l1":0.0,"sequence_baseline":"manifold-mean","tabular_baseline":"mean",
       "target":"logit","class":null,"max_completeness_gap":null},"backend":"simd: float32",
       "threads":2,"finished":"2031-05-06T10:00:00Z","patients_kept":0,"patients_explained":3}
      """;

  private static Model model;
  private static Explainer explainer;

  private Seeds() {}

  static List<byte[]> madeFor(Target target) {
    return switch (target) {
      case PICKLE ->
          List.of(
              entry(CHECKPOINT, "/data.pkl"),
              entry(behrt(), "/data.pkl"),
              entry(Target.resource("import/torch-multimodal/model.ckpt"), "/data.pkl"));
      case CHECK_SAFETENSORS -> List.of(check());
      case SHARDS ->
          List.of(
              utf8("{\"weight_map\":{\"weight\":\"head.safetensors\",\"bias\":\"head.bin\"}}"),
              utf8("{\"metadata\":{\"total_size\":1},\"weight_map\":{\"a\":\"../head.bin\"}}"));
      case BASELINE -> List.of(saved(mean()::save));
      case RESULTS, EXPORTED -> List.of(results());
      case RESUMED -> List.of(resumed(), Arrays.copyOf(resumed(), resumed().length / 2));
      case REPLACED -> List.of(results(), utf8("subject_id,time,code,l2,signed\n1,,a,1,1\n"));
      case CHECKPOINT -> List.of(TrainingRun.checkpoint());
      case GROUPS ->
          List.of(
              utf8(
                  """
                  {"code":"d_I10","group":"heart"}
                  {"code":"","group":"\u00c9"}
                  """));
      case DESCRIPTIONS -> List.of(utf8("{\"d_I10\":\"Hypertension\",\"m_\u00c9\":\"\"}"));
      case VALUES ->
          List.of(
              utf8(
                  """
                  {
                  "l_50912": {"count":812,"mean":1.25,"sd":0.75},
                  "l_\u00c9": {"count":1,"mean":-4.0,"sd":0.0}
                  }
                  """));
      case BINS ->
          List.of(
              utf8(
                  """
                  {
                  "l_50912": {"count":812,"limits":[0.7,1.0,1.75]},
                  "l_\u00c9": {"count":1,"limits":[]}
                  }
                  """));
      case MIMIC_TABLES, SYNTHEA_TABLES, MEDS_TABLES, PHYSIONET2012_TABLES, OMOP_TABLES ->
          TableReaders.seeds(target);
      case FHIR_BULK, FHIR_BUNDLE -> FhirReaders.seeds(target);
      case SERVICE_LINES, SERVICE_BUNDLE, SERVICE_HOOK -> ServiceReaders.seeds(target);
      case VOCABULARY_TEXT -> List.of(utf8("[PAD]\n[CLS]\n[SEP]\nd_I10\nm_\u00c9\n"));
      case TOKENIZER ->
          List.of(
              utf8(
                  "{\"added_tokens\":[{\"id\":0,\"content\":\"[PAD]\"}],\"model\":"
                      + "{\"type\":\"WordLevel\",\"vocab\":{\"[PAD]\":0,\"d_I10\":1}}}"),
              utf8("{\"model\":{\"vocab\":{\"[CLS]\":1,\"m_1\":2},\"merges\":[]}}"));
      case ADDED_TOKENS -> List.of(utf8("{\"x_1\":31,\"x_2\":32}"));
      case TOKENIZER_CONFIG ->
          List.of(
              utf8(
                  "{\"cls_token\":\"[CLS]\",\"added_tokens_decoder\":{\"31\":{\"content\":\"x\"}}}"));
      case SPECIAL_TOKENS ->
          List.of(utf8("{\"cls_token\":{\"content\":\"[CLS]\"},\"sep_token\":\"[SEP]\"}"));
      case TEXT -> List.of(utf8("\ufeffa,\u00e9\r\n\u20ac\ud83d\ude00\n"));
      case PACKED -> List.of(packed("{}\n"), packed("a\n", "b\r\n"));
      case COHORT -> List.of(packed(TrajectoryJson.write(PATIENT) + "\n"));
      case PARQUET ->
          List.of(
              Target.bytes(Path.of("src", "test", "resources", "meds", "instants.parquet")),
              Target.bytes(Path.of("src", "test", "resources", "meds", "binary-codes.parquet")));
      case PROVENANCE -> List.of(utf8(PROVENANCE));
      default -> List.of();
    };
  }

  /** A model with every kind of input. */
  static synchronized Model model() {
    if (model == null) {
      model = Model.load(CASE, "simd");
    }
    return model;
  }

  /** A short explanation of {@link #model}. */
  static synchronized Explainer explainer() {
    if (explainer == null) {
      explainer =
          Explainer.of(
              model(),
              mean(),
              ExplainOptions.DEFAULT.toBuilder().method(PathMethods.IG).steps(2).build());
    }
    return explainer;
  }

  static Baseline mean() {
    return Baseline.estimate(model(), CohortReader.readAll(CASE.resolve("validation.jsonl")));
  }

  /** An explanation, as it is written. */
  static byte[] results() {
    return utf8(new AttributionJson(9).write(explainer().explain(PATIENT)) + "\n");
  }

  /** Those of the first two patients of {@link #CASE}, and the beginning of the third. */
  private static byte[] resumed() {
    StringBuilder lines = new StringBuilder();
    for (Trajectory patient : CohortReader.readAll(CASE.resolve("cohort.jsonl"))) {
      lines.append(new AttributionJson(9).write(explainer().explain(patient))).append('\n');
    }
    return utf8(lines.substring(0, lines.length() - 20));
  }

  private static byte[] check() {
    double[] ids = new double[16];
    Arrays.fill(ids, 5);
    Map<String, NamedTensor> arrays =
        Map.of(
            "input_ids", NamedTensor.f32(ids, 1, ids.length),
            "logits", NamedTensor.f32(new double[] {0.5}, 1, 1));
    return saved(file -> SafetensorsWriter.write(file, Map.of(), arrays));
  }

  private static byte[] saved(Consumer<Path> save) {
    try {
      Path file = Files.createTempFile("gsig-fuzz", ".safetensors");
      save.accept(file);
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path behrt() {
    return Target.resource("import/behrt/checkpoint.pt");
  }

  /** A member for each text. */
  private static byte[] packed(String... texts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String text : texts) {
      try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
        out.write(utf8(text));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] entry(Path archive, String ending) {
    try (ZipFile zip = new ZipFile(archive.toFile());
        Stream<? extends ZipEntry> entries = zip.stream()) {
      ZipEntry found = entries.filter(e -> e.getName().endsWith(ending)).findFirst().orElseThrow();
      try (InputStream in = zip.getInputStream(found)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A checkpoint with this pickle and two small storages. */
  static byte[] archive(byte[] pickle) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "model/data.pkl", pickle);
      add(zip, "model/data/0", new byte[336]);
      add(zip, "model/data/1", new byte[28]);
      add(zip, "model/version", new byte[] {'3', '\n'});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
