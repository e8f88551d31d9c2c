package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --cohort -} and {@code --out -}. */
class PipeTest {
  @TempDir Path temp;
  private Fixture fixture;

  @BeforeEach
  void prepare() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  private List<Object> explain(Object cohort, Object out) {
    return List.of(
        "explain", "--model", fixture.model, "--cohort", cohort, "--out", out, "--steps", 6);
  }

  @Test
  void theBytesAreThoseOfFiles() throws IOException {
    assertThat(fixture.explain().code()).isZero();

    Cli.Outcome piped = Cli.pipe(Fixture.read(fixture.cohort), explain("-", "-").toArray());

    assertThat(piped.code()).as(piped.err()).isZero();
    assertThat(piped.out()).isEqualTo(Files.readString(fixture.out));
    assertThat(piped.errLines())
        .last()
        .asString()
        .startsWith("gsig: 3 patients explained")
        .endsWith("results in standard output");
    assertThat(temp.resolve("-")).doesNotExist();
    assertThat(Path.of("-.provenance.json")).doesNotExist();
  }

  /** Each end by itself; a file as the other one has its side file, and says where it came from. */
  @Test
  void eitherEndMayBeAFile() {
    Cli.Outcome in = Cli.pipe(Fixture.read(fixture.cohort), explain("-", fixture.out).toArray());
    assertThat(in.code()).as(in.err()).isZero();
    assertThat(in.out()).isEmpty();
    assertThat(Json.read(fixture.provenance()).string("cohort")).isEqualTo("standard input");

    Cli.Outcome out = Cli.run(explain(fixture.cohort, "-").toArray());
    assertThat(out.code()).as(out.err()).isZero();
    assertThat(out.out()).isEqualTo(Fixture.read(fixture.out));
  }

  @Test
  void anInterruptedRunIsResumedFromAPipe() {
    assertThat(fixture.explain().code()).isZero();
    String whole = Fixture.read(fixture.out);
    Fixture.write(fixture.out, whole.substring(0, whole.indexOf('\n') + 10));

    List<Object> args = new ArrayList<>(explain("-", fixture.out));
    args.add("--resume");
    Cli.Outcome resumed = Cli.pipe(Fixture.read(fixture.cohort), args.toArray());

    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(fixture.out).hasContent(whole);
  }

  /** Memory does not grow with what comes in, and nobody waits for the last patient. */
  @Test
  void resultsLeaveWhilePatientsComeIn() {
    fixture.repeatCohort(5);
    String[] patients = Fixture.read(fixture.cohort).split("(?<=\n)");
    StringBuilder seen = new StringBuilder();
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            seen.append((char) b);
          }
        };
    StringBuilder atEndOfInput = new StringBuilder();
    InputStream in =
        new InputStream() {
          private int next;

          @Override
          public int read() {
            throw new AssertionError("read one by one");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (next == patients.length) {
              atEndOfInput.append(seen);
              return -1;
            }
            byte[] line = patients[next++].getBytes(StandardCharsets.UTF_8);
            System.arraycopy(line, 0, bytes, offset, line.length);
            return line.length;
          }
        };
    List<Object> args = new ArrayList<>(explain("-", "-"));
    args.addAll(List.of("--threads", 1));
    int code = run(in, out, args);

    assertThat(code).isZero();
    assertThat(atEndOfInput.toString()).contains("\"r0-0\"");
    assertThat(seen.toString().lines()).hasSize(15);
  }

  @Test
  void aReaderThatLeavesIsSaidInOneLine() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    InputStream in =
        new ByteArrayInputStream(Fixture.read(fixture.cohort).getBytes(StandardCharsets.UTF_8));
    int code =
        run(in, closed, new PrintStream(err, true, StandardCharsets.UTF_8), explain("-", "-"));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("standard output: cannot be written: nobody reads it any more");
  }

  private static int run(InputStream in, OutputStream out, List<Object> args) {
    return run(in, out, new PrintStream(OutputStream.nullOutputStream()), args);
  }

  private static int run(InputStream in, OutputStream out, PrintStream err, List<Object> args) {
    Terminal terminal =
        new Terminal(in, new PrintStream(out, false, StandardCharsets.UTF_8), err, 0, 80);
    return Main.run(args.stream().map(String::valueOf).toArray(String[]::new), terminal);
  }

  @Test
  void aBadLineIsNamedByItsNumber() {
    Cli.Outcome outcome =
        Cli.pipe(Fixture.read(fixture.cohort) + "{\n", explain("-", "-").toArray());

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.outLines()).hasSize(3);
    assertThat(outcome.errLines())
        .singleElement()
        .asString()
        .startsWith("gsig: standard input, line 4: ");
  }

  @Test
  void nothingIsACohortNeither() {
    Cli.Outcome outcome = Cli.pipe("", explain("-", "-").toArray());

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("standard input: the cohort is empty");
  }

  @Test
  void whatNeedsAFileSaysSo() {
    List<Object> resume = new ArrayList<>(explain("-", "-"));
    resume.add("--resume");
    assertRefused("--resume needs the earlier results, so --out must name a file", resume);

    List<Object> report = new ArrayList<>(explain("-", "-"));
    report.addAll(List.of("--report", temp.resolve("report.html")));
    assertRefused("standard output: --report and --plots read the results again", report);
  }

  private void assertRefused(String message, List<Object> args) {
    Cli.Outcome outcome = Cli.pipe(Fixture.read(fixture.cohort), args.toArray());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errLines()).singleElement().asString().contains(message);
  }

  @Test
  void theOtherCommandsReadPipesToo() {
    byte[] fromFile = bytes(fixture.baseline());
    Cli.Outcome baseline =
        Cli.pipe(
            Fixture.read(fixture.validation),
            "baseline",
            "--model",
            fixture.model,
            "--cohort",
            "-");
    assertThat(baseline.code()).as(baseline.err()).isZero();
    assertThat(bytes(fixture.baseline())).isEqualTo(fromFile);

    Object[] study = {
      "study", "--model", fixture.model, "--steps", "4", "--patients", "2", "--cohort"
    };
    Object[] piped = Arrays.copyOf(study, study.length + 1);
    piped[study.length] = "-";
    Object[] named = piped.clone();
    named[study.length] = fixture.cohort;
    Cli.Outcome of = Cli.pipe(Fixture.read(fixture.cohort), piped);
    assertThat(of.code()).as(of.err()).isZero();
    assertThat(of.out()).isEqualTo(Cli.run(named).out());
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
