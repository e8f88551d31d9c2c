package dev.gsig.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.gsig.ehr.InvalidInputException;
import org.junit.jupiter.api.Test;

/** Packages stand on each other one way, within a module, too: none reaches itself by others. */
class PackageCircleTest {
  /** Every package below {@code root}; a refusal of bad input may be thrown from everywhere. */
  private static ArchRule noCircleIn(String root) {
    return slices()
        .matching(root + ".(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(alwaysTrue(), type(InvalidInputException.class));
  }

  @Test
  void noPackagesFormACircle() {
    noCircleIn("dev.gsig").check(ClassFiles.ofTheEngine());
  }

  /** The rule can fail: these two packages use each other. */
  @Test
  void aCircleIsReported() {
    var circle =
        new ClassFileImporter()
            .importClasses(
                dev.gsig.architecture.circle.one.Chicken.class,
                dev.gsig.architecture.circle.two.Egg.class);
    assertThat(noCircleIn("dev.gsig.architecture.circle").evaluate(circle).hasViolation()).isTrue();
  }
}
