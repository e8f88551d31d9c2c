package outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.autodiff.GradientChecker;
import dev.gsig.autodiff.Operation;
import dev.gsig.autodiff.Tape;
import dev.gsig.autodiff.Variable;
import dev.gsig.autodiff.op.MatMul;
import dev.gsig.tensor.Backend;
import dev.gsig.tensor.Backends;
import dev.gsig.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code docs/autodiff.md}, compiled as they stand there, and run. */
class AutodiffPageTest {
  private static final Pattern PROGRAM =
      Pattern.compile("`(\\w+)\\.java`:\n```java\n(.*?)```\n", Pattern.DOTALL);

  @TempDir private static Path folder;
  private static URLClassLoader loader;
  private static String network;

  @BeforeAll
  static void compile() throws IOException {
    Matcher program = PROGRAM.matcher(Files.readString(Path.of("../docs/autodiff.md")));
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-Xlint:all,-path", "-Werror"));
    arguments.addAll(List.of("-d", folder.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    while (program.find()) {
      Path source = folder.resolve(program.group(1) + ".java");
      Files.writeString(source, program.group(2));
      arguments.add(source.toString());
      network = network == null ? program.group(2) : network;
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream problems = new ByteArrayOutputStream();
    int failed = compiler.run(null, problems, problems, arguments.toArray(String[]::new));
    assertThat(failed).as(problems.toString(StandardCharsets.UTF_8)).isZero();
    loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
  }

  @AfterAll
  static void close() throws IOException {
    loader.close();
  }

  @Test
  void theNetworkIsOfFortyLines() {
    assertThat(network.lines().count()).isLessThanOrEqualTo(40);
    assertThat(network.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void theNetworkLearnsAndItsGradientIsRight() throws ReflectiveOperationException {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Class<?> program = loader.loadClass("Xor");
      program.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(console);
    }
    List<Double> numbers =
        printed
            .toString(StandardCharsets.UTF_8)
            .lines()
            .map(line -> Double.valueOf(line.split(" ")[1]))
            .toList();
    assertThat(numbers).hasSize(202);
    assertThat(numbers.get(0)).isLessThan(1e-9);
    assertThat(numbers.get(1)).isBetween(0.6, 1.2);
    assertThat(numbers.get(201)).isLessThan(0.02);
  }

  private static Operation sine() {
    try {
      return (Operation) loader.loadClass("Sine").getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Sine", e);
    }
  }

  @Test
  void anOperationFromOutsideHasARightRule() {
    double[] values = new Random(3).doubles(30, -4, 4).toArray();
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      Shape shape = new Shape(2, 3, 5);
      double[] y = tape.constant(shape, values).then(sine()).values();
      for (int i = 0; i < y.length; i++) {
        assertThat(y[i]).isEqualTo(Math.sin(values[i]));
      }
      double worst =
          new GradientChecker(backend, 1)
              .worstDeviation(
                  (t, in) -> in.get(0).then(new MatMul(), in.get(1).then(sine())),
                  List.of(new Shape(2, 3, 5), Shape.matrix(5, 4)),
                  List.of(values, new Random(4).doubles(20, -4, 4).toArray()));
      assertThat(worst).isLessThan(1e-6);
    }
  }

  @Test
  void anOperationFromOutsideIsNamedWhenItFails() {
    try (Backend backend = Backends.open("ejml");
        Tape tape = new Tape(backend)) {
      assertThatThrownBy(() -> tape.apply(sine(), new Variable[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Sine of nothing: it does not take 0 arguments");
    }
  }
}
