package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.table.Table;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Events in the Medical Event Data Standard 0.4: {@code subject_id}, {@code time}, {@code code},
 * and {@code numeric_value} (or {@code value}), in one file or in all files under a folder, or
 * under {@code data} in it where that is. Which codes are read, {@link MedsCode} says.
 *
 * @param path a file, or a folder of files
 * @param visits what a visit is
 * @param measurements what to keep: a code, or what stands before a {@code //} in it
 */
public record MedsSource(Path path, Visits visits, List<Measurement> measurements)
    implements Source {

  /** How events are gathered into visits. */
  public enum Visits {
    /**
     * A hospital stay, from HOSPITAL_ADMISSION to HOSPITAL_DISCHARGE; other events are left out.
     */
    ADMISSIONS,
    /** A calendar day with codes. */
    DAYS
  }

  @Override
  public String name() {
    return "meds";
  }

  @Override
  public String heartFailure() {
    return "d9_428*,d10_I50*";
  }

  @Override
  public Records read(Watcher watcher) {
    Reading reading = new Reading(watcher);
    MedsVisits events = new MedsVisits(reading.records);
    for (Path file : files(reading.records)) {
      reading.each(
          file,
          file.getFileName().toString(),
          List.of("subject_id", "time", "code"),
          List.of("numeric_value", "value"),
          row -> event(reading, events, row));
    }
    events.place(visits);
    return reading.records;
  }

  private List<Path> files(Records records) {
    // beside the data, MEDS keeps tables about codes, splits and labels
    Path data = path.resolve("data");
    FolderFiles found = Tables.under(Files.isDirectory(data) ? data : path, "events");
    records.passedOver.addAll(found.passedOver());
    return found.files();
  }

  private void event(Reading reading, MedsVisits events, Table row) {
    Records records = reading.records;
    int patient = events.patient(row.required(0), row.where());
    String code = row.required(2);
    for (int i = 0; i < measurements.size(); i++) {
      String wanted = measurements.get(i).code();
      if (code.startsWith(wanted)
          && (code.length() == wanted.length() || code.startsWith("//", wanted.length()))) {
        Double value = row.number(row.has(3) ? 3 : 4);
        if (value == null) {
          records.drop("measurement without a value");
        } else {
          reading.addMeasurement(patient, i, Instants.required(row, 1), value);
        }
      }
    }
    switch (MedsCode.head(code)) {
      case "MEDS_BIRTH" -> events.birth(patient, Instants.required(row, 1), row.where());
      case "MEDS_DEATH" -> records.addDeath(patient, Instants.required(row, 1));
      case "GENDER" -> records.sexes.set(patient, Sex.of(MedsCode.rest(code)));
      case "HOSPITAL_ADMISSION" -> events.admission(patient, Instants.required(row, 1));
      case "HOSPITAL_DISCHARGE" ->
          events.discharge(patient, Instants.required(row, 1), MedsCode.rest(code).equals("DIED"));
      default -> {
        String known = MedsCode.known(code);
        if (known != null) {
          // an event without a time is a fact of no date
          events.event(patient, known, Instants.of(row, 1, Instants.UNKNOWN));
        }
      }
    }
  }
}
