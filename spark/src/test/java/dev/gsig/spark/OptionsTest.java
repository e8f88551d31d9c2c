package dev.gsig.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The options of {@code gsig-spark} against those of {@code gsig explain}, as their help has them.
 */
class OptionsTest {
  private static final Pattern OPTION =
      Pattern.compile("^ {2,6}(?:-\\w, )?(--[a-z0-9-]+)(?:=(\\S+))?(.*)$");

  /** What {@code explain} has and Spark has not, and why. */
  private static final Map<String, String> NOT_ON_SPARK =
      Map.ofEntries(
          Map.entry("--skip-invalid", "always so: who cannot be used does not end a job"),
          Map.entry("--resume", "a job's folder appears whole or not at all"),
          Map.entry("--report", "of JSON Lines with gsig report"),
          Map.entry("--plots", "one file in one process; the results are for gsig export"),
          Map.entry("--plot-patients", "as --plots"),
          Map.entry("--plot-width", "as --plots"),
          Map.entry("--no-fusion", "the reference that results are compared with"),
          Map.entry("--groups", "of JSON Lines with gsig export and gsig report"),
          Map.entry("--what-if", "asked of a few patients, by gsig explain"),
          Map.entry("--without", "as --what-if"),
          Map.entry("--with", "as --what-if"));

  /** What Spark has and {@code explain} has not. */
  private static final Set<String> ONLY_ON_SPARK =
      Set.of(
          "--format",
          "--out-format",
          "--master",
          "--visits",
          "--tabular",
          "--values",
          "--code-length",
          "--code-systems",
          "--drug-length",
          "--drop-version");

  /** Other words for what is another thing: folders, file systems, executors. */
  private static final Set<String> OF_THEIR_OWN =
      Set.of("--model", "--cohort", "--out", "--overwrite", "--backend");

  /** By name, with what is said of each. */
  private static Map<String, String> options(Commands.Outcome help) {
    Map<String, String> options = new TreeMap<>();
    String last = null;
    for (String line : help.ok().lines()) {
      Matcher option = OPTION.matcher(line);
      if (option.matches()) {
        last = option.group(1);
        options.put(last, option.group(2) + " " + option.group(3).strip());
      } else if (last != null && line.startsWith("       ")) {
        options.merge(last, line.strip(), (a, b) -> a + " " + b);
      }
    }
    return options;
  }

  @Test
  void everyOptionOfExplainIsOnSparkOrHasAReason() {
    Map<String, String> alone = options(Commands.gsig("explain", "--help"));
    Map<String, String> spark = options(Commands.gsigSpark("--help"));
    assertThat(alone).hasSizeGreaterThan(25).containsKeys("--sort-visits", "--class", "--quiet");

    Set<String> lacking = new TreeSet<>(alone.keySet());
    lacking.removeAll(spark.keySet());
    assertThat(lacking).containsExactlyInAnyOrderElementsOf(NOT_ON_SPARK.keySet());
    Set<String> more = new TreeSet<>(spark.keySet());
    more.removeAll(alone.keySet());
    assertThat(more).containsExactlyInAnyOrderElementsOf(ONLY_ON_SPARK);
    spark.keySet().retainAll(alone.keySet());
    spark.forEach(
        (name, words) -> {
          if (!OF_THEIR_OWN.contains(name)) {
            assertThat(words).as(name).isEqualTo(alone.get(name));
          }
        });
  }

  @Test
  void thoseOfMedsAreThoseOfCohort() {
    Map<String, String> cohort = options(Commands.gsig("cohort", "--help"));
    Map<String, String> spark = options(Commands.gsigSpark("--help"));
    for (String name :
        Set.of("--visits", "--values", "--code-length", "--drug-length", "--drop-version")) {
      assertThat(spark.get(name)).as(name).isNotNull().isEqualTo(cohort.get(name));
    }
    assertThat(cohort).containsKey("--tabular");
  }
}
