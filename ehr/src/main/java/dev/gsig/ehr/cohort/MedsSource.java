package dev.gsig.ehr.cohort;

import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.table.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Events in the Medical Event Data Standard 0.4: {@code subject_id}, {@code time}, {@code code},
 * and {@code numeric_value} (or "value"), in one file or in all files under a folder, or under
 * {@code data} in it where that is. A column {@code hadm_id} names the hospital stay of an event.
 * Which codes are read, {@link MedsCode} says; a death is known from any that tells of one, and a
 * patient who has none was alive at the last admission, discharge or code that is read of them:
 * what came then, the standard does not tell. With values, an event of any other code is read where
 * it has a number, as {@code l_} and its code, and an event that is read has its number. Where the
 * folder has {@code metadata}, codes have the descriptions and the groups (their parents) of its
 * {@code codes}, and subjects are in the parts of its {@code subject_splits}: train, tuning and
 * held_out are training, validation and test.
 *
 * @param path a file, or a folder of files
 * @param visits what a visit is
 * @param measurements what to keep: a code, or what stands before a {@code //} in it
 * @param values whether events with numbers are read as codes with values
 */
public record MedsSource(Path path, Visits visits, List<Measurement> measurements, boolean values)
    implements Source {

  /**
   * Without values.
   *
   * @param path a file, or a folder of files
   * @param visits what a visit is
   * @param measurements what to keep: a code, or what stands before a {@code //} in it
   */
  public MedsSource(Path path, Visits visits, List<Measurement> measurements) {
    this(path, visits, measurements, false);
  }

  /** How events are gathered into visits. */
  public enum Visits {
    /**
     * A hospital stay, from HOSPITAL_ADMISSION to HOSPITAL_DISCHARGE; other events are left out.
     */
    ADMISSIONS,
    /** A calendar day with codes. */
    DAYS;

    /** The name on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
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
    MedsEvents events = new MedsEvents(reading, measurements, values);
    for (Path file : files(reading.records)) {
      reading.each(
          file,
          file.getFileName().toString(),
          MedsEvents.COLUMNS.subList(0, 3),
          MedsEvents.COLUMNS.subList(3, MedsEvents.COLUMNS.size()),
          events::add);
    }
    MedsMetadata metadata = MedsMetadata.of(path);
    metadata.describe(reading.records, events.codes());
    metadata.divide(reading.records);
    metadata.name(reading.records);
    return events.records(visits);
  }

  private List<Path> files(Records records) {
    // beside the data, MEDS keeps tables about codes, splits and labels
    Path data = path.resolve("data");
    FolderFiles found = Tables.under(Files.isDirectory(data) ? data : path, "events");
    records.passedOver.addAll(found.passedOver());
    return found.files();
  }
}
