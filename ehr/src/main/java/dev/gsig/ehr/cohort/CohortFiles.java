package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;

/** Files of a cohort's folder. */
public final class CohortFiles {
  /** What was chosen, counted and left out. */
  public static final String REPORT = "cohort-report.json";

  private CohortFiles() {}

  /** Writes an object with a line for each of its keys. */
  static void json(Path file, Map<String, Object> object) throws IOException {
    StringBuilder text = new StringBuilder("{\n");
    for (Iterator<Map.Entry<String, Object>> it = object.entrySet().iterator(); it.hasNext(); ) {
      Map.Entry<String, Object> entry = it.next();
      text.append(Json.write(entry.getKey())).append(": ").append(Json.write(entry.getValue()));
      text.append(it.hasNext() ? ",\n" : "\n");
    }
    Files.writeString(file, text.append("}\n"), StandardCharsets.UTF_8);
  }
}
