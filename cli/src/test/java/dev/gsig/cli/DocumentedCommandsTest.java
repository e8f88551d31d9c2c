package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of README.md and docs, as they stand there, work: each command of a block marked
 * {@code sh} is run by bash, in the page's order, in a folder that has a small demo, or stands in
 * {@link #LEFT_OUT} with the reason. The figures of commands on the whole demo are the business of
 * other tests.
 */
@Tag("process")
@EnabledOnOs(OS.LINUX) // GsigShell takes /proc
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern CALL =
      Pattern.compile(
          "(?m)^((bin|bench|examples)/|gsig |mvn |python3 |java )(?!.*\\[OPTIONS\\]|completion"
              + " bash\\|)");

  /** A page whose commands a test of its own follows, PyTorch's first: NewcomerTest. */
  private static final String BY_ANOTHER = "docs/onnx.md";

  /** How commands begin that are not run, as {@code page: command}, and why. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("README.md: mvn verify", "it runs this test"),
          Map.entry("docs/commands.md: gsig cohort", "hospital tables under a licence"),
          Map.entry("docs/commands.md: gsig completion fish", "fish is not everywhere"),
          Map.entry("docs/commands.md: source <(gsig completion zsh)", "for zsh"),
          Map.entry(
              "docs/commands.md: gsig train --cohort cohort --out MODEL --resume",
              "takes a training that was interrupted; TrainCommandTest has one"),
          Map.entry("docs/cost.md: bench/", "minutes of measuring"),
          Map.entry("docs/cost.md: BENCH_JAVA_OPTS=", "minutes of measuring"),
          Map.entry("docs/embed.md: ", ".ci/embed follows the page word for word"),
          Map.entry(
              "docs/hospital.md: bin/gsig cohort omop --jdbc", "takes a server; OmopDatabaseTest"),
          Map.entry(
              "docs/hospital.md: bin/gsig serve", "ends when it is stopped; ServeCommandTest"),
          Map.entry("docs/commands.md: gsig serve", "ends when it is stopped; ServeCommandTest"),
          Map.entry("docs/commands.md: head -1 demo/test.jsonl | curl", "asks that service"),
          Map.entry("docs/hospital.md: head -1 demo/test.jsonl | curl", "asks that service"),
          Map.entry("docs/hospital.md: curl", "asks that service; FhirServiceTest, AccessTest"),
          Map.entry("docs/hospital.md: openssl", "a secret for that service"),
          Map.entry("docs/hospital.md: keytool", "a key for that service; AccessTest"),
          Map.entry("docs/hospital.md: GSIG_KEYSTORE", "ends when it is stopped; AccessTest"),
          Map.entry("docs/import-a-checkpoint.md: python3", "takes PyTorch"),
          Map.entry(
              "docs/import-a-checkpoint.md: bin/gsig import --input checkpoint.pt ... ",
              "the dots stand for options"),
          Map.entry("docs/make-a-cohort.md: bin/gsig cohort mimic4", "tables under a licence"),
          Map.entry("docs/make-a-cohort.md: bin/gsig cohort meds", "tables under a licence"),
          Map.entry("docs/make-a-cohort.md: bin/gsig cohort physionet2012", "a download"),
          Map.entry(
              "docs/make-a-cohort.md: bin/gsig explain --model my-model", "takes that cohort"),
          Map.entry("docs/make-a-cohort.md: bin/gsig export", "takes its results; MedsExportTest"),
          Map.entry(
              "docs/commands.md: gsig export --in results.jsonl --meds",
              "the demo's subjects are called by no numbers; MedsExportTest"),
          Map.entry("docs/reproduce-and-verify.md: mvn", "it changes the committed digests"),
          Map.entry("docs/results.md: tools/demo_tables.sh", "minutes on two cores"),
          Map.entry("docs/results.md: python3", "takes what the command before it wrote"),
          Map.entry("docs/results.md: examples/", "hospital tables under a licence"),
          Map.entry("docs/results-icu.md: examples/", "hours, and a download"),
          Map.entry("docs/results-icu.md: python3", "takes what the command before it wrote"),
          Map.entry("docs/spark.md: bin/gsig-spark", "takes Spark; .ci/run runs it"),
          Map.entry("docs/train-a-model.md: bin/gsig evaluate", "minutes; docs/commands.md has it"),
          Map.entry("docs/tutorial.md: bin/gsig evaluate", "minutes; docs/commands.md has it"),
          Map.entry("docs/tutorial.md: java -jar synthea", "a download"),
          Map.entry("docs/use-a-gpu.md: bin/gsig explain --backend cuda", "takes a GPU"));

  /** What is there before a command that begins so: the files that the page leaves to readers. */
  private static final Map<String, String> GIVEN =
      Map.ofEntries(
          Map.entry(
              "README.md: bin/gsig import",
              "cp $behrt/{checkpoint.pt,vocab.json} .; cp $behrt/said.json config.json"),
          Map.entry("README.md: bin/gsig baseline", "cp $behrt/cohort.jsonl validation.jsonl"),
          Map.entry("README.md: bin/gsig explain", "cp $behrt/cohort.jsonl test.jsonl"),
          Map.entry(
              "docs/commands.md: gsig baseline",
              "cp -r demo/model MODEL; cp demo/validation.jsonl ."),
          Map.entry(
              "docs/commands.md: gsig import --input model.pt",
              "rm -r MODEL; cp $cases/torch-encoder/{model.pt,vocab.json} .;"
                  + " cp $cases/torch-encoder/said.json config.json"),
          Map.entry(
              "docs/commands.md: gsig import --input hf-folder",
              "rm -rf MODEL; cp -r $cases/bert-folder/folder hf-folder;"
                  + " cp $cases/bert-folder/check.npz ."),
          Map.entry(
              "docs/commands.md: gsig import --input model.onnx",
              "rm -rf MODEL; cp $graphs/decoder/{model.onnx,inputs.json,vocab.json} ."),
          Map.entry("docs/commands.md: gsig train", "rm -r MODEL; cp -r $cohort ."),
          Map.entry(
              "docs/commands.md: gsig completion bash >",
              "export HOME=$PWD; mkdir -p .local/share/bash-completion/completions"),
          Map.entry("docs/hospital.md: bin/gsig cohort omop --input", "cp -r $omop ."),
          Map.entry("docs/make-a-cohort.md: bin/gsig cohort omop", "cp -r $omop ."),
          Map.entry(
              "docs/import-a-checkpoint.md: bin/gsig info --model checkpoint.pt",
              "cp $behrt/{checkpoint.pt,vocab.pkl} ."),
          Map.entry(
              "docs/import-a-checkpoint.md: bin/gsig baseline",
              "cp $behrt/cohort.jsonl validation.jsonl; cp $behrt/cohort.jsonl test.jsonl"),
          Map.entry("docs/hospital.md: bin/gsig cohort fhir", "cp -r $given/fhir export"),
          Map.entry(
              "docs/import-a-checkpoint.md: cases=",
              "mkdir -p gsig/src/test/resources; ln -s $cases gsig/src/test/resources/import"),
          Map.entry(
              "docs/make-a-cohort.md: bin/gsig cohort synthea",
              "mkdir synthea; cp -r $synthea synthea/csv; sed -n 's/39156-5/8480-6/p'"
                  + " $synthea/observations.csv >> synthea/csv/observations.csv"),
          Map.entry(
              "docs/pipes.md: zcat cohort.jsonl.gz", "gzip < demo/test.jsonl > cohort.jsonl.gz"),
          Map.entry(
              "docs/read-the-scores.md: bin/gsig report",
              "cp -r demo/model MODEL_DIR; cp demo/test.jsonl cohort.jsonl; cp $results* ."),
          Map.entry("docs/reproduce-and-verify.md: bin/gsig verify", "cp $results* ."),
          Map.entry(
              "docs/reproduce-and-verify.md: bin/gsig explain",
              "cp -r demo/model MODEL; cp demo/test.jsonl some.jsonl"),
          Map.entry("docs/train-a-model.md: bin/gsig train", "cp -r $cohort COHORT_DIR"),
          Map.entry(
              "docs/tutorial.md: bin/gsig cohort synthea",
              "mkdir output; cp -r $synthea output/csv"));

  /** Before all: a demo of two patients, results of it, a cohort to train on. */
  private static final String BEGIN =
      """
      set -euo pipefail
      root=ROOT
      cases=$root/gsig/src/test/resources/import
      behrt=$cases/behrt
      graphs=$root/gsig/src/test/resources/graphs
      given=$PWD/../given
      synthea=$given/synthea
      omop=$given/omop
      cohort=$given/cohort
      results=$given/attributions.jsonl
      mkdir $given/demo
      cp -r $root/demo/model $given/demo
      for part in test validation; do
        head -n 2 $root/demo/$part.jsonl > $given/demo/$part.jsonl
      done
      page() { find . -mindepth 1 -delete; cp -r $given/demo .; ln -s ../bin bin; }
      page
      gsig explain --model demo/model --cohort demo/test.jsonl --out attributions.jsonl
      cp attributions.jsonl* $given
      gsig cohort synthea --input $synthea --task heart-failure --min-patients 10 --out $cohort
      """;

  @TempDir Path temp;

  /**
   * A command of a page.
   *
   * @param page relative to the project
   * @param text as it stands, on as many lines
   */
  private record Command(String page, String text) {
    boolean begins(String start) {
      return (page + ": " + text.replaceAll(" +", " ")).startsWith(start);
    }
  }

  @Test
  void everyCommandRunsOrIsLeftOutForAReason() throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder(BEGIN.replace("ROOT", ROOT.toString()));
    Set<String> used = new TreeSet<>();
    String page = "";
    int run = 0;
    for (Command command : commands()) {
      if (matches(LEFT_OUT, command, used) != null) {
        continue;
      }
      if (!command.page.equals(page)) {
        page = command.page;
        script.append("page\n");
      }
      String given = matches(GIVEN, command, used);
      script.append(given == null ? "" : given + "\n");
      script
          .append("printf '\\n== %s %s\\n' $SECONDS ")
          .append(quoted(page + ": " + command.text))
          .append('\n');
      script.append(command.text).append('\n');
      run++;
    }
    Set<String> unused = new TreeSet<>(LEFT_OUT.keySet());
    unused.addAll(GIVEN.keySet());
    unused.removeAll(used);
    assertThat(unused).as("rules that no command of the pages is meant by").isEmpty();
    assertThat(run).isGreaterThan(40);

    SyntheaTables.write(temp.resolve("given/synthea"), 200);
    SyntheaAsFhir.write(temp.resolve("given/synthea"), temp.resolve("given/fhir"));
    OmopFiles.write(temp.resolve("given/omop"), OmopFiles.tables(200));
    Path file = Files.writeString(temp.resolve("commands.sh"), script);
    Path log = temp.resolve("log.txt");
    List<String> options = List.of("-Dgsig.home=" + temp.resolve("given"));
    List<String> java = new ArrayList<>(Child.java(GsigShell.class, options));
    java.add(file.toString());
    Process shell =
        new ProcessBuilder(java)
            .directory(Files.createDirectory(temp.resolve("page")).toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = shell.waitFor(10, TimeUnit.MINUTES);
    shell.destroyForcibly();
    String said = Files.readString(log);
    int last = Math.max(said.lastIndexOf("\n== "), said.length() - 2000);
    assertThat(ended && shell.exitValue() == 0).as(said.substring(Math.max(0, last))).isTrue();
  }

  /** A block that calls gsig and is not marked would be looked over. */
  @Test
  void everyBlockOfCommandsIsMarked() throws IOException {
    for (Map.Entry<String, String> page : pages().entrySet()) {
      Matcher block = BLOCK.matcher(page.getValue());
      while (block.find()) {
        if (!block.group(1).equals("sh") && !page.getKey().equals(BY_ANOTHER)) {
          assertThat(CALL.matcher(block.group(2)).find())
              .as(
                  "%s has commands in a block that is not marked sh:\n%s",
                  page.getKey(), block.group())
              .isFalse();
        }
      }
    }
  }

  private static String matches(Map<String, String> rules, Command command, Set<String> used) {
    String found = null;
    for (Map.Entry<String, String> rule : rules.entrySet()) {
      if (command.begins(rule.getKey())) {
        assertThat(found).as("two rules for: %s", command).isNull();
        found = rule.getValue();
        used.add(rule.getKey());
      }
    }
    return found;
  }

  private static List<Command> commands() throws IOException {
    List<Command> commands = new ArrayList<>();
    for (Map.Entry<String, String> page : pages().entrySet()) {
      Matcher block = BLOCK.matcher(page.getValue());
      while (block.find()) {
        if (block.group(1).equals("sh")) {
          Stream.of(block.group(2).split("(?<!\\\\)\n"))
              .filter(line -> !line.startsWith("#"))
              .forEach(line -> commands.add(new Command(page.getKey(), line)));
        }
      }
    }
    return commands;
  }

  /** The texts of the pages, by their names relative to the project. */
  private static Map<String, String> pages() throws IOException {
    Map<String, String> pages = new LinkedHashMap<>();
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.sorted())
          .filter(page -> page.toString().endsWith(".md"))
          .forEach(page -> pages.put(name(page), Fixture.read(page)));
    }
    return pages;
  }

  private static String name(Path page) {
    return ROOT.relativize(page).toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
