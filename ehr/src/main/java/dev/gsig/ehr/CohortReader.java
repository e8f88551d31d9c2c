package dev.gsig.ehr;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import dev.gsig.ehr.internal.SeenSubjects;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;

/**
 * Reads a cohort in JSON Lines, one patient a line, keeping one patient in memory at a time:
 *
 * <pre>{@code
 * {"subject_id":"p1","visits":[{"time":"2031-05-06T10:00:00","codes":["d_I10"],"age":52.1}],
 *  "tabular":{"age":52.1,"sex":1.0},"label":1}
 * }</pre>
 *
 * (on one line). {@code subject_id} and {@code visits} with {@code codes} are required, everything
 * else is optional; unknown keys are ignored. A visit may have {@code events}: for each of its
 * codes the {@code time} and {@code code} of the event that it was made of, as the source spells
 * them; and {@code values}: for each of its codes the number that was measured, or null. Blank
 * lines and a byte order mark are skipped. A line that cannot be used stops the reading with a
 * message naming the file and the line.
 *
 * <p>A subject that was in an earlier line is such a line, too; to know it again takes 16 to 32
 * bytes a patient. {@link #skipInvalid} leaves such lines out instead.
 */
public final class CohortReader implements Iterable<Trajectory>, Closeable {
  private final String name;
  private final LineSource lines;
  private final SeenSubjects subjects = new SeenSubjects();
  private BiConsumer<String, InvalidInputException> skipped;
  private boolean iterated;
  private String where;
  private String sha256;

  private CohortReader(String name, LineSource lines) {
    this.name = name;
    this.lines = lines;
  }

  /**
   * Opens a cohort file.
   *
   * @param file the file, packed with gzip or not, whatever its name
   * @return a reader to be closed by the caller
   * @throws InvalidInputException if the file cannot be opened
   */
  public static CohortReader open(Path file) {
    return new CohortReader(file.toString(), LineSource.open(file));
  }

  /**
   * Reads a cohort as it comes in, for example from a pipe or a request.
   *
   * @param in UTF-8, packed with gzip or not; closed with the reader
   * @param name what messages call it
   * @return a reader to be closed by the caller
   */
  public static CohortReader of(InputStream in, String name) {
    return new CohortReader(name, new LineSource(in, name));
  }

  /**
   * Reads a whole cohort into memory.
   *
   * @param file the file
   * @return its patients in file order, at least one
   * @throws InvalidInputException if the file, or any line of it, cannot be used
   */
  public static List<Trajectory> readAll(Path file) {
    try (CohortReader reader = open(file)) {
      return reader.all();
    }
  }

  /**
   * Reads all patients that are left into memory.
   *
   * @return at least one
   * @throws InvalidInputException if any line cannot be used, or there is no patient
   */
  public List<Trajectory> all() {
    List<Trajectory> cohort = new ArrayList<>();
    forEach(cohort::add);
    return List.copyOf(cohort);
  }

  /**
   * Reads one patient.
   *
   * @param line a line of a cohort file, without its end, in UTF-8
   * @param source what messages call it, for example {@code queue, message 7}
   * @return the patient
   * @throws InvalidInputException if it cannot be used; the message begins with the source
   */
  public static Trajectory parse(byte[] line, String source) {
    return TrajectoryJson.parse(Json.object(line, source));
  }

  /**
   * Reads one patient that is not text any more.
   *
   * @param patient the fields of a line: texts, numbers, lists and maps, as JSON has them
   * @param source what messages call it
   * @return the patient
   * @throws InvalidInputException if it cannot be used; the message begins with the source
   */
  public static Trajectory parse(Map<String, ?> patient, String source) {
    return TrajectoryJson.parse(JsonObject.of(source, patient));
  }

  /**
   * Leaves lines out that cannot be used, in place of stopping at them.
   *
   * @param each takes what messages call the line, and why it was left out
   * @return this
   */
  public CohortReader skipInvalid(BiConsumer<String, InvalidInputException> each) {
    skipped = each;
    return this;
  }

  /**
   * What messages call the line of the patient last returned: {@code cohort.jsonl, line 7}.
   *
   * @return file and line; null before the first patient
   */
  public String where() {
    return where;
  }

  /**
   * The patients in file order; can be asked for once. {@code hasNext} and {@code next} throw
   * {@link InvalidInputException} at a line that cannot be used, and at the end of a file that has
   * no patient.
   *
   * @throws IllegalStateException if asked for again
   */
  @Override
  public Iterator<Trajectory> iterator() {
    if (iterated) {
      throw new IllegalStateException("a cohort reader can be iterated once");
    }
    iterated = true;
    return new Patients();
  }

  /**
   * Identifies the cohort by its text, be it from a file or a pipe, packed or not.
   *
   * @return the SHA-256, 64 lower-case hexadecimal digits; null before the last patient was read
   */
  public String sha256() {
    return sha256;
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw InvalidInputException.reading(name, e);
    }
  }

  private final class Patients implements Iterator<Trajectory> {
    private Trajectory next;
    private String nextWhere;
    private boolean ended;
    private boolean any;

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        next = read();
        ended = next == null;
        any |= next != null;
        if (!any) {
          throw new InvalidInputException(
              name + ": the cohort is empty; write one patient a line as a JSON object");
        }
      }
      return next != null;
    }

    @Override
    public Trajectory next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Trajectory patient = next;
      next = null;
      where = nextWhere;
      return patient;
    }

    private Trajectory read() {
      while (lines.advance()) {
        nextWhere = lines.where();
        try {
          String line = lines.text();
          if (!line.isBlank()) {
            return once(TrajectoryJson.parse(Json.object(line, nextWhere)));
          }
        } catch (InvalidInputException e) {
          if (skipped == null) {
            throw e;
          }
          any = true; // nothing that can be used is not nothing
          skipped.accept(nextWhere, e);
        }
      }
      sha256 = lines.sha256();
      return null;
    }

    private Trajectory once(Trajectory patient) {
      subjects.require(
          patient.subjectId(),
          lines.number(),
          nextWhere,
          "write one line a patient, or give each line an identifier of its own");
      return patient;
    }
  }
}
