package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.Visit;
import dev.gsig.ehr.cohort.FhirLine;
import dev.gsig.ehr.cohort.FhirPatient;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Utf8;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Bulk data of FHIR to trajectories: a patient's lines are gathered, and read as the Bundle of one
 * patient is ({@link FhirPatient}), to the end of their last visit.
 */
final class Fhir {
  private Fhir() {}

  /**
   * Gathers the lines of files by patient.
   *
   * @param path what messages call the files
   * @param counters take the lines and patients that cannot be used, and what was dropped
   * @throws InvalidInputException if there is no file of patients, or one cannot be read
   */
  static JavaRDD<Row> trajectories(
      SparkSession spark, String path, CohortFiles files, FhirChoices choices, Counters counters) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> ofPatients = new ArrayList<>();
    List<FileStatus> medications = new ArrayList<>();
    boolean patients = false;
    for (FileStatus file : files.files()) {
      String type = type(file, conf);
      patients |= FhirLine.PATIENT.equals(type);
      if (FhirLine.MEDICATION.equals(type)) {
        medications.add(file);
      } else if (type == null
          || !FhirLine.isOfPatients(type)
          || (type.equals(FhirLine.OBSERVATION) && !choices.readsObservations())) {
        files.passedOver().add(CohortFiles.name(file) + " (resources that are not read)");
      } else {
        ofPatients.add(file);
      }
    }
    if (!patients) {
      throw new InvalidInputException(
          path + ": holds no file of Patients; name the folder of a bulk export");
    }
    List<String> shared =
        medications.isEmpty()
            ? List.of()
            : lines(spark, path, files.only(medications), counters)
                .map(row -> row.getString(1))
                .collect();
    return lines(spark, path, files.only(ofPatients), counters)
        .mapToPair(row -> new Tuple2<>(row.getString(0), row.getString(1)))
        .groupByKey()
        .flatMap(new Read(choices, List.copyOf(shared), counters));
  }

  /** The type of a file's first resource; null if it has none. */
  private static String type(FileStatus file, Configuration conf) {
    CompressionCodec codec = new CompressionCodecFactory(conf).getCodec(file.getPath());
    try (InputStream raw = file.getPath().getFileSystem(conf).open(file.getPath());
        InputStream in = codec == null ? raw : codec.createInputStream(raw);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          return FhirLine.of(line, CohortFiles.name(file)).type();
        }
      }
      return null;
    } catch (IOException e) {
      throw new InvalidInputException(
          CohortFiles.name(file) + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Each line with the id of its patient; of a medication with its own text in that place. */
  private static JavaRDD<Row> lines(
      SparkSession spark, String path, CohortFiles files, Counters counters) {
    return JsonLines.read(
        spark,
        path,
        files,
        counters,
        (bytes, where) -> {
          String line = Utf8.decode(bytes, 0, bytes.length, where);
          FhirLine about = FhirLine.of(line, where);
          if (about.type().equals(FhirLine.MEDICATION)) {
            return RowFactory.create("", line);
          }
          if (about.patient() == null) {
            counters.told(
                Map.of("dropped: " + about.type() + ": without a reference to a patient", 1L));
            return null;
          }
          return RowFactory.create(about.patient(), line);
        });
  }

  /** Reads what there is of a patient; none, and counted, where it cannot be used. */
  private record Read(FhirChoices choices, List<String> medications, Counters counters)
      implements org.apache.spark.api.java.function.FlatMapFunction<
          Tuple2<String, Iterable<String>>, Row> {
    @Override
    public Iterator<Row> call(Tuple2<String, Iterable<String>> gathered) {
      String id = gathered._1();
      String name = "patient " + Json.quote(id);
      List<String> lines = new ArrayList<>();
      gathered._2().forEach(lines::add);
      Collections.sort(lines); // whatever the order in which they came
      if (lines.stream().noneMatch(line -> FhirLine.of(line, name).type().equals("Patient"))) {
        counters.told(
            Map.of(
                "dropped: resource of a patient who is not among the patients",
                (long) lines.size()));
        return Collections.emptyIterator();
      }
      lines.addAll(medications);
      try {
        FhirPatient patient = FhirPatient.read(List.of(bundle(lines)), id, name, choices.options());
        counters.told(patient.told());
        return List.of(Trajectories.row(asInACohort(patient.trajectory()))).iterator();
      } catch (InvalidInputException e) {
        counters.rejected(name, e);
        return Collections.emptyIterator();
      }
    }

    /** A cohort of bulk data does not tell of which resource each code was made. */
    private static Trajectory asInACohort(Trajectory patient) {
      List<Visit> visits =
          patient.visits().stream()
              .map(v -> new Visit(v.time(), v.codes(), v.age(), v.tokenType(), null, v.values()))
              .toList();
      return new Trajectory(patient.subjectId(), visits, patient.tabular(), null);
    }

    private static String bundle(List<String> lines) {
      StringBuilder text =
          new StringBuilder("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
      for (int i = 0; i < lines.size(); i++) {
        text.append(i == 0 ? "" : ",").append("{\"resource\":").append(lines.get(i)).append('}');
      }
      return text.append("]}").toString();
    }
  }
}
