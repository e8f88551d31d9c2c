package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Codes summed up by groups, from explain to export. */
class GroupsTest {
  /** Codes of the fixture begin with their kind; drugs are in no group. */
  private static final Map<String, String> KINDS = Map.of("l", "labs", "d", "diseases", "p", "p");

  @TempDir Path temp;
  private Fixture fixture;
  private Path groups;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
    groups = temp.resolve("groups.jsonl");
    StringBuilder lines = new StringBuilder();
    for (String code : Json.read(fixture.model.resolve("vocab.json")).keys()) {
      String kind = KINDS.get(code.substring(0, 1));
      if (kind != null) {
        lines.append("{\"code\":\"" + code + "\",\"group\":\"" + kind + "\"}\n");
      }
    }
    Fixture.write(groups, lines.toString());
  }

  private Cli.Outcome explain(Object... options) {
    List<Object> args = new ArrayList<>(List.of("--method", "ig", "--backend", "ejml"));
    args.addAll(List.of(options));
    return fixture.explain(args.toArray());
  }

  private static List<JsonObject> read(Path file) {
    return Fixture.lines(file).stream().map(line -> Json.object(line, "a line")).toList();
  }

  private static String kind(JsonObject token) {
    String kind = token.bool("known", true) ? KINDS.get(token.string("code").substring(0, 1)) : "";
    return kind == null ? "" : kind;
  }

  /** Against sums that are made here, of the tokens. */
  private static void assertSums(JsonObject result, List<JsonObject> groups) {
    Map<String, double[]> sums = new TreeMap<>();
    for (JsonObject token : result.objects("tokens")) {
      double[] sum = sums.computeIfAbsent(kind(token), k -> new double[3]);
      sum[0] += token.number("l2");
      sum[1] += token.number("signed");
      sum[2]++;
    }
    assertThat(groups).hasSameSizeAs(sums.keySet());
    double before = Double.POSITIVE_INFINITY;
    for (JsonObject group : groups) {
      String name = group.stringOrNull("group") == null ? "" : group.string("group");
      assertThat(group.number("l2")).isCloseTo(sums.get(name)[0], within(1e-9));
      assertThat(group.number("signed")).isCloseTo(sums.get(name)[1], within(1e-9));
      assertThat(group.integer("codes")).isEqualTo((int) sums.get(name)[2]);
      assertThat(Math.abs(group.number("signed"))).isLessThanOrEqualTo(before);
      before = Math.abs(group.number("signed"));
    }
  }

  @Test
  void explainSumsThemUp() {
    Cli.Outcome outcome = explain("--groups", groups);
    assertThat(outcome.code()).as(outcome.err()).isZero();

    int without = 0;
    int all = 0;
    for (JsonObject result : read(fixture.out)) {
      assertSums(result, result.objects("groups"));
      all += result.objects("tokens").size();
      without += (int) result.objects("tokens").stream().filter(t -> kind(t).isEmpty()).count();
    }
    assertThat(without).isPositive();
    assertThat(outcome.err())
        .contains("note: " + without + " of " + all + " codes are in no group");
  }

  @Test
  void exportHasThemAsATable() {
    assertThat(explain("--groups", groups).code()).isZero();
    Path table = temp.resolve("groups-table.jsonl");
    export(table);
    assertTable(table);
    List<String> own = Fixture.lines(table);

    // the same of results without groups
    assertThat(explain("--overwrite").code()).isZero();
    Cli.assertRefused(
        Cli.run("export", "--in", fixture.out, "--out", table, "--rows", "groups"),
        "has no groups; name them with --groups");
    export(table, "--groups", groups);
    assertTable(table);
    assertThat(Fixture.lines(table)).hasSameSizeAs(own);

    // and others
    export(table, "--groups", "atc");
    assertThat(read(table)).allMatch(row -> row.stringOrNull("group") == null);
    Cli.assertRefused(
        Cli.run("export", "--in", fixture.out, "--out", table, "--groups", "auto"),
        "--groups is for --rows groups");
  }

  private void export(Path table, Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("export", "--in", fixture.out, "--out", table, "--rows", "groups"));
    args.addAll(List.of(options));
    Cli.Outcome outcome = Cli.run(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  private void assertTable(Path table) {
    List<JsonObject> rows = read(table);
    assertThat(rows.get(0).keys()).containsExactly("subject_id", "group", "codes", "l2", "signed");
    for (JsonObject result : read(fixture.out)) {
      String id = result.string("subject_id");
      assertSums(result, rows.stream().filter(row -> row.string("subject_id").equals(id)).toList());
    }
  }

  @Test
  void resultsWithThemAreVerifiedAndContinued() {
    assertThat(explain("--groups", groups).code()).isZero();
    assertVerified();
    Cli.assertRefused(explain("--groups", "auto", "--resume"), "the results were made with groups");
    Cli.assertRefused(explain("--resume"), "the results were made with groups");

    Path moved = temp.resolve("moved.jsonl");
    assertThat(groups.toFile().renameTo(moved.toFile())).isTrue();
    Cli.assertRefused(Cli.run("verify", fixture.out), "groups.jsonl", "--groups");
    assertVerified("--groups", moved);
    Fixture.write(moved, Fixture.read(moved).replace("labs", "tests"));
    Cli.assertRefused(
        Cli.run("verify", fixture.out, "--groups", moved),
        "is not what the results were made with");

    assertThat(explain("--groups", "icd10,atc", "--overwrite").code()).isZero();
    assertVerified();
  }

  private void assertVerified(Object... options) {
    List<Object> args = new ArrayList<>(List.of("verify", fixture.out));
    args.addAll(List.of(options));
    Cli.Outcome outcome = Cli.run(args.toArray());
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  @Test
  void whatIsNoGroupsIsSaidInOneLine() {
    Cli.assertRefused(
        explain("--groups", "icd11"), "icd11: no such file, and not one of auto, icd10, icd9, atc");
    Fixture.write(groups, "code,group\n");
    Cli.assertRefused(explain("--groups", groups), "groups.jsonl, line 1");
  }
}
