package dev.gsig.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import dev.gsig.attribution.Model;
import dev.gsig.tensor.internal.Workers;
import org.junit.jupiter.api.Test;

/**
 * Attribution knows an explainable model; of the Transformer and of graphs know {@code Model} and
 * its networks alone. What happens along a path is mathematics, and knows neither; an evaluation
 * asks what any program may ask.
 */
class SeamTest {
  @Test
  void onlyModelFoldersKnowWhatComputesThem() throws ClassNotFoundException {
    Class<?> checksums = Class.forName("dev.gsig.attribution.BaselineInputs");
    Class<?> network = Class.forName("dev.gsig.attribution.Network");
    noClasses()
        .that(resideInAPackage("dev.gsig.attribution"))
        .and(not(belongToAnyOf(Model.class, checksums)))
        .and(not(assignableTo(network)))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.gsig.transformer.config..", "dev.gsig.transformer.internal.."))
        .orShould()
        .dependOnClassesThat(resideInAPackage("dev.gsig.importer.."))
        .check(ClassFiles.ofTheEngine());
  }

  @Test
  void anEvaluationComputesNothingOfTheModelItself() {
    noClasses()
        .that(resideInAPackage("dev.gsig.attribution.evaluation"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "dev.gsig.tensor..",
                    "dev.gsig.autodiff..",
                    "dev.gsig.transformer..",
                    "dev.gsig.importer..")
                .and(not(type(Workers.class))))
        .check(ClassFiles.ofTheEngine());
  }

  @Test
  void pathsKnowNoTensorsNoModelsAndNoRecords() {
    String path = "dev.gsig.attribution.path";
    String measure = "dev.gsig.attribution.internal.measure";
    String math = "dev.gsig.attribution.internal.math";
    classes()
        .that(resideInAPackage(path))
        .should(onlyDependOnClassesThat(resideInAnyPackage("", "java..", path, measure, math)))
        .check(ClassFiles.ofTheEngine());
    classes()
        .that(resideInAPackage(measure))
        .should(onlyDependOnClassesThat(resideInAnyPackage("", "java..", measure, math)))
        .check(ClassFiles.ofTheEngine());
  }
}
