package dev.gsig.ehr.cohort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Stays made up in the format of the challenge of 2012, in the form of files or of tables. */
final class MadeUpIcu {
  private record Row(String stay, String time, String parameter, String value) {}

  private final Map<String, List<Row>> rows = new LinkedHashMap<>();
  private final Map<String, List<String>> outcomes = new LinkedHashMap<>();

  /** A stay of a set, with its rows {@code TIME PARAMETER VALUE}. */
  MadeUpIcu stay(String set, String id, String died, String... measured) {
    List<Row> all = rows.computeIfAbsent(set, any -> new ArrayList<>());
    all.add(new Row(id, "00:00", "RecordID", id));
    for (String row : measured) {
      String[] parts = row.split(" ", -1);
      all.add(new Row(id, parts[0], parts[1], parts[2]));
    }
    outcomes
        .computeIfAbsent(set, any -> new ArrayList<>())
        .add(id + ",9,3,12," + (died.equals("1") ? "5" : "-1") + "," + died);
    return this;
  }

  MadeUpIcu shuffle(Random random) {
    rows.values().forEach(all -> Collections.shuffle(all, random));
    outcomes.values().forEach(all -> Collections.shuffle(all, random));
    return this;
  }

  private void writeOutcomes(Path folder, String name, String ending) throws IOException {
    for (Map.Entry<String, List<String>> set : outcomes.entrySet()) {
      List<String> lines = new ArrayList<>();
      lines.add("RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death");
      lines.addAll(set.getValue());
      Files.write(folder.resolve(name + "-" + set.getKey() + ending), lines);
    }
  }

  /** As one table a set. */
  Path tables(Path folder) {
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, List<Row>> set : rows.entrySet()) {
        List<String> lines = new ArrayList<>(List.of("RecordID,Time,Parameter,Value"));
        set.getValue()
            .forEach(
                r -> lines.add(String.join(",", r.stay(), r.time(), r.parameter(), r.value())));
        Files.write(folder.resolve("measurements-" + set.getKey() + ".csv"), lines);
      }
      writeOutcomes(folder, "outcomes", ".csv");
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the challenge publishes it: a file a stay. */
  Path files(Path folder) {
    try {
      for (Map.Entry<String, List<Row>> set : rows.entrySet()) {
        Path of = Files.createDirectories(folder.resolve("set-" + set.getKey()));
        Map<String, List<String>> lines = new LinkedHashMap<>();
        for (Row row : set.getValue()) {
          lines
              .computeIfAbsent(row.stay(), any -> new ArrayList<>(List.of("Time,Parameter,Value")))
              .add(String.join(",", row.time(), row.parameter(), row.value()));
        }
        for (Map.Entry<String, List<String>> stay : lines.entrySet()) {
          Files.write(of.resolve(stay.getKey() + ".txt"), stay.getValue());
        }
      }
      writeOutcomes(folder, "Outcomes", ".txt");
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stays of two sets at random, with what can be wrong with their rows. */
  static MadeUpIcu random(Random random) {
    List<String> variables = List.of("HR", "pH", "MechVent", "Weight", "Temp", "GCS", "Nonsense");
    List<String> values = List.of("-1", "", "7.4", "36.6", "80", "1", "735", "0", "14", "3");
    MadeUpIcu icu = new MadeUpIcu();
    for (int s = 0; s < 24; s++) {
      List<String> measured = new ArrayList<>();
      measured.add("00:00 Age " + (40 + random.nextInt(40)));
      measured.add("00:00 Gender " + (random.nextInt(3) - 1));
      measured.add("00:00 Height " + (s < 4 ? 170 : random.nextInt(300)));
      measured.add("00:00 ICUType " + (1 + s % 4));
      measured.add("00:00 Weight " + (s < 4 ? 70 : random.nextInt(100) - 1));
      for (int m = random.nextInt(60); m > 0; m--) {
        measured.add(
            String.format(Locale.ROOT, "%02d:%02d ", random.nextInt(49), 30 * random.nextInt(2))
                + variables.get(random.nextInt(variables.size()))
                + " "
                + values.get(random.nextInt(values.size())));
      }
      icu.stay(
          s % 3 == 0 ? "b" : "a", "" + (100 + s), "" + s / 2 % 2, measured.toArray(String[]::new));
    }
    return icu;
  }
}
