package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.attribution.path.MethodOption;
import dev.gsig.attribution.path.PathMethod;
import dev.gsig.attribution.path.PathMethods;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

/** Every option that says how to explain, with every method: it is used, or refused. */
class MethodOptionsTest {
  @TempDir static Path temp;

  private static Fixture fixture;

  @BeforeAll
  static void model() {
    fixture = Fixture.withBaseline(Fixture.MULTIMODAL, temp);
  }

  /** A command of these options alone. */
  @CommandLine.Command
  private static final class Flags {
    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Mixin
    private ExplanationFlags flags;
  }

  /** A value that is not the default. */
  private static Object value(MethodOption option) {
    return switch (option) {
      case STEPS -> 7;
      case THETA -> "list:0.3,3";
      case THETA_SEARCH -> "exact";
      case THETA_CURVE -> "full";
      case LAMBDA_GROUP -> 0;
      case LAMBDA_L1 -> 3;
      case MAX_COMPLETENESS_GAP -> 0.01;
      case QUADRATURE -> "midpoint";
      case TOLERANCE -> 1e-5;
      case ATTRIBUTION -> "shared";
      case BASELINE -> "zero";
      case REFERENCE_PATIENT -> "v1";
      case TABULAR_BASELINE -> "self";
      case BASELINE_FILE -> fixture.baseline();
      case REFERENCES -> fixture.cohort;
      case REFERENCE_COUNT -> 1;
      case PERMUTATIONS -> 5;
      case SEED -> 2;
    };
  }

  /** What a method needs beside an option. */
  private static List<Object> company(PathMethod method, MethodOption option) {
    List<Object> args = new ArrayList<>(List.of("--method", method.label(), "--overwrite"));
    if (method == PathMethods.EXPECTED_GRADIENTS && option != MethodOption.REFERENCES) {
      args.addAll(List.of("--references", fixture.validation));
    }
    if (option == MethodOption.TOLERANCE && method == PathMethods.GSIG) {
      args.addAll(List.of("--attribution", "shared"));
    }
    if (option == MethodOption.LAMBDA_GROUP) {
      args.addAll(List.of("--lambda-l1", 1));
    }
    return args;
  }

  /** What goes with an option and would be refused without it. */
  private static Object[] beside(MethodOption option) {
    return option == MethodOption.REFERENCE_PATIENT
        ? new Object[] {"--" + option.label(), value(option), "--references", fixture.validation}
        : new Object[] {"--" + option.label(), value(option)};
  }

  private static Cli.Outcome explain(List<Object> args, Object... more) {
    return fixture.explain(Stream.concat(args.stream(), Arrays.stream(more)).toArray());
  }

  @ParameterizedTest
  @EnumSource(MethodOption.class)
  void isUsedOrRefused(MethodOption option) {
    String name = "--" + option.label();
    for (PathMethod method : PathMethods.named()) {
      List<Object> company = company(method, option);
      if (!option.isUsedBy(method)) {
        company.remove("--lambda-l1");
        company.remove((Object) 1);
        Cli.Outcome refused = explain(company, name, value(option));
        assertThat(refused.code()).as("%s with %s", name, method).isEqualTo(2);
        assertThat(refused.errLines())
            .singleElement()
            .asString()
            .contains(name + " is for --method ", method.label() + " makes no use of it");
        continue;
      }
      if (option != MethodOption.REFERENCES) {
        Cli.Outcome without = explain(company);
        assertThat(without.code()).as(without.err()).isZero();
      }
      List<String> before =
          option == MethodOption.REFERENCES ? List.of() : Fixture.lines(fixture.out);
      Cli.Outcome with = explain(company, beside(option));
      assertThat(with.code()).as(with.err()).isZero();
      if (option != MethodOption.BASELINE_FILE && option != MethodOption.THETA_CURVE) {
        assertThat(Fixture.lines(fixture.out)).as("%s with %s", name, method).isNotEqualTo(before);
      }
    }
  }

  /** A new option has to be decided on: the table lists it, or every method uses it. */
  @Test
  void everyOptionIsInTheTableOrUsedByAll() {
    List<String> all =
        new CommandLine(new Flags())
            .getCommandSpec().options().stream().map(OptionSpec::longestName).toList();
    List<String> usedByAll =
        List.of("--threads", "--method", "--target", "--class", "--fixed", "--value-baseline");
    List<String> table =
        Arrays.stream(MethodOption.values()).map(option -> "--" + option.label()).toList();
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(usedByAll.stream(), table.stream()).toList());
  }

  @Test
  void aDefaultThatIsSpeltOutIsNoLessAskedFor() {
    Cli.Outcome refused = fixture.explain("--method", "ig", "--lambda-l1", "0");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--lambda-l1 is for --method gsig");
    assertThat(fixture.explain("--theta", "2", "--theta-search", "exact").err())
        .contains("--theta-search chooses among several thetas");
  }

  @Test
  void aToleranceIsNoUseToAFullSum() {
    Cli.Outcome refused = fixture.explain("--method", "gsig", "--tolerance", "0.001");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("--tolerance is of what is read off shared nodes", "add --attribution shared");
    Cli.Outcome exact =
        fixture.explain("--attribution", "shared", "--theta-search", "exact", "--overwrite");
    assertThat(exact.code()).isEqualTo(2);
    assertThat(exact.err()).contains("needs a shared search");
  }

  @Test
  void meansThatNobodyStartsFromAreRefused() {
    Cli.Outcome refused =
        fixture.explain(
            "--overwrite",
            "--baseline",
            "zero",
            "--tabular-baseline",
            "zero",
            "--baseline-file",
            fixture.baseline());
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("no baseline that is asked for starts from the means");
  }

  @Test
  void aModelWithoutValuesIsNotToldWhereTheyStart() {
    Cli.Outcome refused = fixture.explain("--value-baseline", "zero", "--overwrite");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("reads no values beside the codes; leave out --value-baseline zero");
  }

  /** What is advised can be done with the method. */
  @Test
  void theAdviceOnLargeGapsFitsTheMethod() {
    Cli.Outcome gsig = fixture.explain("--steps", 2, "--overwrite");
    assertThat(gsig.err()).contains("--max-completeness-gap 0.05 bounds it, more --steps lower it");
    Cli.Outcome ig = fixture.explain("--steps", 2, "--method", "ig", "--overwrite");
    assertThat(ig.err())
        .contains(
            "(the completeness gap); --tolerance in place of a fixed rule, or more --steps, lowers"
                + " it")
        .doesNotContain("--max-completeness-gap");
    Cli.Outcome coarse =
        fixture.explain("--tolerance", 0.9, "--method", "ig", "--baseline", "zero", "--overwrite");
    assertThat(coarse.code()).as(coarse.err()).isZero();
    Cli.Outcome both = fixture.explain("--steps", 2, "--tolerance", 0.1, "--method", "ig");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--tolerance", "--steps", "give one of the two");
    Cli.Outcome one = fixture.explain("--steps", 2, "--theta", "0.2", "--overwrite");
    assertThat(one.err()).contains("(the completeness gap); more --steps lower it");
  }
}
