package dev.gsig.cli;

import dev.gsig.ehr.cohort.CohortFiles;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code cohort-report.json} says, in a few lines. */
final class CohortSummary {
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
      int ill = part.integer("label_1");
      String rate = Text.percent(part.numberOrNull("label_1_rate"));
      lines.add(line(part.integer("lines"), "in " + name + ", " + ill + " (" + rate + ") label 1"));
    }
    lines.add(
        line(
            report.object("vocabulary").integer("codes"),
            "codes in the vocabulary; a line has "
                + report.object("visits_per_line").integer("median")
                + " visits and "
                + report.object("codes_per_line").integer("median")
                + " codes in the median"));
    JsonObject dropped = report.object("dropped");
    int rows = dropped.keys().stream().mapToInt(dropped::integer).sum();
    if (rows > 0) {
      lines.add(line(rows, "rows dropped, see the report"));
    }
    List<String> passedOver = report.strings("files_passed_over");
    if (!passedOver.isEmpty()) {
      lines.add(line(passedOver.size(), "files passed over: " + FolderFiles.shown(passedOver)));
    }
    return lines;
  }

  private static String line(int count, String text) {
    return String.format(Locale.ROOT, "%10d  %s", count, text);
  }
}
