package dev.gsig.spark;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;
import scala.Tuple2;

/** Subjects that a cohort has more than once. */
final class Repeats {
  private static final int EXAMPLES = 3;

  private Repeats() {}

  /**
   * Makes sure that there is none. Reads the whole cohort, but explains nobody.
   *
   * @param patients a patient each
   * @param cohort what messages call them
   * @throws InvalidInputException naming the first in alphabetical order, and how often they occur
   */
  static void refuse(Patients patients, String cohort) {
    JavaPairRDD<String, Integer> times =
        patients
            .rows()
            .filter(row -> row.get(0) != null)
            .mapToPair(row -> new Tuple2<>(row.get(0).toString(), 1))
            .reduceByKey(Integer::sum)
            .filter(subject -> subject._2() > 1);
    List<String> repeated =
        times.map(s -> Json.quote(s._1()) + " " + s._2() + " times").takeOrdered(EXAMPLES);
    if (!repeated.isEmpty()) {
      throw new InvalidInputException(
          cohort
              + ": subjects occur more than once: "
              + repeated.stream().collect(Collectors.joining(", "))
              + "; write one patient a line or row, or give each an identifier of its own");
    }
  }
}
