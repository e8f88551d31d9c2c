package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.FolderFiles;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.LineSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Bulk data of FHIR R4: a folder of NDJSON, a resource a line and one type a file, whatever the
 * files' names. Read are patients, encounters (the visits), conditions ({@code d_} and the like, as
 * {@link CodeSystem} spells them), procedures ({@code p_}), prescriptions, statements and
 * administrations of medicines ({@code m_}), allergies ({@code a_}) and immunizations ({@code v_});
 * observations where measurements are asked for; with values each number of an observation, or of a
 * component of one, is a code, too, {@code l_} and the LOINC code. Deaths are known to the end of
 * the last encounter of all.
 *
 * @param folder the folder of the files, packed or not
 * @param systems the code systems that are read, in the order in which one coding of several is
 *     chosen
 * @param measurements numeric observations to keep, by LOINC codes
 * @param values whether numeric observations are read as codes with values
 */
public record FhirSource(
    Path folder, List<CodeSystem> systems, List<Measurement> measurements, boolean values)
    implements Source {
  private static final List<String> ENDINGS = List.of(".ndjson", ".ndjson.gz");

  /** Copies the lists. */
  public FhirSource {
    systems = List.copyOf(systems);
    measurements = List.copyOf(measurements);
  }

  @Override
  public String name() {
    return "fhir";
  }

  /** Those of ICD, and those of SNOMED CT that Synthea's modules write. */
  @Override
  public String heartFailure() {
    return "d9_428*,d10_I50*,d_88805009,d_84114007";
  }

  @Override
  public Records read(Watcher watcher) {
    Reading reading = new Reading(watcher);
    Map<String, List<Path>> files = files(reading.records);
    require(files, FhirEvents.PATIENT);
    require(files, FhirEvents.ENCOUNTER);
    FhirCoder coder = new FhirCoder(systems, code -> false, reading.records);
    FhirEvents events = new FhirEvents(reading, coder, measurements, values, false, name -> null);
    each(reading, files, FhirEvents.PATIENT, events::addPatient);
    each(reading, files, FhirEvents.MEDICATION, events::addMedication);
    each(reading, files, FhirEvents.ENCOUNTER, events::addEncounter);
    events.endEncounters();
    for (String type : FhirEvents.EVENTS) {
      each(reading, files, type, events::addEvent);
    }
    reading.units.notice(measurements, reading.records);
    reading.records.leaveOutOtherUnits();
    return reading.records;
  }

  private void require(Map<String, List<Path>> files, String type) {
    if (!files.containsKey(type)) {
      throw new InvalidInputException(
          folder
              + ": holds no "
              + type
              + " in a file that ends in "
              + String.join(" or ", ENDINGS)
              + "; name the folder of a bulk export");
    }
  }

  /** The files by what their first lines hold. */
  private Map<String, List<Path>> files(Records records) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          folder + ": no such folder; name the folder of a bulk export");
    }
    FolderFiles found =
        FolderFiles.under(
            folder,
            file ->
                ENDINGS.stream()
                    .anyMatch(e -> FolderFiles.hasEnding(file.getFileName().toString(), e)));
    records.passedOver.addAll(found.passedOver());
    Map<String, List<Path>> files = new TreeMap<>();
    for (Path file : found.files()) {
      String type = type(file);
      String name = folder.relativize(file).toString();
      if (type == null) {
        records.passedOver.add(name + " (empty)");
      } else if (type.equals(FhirEvents.OBSERVATION) && !values && measurements.isEmpty()) {
        records.passedOver.add(name + " (observations, of which none is asked for)");
      } else if (isRead(type)) {
        files.computeIfAbsent(type, t -> new ArrayList<>()).add(file);
      } else {
        records.passedOver.add(name + " (resources of the type " + Json.quote(type) + ")");
      }
    }
    return files;
  }

  private static boolean isRead(String type) {
    return FhirEvents.EVENTS.contains(type)
        || List.of(FhirEvents.PATIENT, FhirEvents.MEDICATION, FhirEvents.ENCOUNTER).contains(type);
  }

  /** The type of a file's first resource; null if it has none. */
  private static String type(Path file) {
    try (LineSource lines = LineSource.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          return FhirResource.parse(line, lines.where()).type();
        }
      }
      return null;
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  private static void each(
      Reading reading, Map<String, List<Path>> files, String type, Consumer<FhirResource> taker) {
    if (!files.containsKey(type)) {
      return;
    }
    reading.begin(type);
    for (Path file : files.get(type)) {
      try (LineSource lines = LineSource.open(file)) {
        for (String line = lines.next(); line != null; line = lines.next()) {
          if (!line.isBlank()) {
            FhirResource resource = FhirResource.parse(line, lines.where());
            requireType(resource, type);
            taker.accept(resource);
            reading.row(type);
          }
        }
      } catch (IOException e) {
        throw InvalidInputException.reading(file, e);
      }
    }
  }

  private static void requireType(FhirResource resource, String type) {
    if (!resource.type().equals(type)) {
      throw new InvalidInputException(
          resource.where()
              + ": is not of the type "
              + type
              + " as those before it; write the resources of each type into files of their own");
    }
  }
}
