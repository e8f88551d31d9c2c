package dev.gsig.cli;

import dev.gsig.ehr.internal.FileKind;
import dev.gsig.ehr.internal.FileSet;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.plots.internal.Svg;
import dev.gsig.transformer.safetensors.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The files that commands write, and how each kind is told from files of others. */
final class Kinds {
  /** The side file of results. */
  static final FileKind PROVENANCE =
      new FileKind("side file of gsig's results", file -> isByGsig(Json.read(file)));

  /** Results, perhaps cut short within their first line; then their side file tells. */
  static final FileKind RESULTS = new FileKind("results of gsig", Kinds::isResults);

  /** A report; its template begins so. */
  static final FileKind REPORT =
      new FileKind("report", file -> startsWith(file, HtmlReport.beginning()));

  /** Means of a validation cohort, of any version. */
  static final FileKind BASELINE =
      new FileKind(
          "baseline",
          file -> {
            try (Safetensors tensors = Safetensors.open(file)) {
              return tensors.names().contains("sequence.manifold_mean")
                  && tensors.metadata().containsKey("weights_sha256");
            }
          });

  /** What {@code predict --out} writes. */
  static final FileKind PREDICTIONS = csv("predictions", Predictions.HEADER);

  /** What {@code evaluate --out} writes. */
  static final FileSet EVALUATION =
      FileSet.of("evaluation of gsig")
          .with("evaluation\\.csv", csv("evaluation", "baseline,method,metric,patients,mean"))
          .with("evaluation\\.json", json("evaluation", "rows"))
          .with(
              "evaluation-patients\\.csv",
              csv("evaluation", "subject_id,codes,predicted_class,baseline,method"));

  /** What {@code study --out} writes. */
  static final FileSet STUDY =
      FileSet.of("study of gsig")
          .with("study\\.csv", csv("study", "steps,theta,chosen_by_patients,metric"))
          .with("study\\.json", json("study", "surface"));

  /** What {@code evaluate --plots} writes. */
  static final FileSet EVALUATION_PLOTS = plots("evaluation-[a-z0-9-]+");

  /** What {@code study --plots} writes. */
  static final FileSet STUDY_PLOTS = plots("study-[a-z0-9-]+");

  /** What {@code explain --plots} writes; plots of codes are those of earlier versions. */
  static final FileSet RESULT_PLOTS =
      plots(
          "cohort-(theta|l21-reduction|gap|drivers|codes)"
              + "|patient-[0-9]+-(waterfall|timeline|theta|codes)");

  private static final int SVG_HEAD = 1 << 12;

  private Kinds() {}

  private static FileKind csv(String name, String header) {
    return new FileKind(name + " of gsig", file -> startsWith(file, header));
  }

  private static FileKind json(String name, String key) {
    return new FileKind(
        name + " of gsig",
        file -> {
          JsonObject json = Json.read(file);
          return isByGsig(json) && json.has(key);
        });
  }

  private static FileSet plots(String names) {
    return FileSet.of("plots of gsig")
        .with(
            "(" + names + ")\\.svg",
            new FileKind(
                "plot of gsig", file -> start(file, SVG_HEAD).contains("<!--" + Svg.MARK + "-->")));
  }

  private static boolean isByGsig(JsonObject json) {
    return json.has("engine") && json.string("engine").startsWith("gsig ");
  }

  private static boolean isResults(Path file) throws IOException {
    String line;
    try (LineSource lines = LineSource.open(file)) {
      line = lines.next();
      if (line != null && lines.next() == null && !endsLine(file)) {
        Path side = Provenance.of(file);
        return line.contains("\"prediction\":{\"logit\":")
            || (Files.exists(side) && PROVENANCE.recognises(side));
      }
    }
    JsonObject result = Json.object(line, file.toString());
    return List.of("subject_id", "prediction", "tokens", "completeness_gap").stream()
        .allMatch(result.keys()::contains);
  }

  private static boolean endsLine(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      var last = java.nio.ByteBuffer.allocate(1);
      channel.position(channel.size() - 1).read(last);
      return last.get(0) == '\n';
    }
  }

  /** Whether a file begins with a text, or is nothing but the beginning of it. */
  private static boolean startsWith(Path file, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(wanted.length), wanted);
    }
  }

  private static String start(Path file, int bytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    }
  }
}
