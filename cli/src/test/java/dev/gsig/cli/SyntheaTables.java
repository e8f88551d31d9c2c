package dev.gsig.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tables as Synthea writes them, of patients every third of whom gets heart failure. */
final class SyntheaTables {
  private SyntheaTables() {}

  /**
   * Writes the tables of patients {@code p0}, {@code p1}, ..., every other of whom dies.
   *
   * @param folder which is made
   */
  static void write(Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    List<String> patients = new ArrayList<>(List.of("Id,BIRTHDATE,DEATHDATE,GENDER"));
    List<String> visits = new ArrayList<>(List.of("Id,START,STOP,PATIENT"));
    String header = "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION";
    List<String> conditions = new ArrayList<>(List.of(header));
    List<String> drugs = new ArrayList<>(List.of(header));
    List<String> observations = new ArrayList<>(List.of("DATE,PATIENT,CODE,VALUE"));
    for (int p = 0; p < count; p++) {
      patients.add("p" + p + ",1950-01-01," + (p % 2 == 0 ? "2004-01-01" : "") + ",F");
      for (int v = 0; v < 4; v++) {
        String time = (2000 + v) + "-03-04T10:00:00Z";
        String end = (2000 + v) + "-03-04T11:00:00Z";
        String visit = "p" + p + "v" + v;
        visits.add(visit + "," + time + "," + end + ",p" + p);
        String code = p % 3 == 0 && v == 3 ? "88805009" : "59621000";
        conditions.add(
            time.substring(0, 10) + ",,p" + p + "," + visit + "," + code + ",Condition " + code);
        drugs.add(time + ",,p" + p + "," + visit + ",314076,Lisinopril");
        observations.add(time + ",p" + p + ",39156-5," + (20 + v));
      }
    }
    visits.add("late,2010-01-01T00:00:00Z,2010-01-01T00:00:00Z,p1");
    Files.write(folder.resolve("patients.csv"), patients);
    Files.write(folder.resolve("encounters.csv"), visits);
    Files.write(folder.resolve("conditions.csv"), conditions);
    Files.write(folder.resolve("medications.csv"), drugs);
    Files.write(folder.resolve("procedures.csv"), List.of(header));
    Files.write(folder.resolve("observations.csv"), observations);
  }
}
