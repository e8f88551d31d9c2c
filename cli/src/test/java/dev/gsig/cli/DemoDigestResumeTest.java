package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.FileHash;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a run and its resumption write for the first patients of the demo are the lines whose
 * digests are committed; see {@code DemoDigestTest}.
 */
class DemoDigestResumeTest {
  private static final Path DEMO = Path.of("..", "demo");
  private static final Path DIGESTS =
      Path.of("..", "gsig", "src", "test", "resources", "demo-digests.txt");
  private static final int PATIENTS = 8;

  @TempDir Path temp;

  @Test
  void theLinesOfAResumedRunAreTheCommittedOnes() {
    Path out = temp.resolve("out.jsonl");
    Path cohort = temp.resolve("cohort.jsonl");
    List<String> patients = Fixture.lines(DEMO.resolve("test.jsonl")).subList(0, PATIENTS);
    Fixture.write(cohort, String.join("\n", patients));
    explain(cohort, out, "--threads", 1);
    String whole = Fixture.read(out);
    int half = whole.indexOf('\n', whole.length() / 2);
    Fixture.write(out, whole.substring(0, half + 30));
    explain(cohort, out, "--threads", 3, "--resume");

    List<String> lines = Fixture.lines(out);
    List<String> digests = Fixture.lines(DIGESTS);
    assertThat(lines).hasSize(PATIENTS);
    for (int i = 0; i < PATIENTS; i++) {
      Path line = temp.resolve("line");
      Fixture.write(line, lines.get(i));
      assertThat(digests.get(i)).as(lines.get(i)).endsWith(" " + FileHash.sha256(line));
    }
  }

  private static void explain(Path cohort, Path out, Object... options) {
    Object[] args = {
      "explain",
      "--method",
      "gsig",
      "--model",
      DEMO.resolve("model"),
      "--cohort",
      cohort,
      "--out",
      out,
      "--backend"
    };
    Object[] all = new Object[args.length + 1 + options.length];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "simd";
    System.arraycopy(options, 0, all, args.length + 1, options.length);
    Cli.Outcome outcome = Cli.run(all);
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }
}
