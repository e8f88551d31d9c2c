package dev.gsig.cli;

import dev.gsig.ehr.cohort.CohortFiles;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What {@code cohort-report.json} says, in a few lines. */
final class CohortSummary {
  /** So many reasons of a kind are shown. */
  private static final int MOST = 8;

  private CohortSummary() {}

  static List<String> lines(Map<String, Object> written) {
    JsonObject report = Json.object(Json.write(written), CohortFiles.REPORT);
    List<String> lines = new ArrayList<>();
    for (JsonObject step : report.objects("steps")) {
      String text =
          step.has("left_out") ? "left out: " + step.string("left_out") : step.string("step");
      lines.add(line(step.integer("count"), text));
    }
    JsonObject parts = report.object("parts");
    for (String name : parts.keys()) {
      JsonObject part = parts.object(name);
      lines.add(line(part.integer("lines"), "in " + name + ", " + labels(part)));
    }
    JsonObject names = report.objectOrNull("labels");
    if (names != null) {
      for (String label : names.keys()) {
        int count = parts.keys().stream().mapToInt(p -> count(parts.object(p), label)).sum();
        lines.add(line(count, "label " + label + " is " + Json.quote(names.string(label))));
      }
    }
    JsonObject choices = report.object("choices");
    if (choices.raw("split") instanceof String split) {
      lines.add(line(parts.keys().size(), "parts, as the source's " + split + " has them"));
    }
    lines.add(
        line(
            report.object("vocabulary").integer("codes"),
            "codes in the vocabulary; a line has "
                + report.object("visits_per_line").integer("median")
                + " visits and "
                + report.object("codes_per_line").integer("median")
                + " codes in the median"));
    JsonObject values = report.objectOrNull("values");
    if (values != null) {
      lines.add(
          line(
              values.integer("codes_with_values"),
              "codes with values, " + values.integer("values_of_training") + " in training"));
    }
    JsonObject bins = report.objectOrNull("bins");
    if (bins != null) {
      lines.add(
          line(
              bins.integer("codes_with_bins"),
              "codes with bins, of " + bins.integer("values_of_training") + " values in training"));
    }
    JsonObject without = report.object("lines_without");
    for (String name : without.keys()) {
      if (without.integer(name) > 0) {
        lines.add(line(without.integer(name), "lines without " + name));
      }
    }
    lines.addAll(reasons("dropped", report.object("dropped")));
    lines.addAll(reasons("noticed", report.object("noticed")));
    List<String> passedOver = report.strings("files_passed_over");
    if (!passedOver.isEmpty()) {
      lines.add(line(passedOver.size(), "files passed over: " + FolderFiles.shown(passedOver)));
    }
    return lines;
  }

  private static int count(JsonObject part, String label) {
    if (part.has("labels")) {
      return part.numbers("labels").get(Integer.parseInt(label)).intValue();
    }
    int ill = part.integer("label_1");
    return label.equals("1") ? ill : part.integer("lines") - ill;
  }

  private static String labels(JsonObject part) {
    if (part.has("label_1")) {
      String rate = Text.percent(part.numberOrNull("label_1_rate"));
      return part.integer("label_1") + " (" + rate + ") label 1";
    }
    List<Double> counts = part.numbers("labels");
    return IntStream.range(0, counts.size())
        .mapToObj(label -> counts.get(label).longValue() + " label " + label)
        .collect(Collectors.joining(", "));
  }

  /** The most frequent reasons, and how many more there are. */
  private static List<String> reasons(String kind, JsonObject counts) {
    List<String> reasons = new ArrayList<>(counts.keys());
    reasons.sort(Comparator.comparingInt(counts::integer).reversed());
    List<String> lines = new ArrayList<>();
    for (String reason : reasons.subList(0, Math.min(MOST, reasons.size()))) {
      lines.add(line(counts.integer(reason), kind + ": " + reason));
    }
    int more = reasons.stream().skip(MOST).mapToInt(counts::integer).sum();
    if (more > 0) {
      lines.add(line(more, kind + " for other reasons, see the report"));
    }
    return lines;
  }

  private static String line(int count, String text) {
    return String.format(Locale.ROOT, "%10d  %s", count, text);
  }
}
