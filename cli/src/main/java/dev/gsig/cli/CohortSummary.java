package dev.gsig.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code cohort-report.json} says, in a few lines. */
final class CohortSummary {
  private CohortSummary() {}

  static List<String> lines(Map<String, Object> report) {
    List<String> lines = new ArrayList<>();
    for (Object item : (List<?>) report.get("steps")) {
      Map<?, ?> step = (Map<?, ?>) item;
      Object out = step.get("left_out");
      lines.add(
          String.format(
              "%10d  %s", step.get("count"), out == null ? step.get("step") : "left out: " + out));
    }
    ((Map<?, ?>) report.get("parts"))
        .forEach(
            (name, value) -> {
              Map<?, ?> part = (Map<?, ?>) value;
              lines.add(
                  String.format(
                      "%10d  in %s, %d (%s) with label 1",
                      part.get("lines"),
                      name,
                      part.get("label_1"),
                      Text.percent((Double) part.get("label_1_rate"))));
            });
    Map<?, ?> visits = (Map<?, ?>) report.get("visits_per_line");
    Map<?, ?> codes = (Map<?, ?>) report.get("codes_per_line");
    lines.add(
        String.format(
            "%10d  codes in the vocabulary; a line has %d visits and %d codes in the median",
            ((Map<?, ?>) report.get("vocabulary")).get("codes"),
            visits.get("median"),
            codes.get("median")));
    long dropped =
        ((Map<?, ?>) report.get("dropped")).values().stream().mapToLong(n -> (Long) n).sum();
    if (dropped > 0) {
      lines.add(String.format("%10d  rows dropped, see the report", dropped));
    }
    return lines;
  }
}
