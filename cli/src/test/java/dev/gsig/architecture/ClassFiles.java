package dev.gsig.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** What the tests of this package read: the class files of every module, read once. */
final class ClassFiles {
  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // in a build that packages, the tests of other modules come in jars
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.gsig");

  private ClassFiles() {}

  /** All classes of the modules, tests left out. */
  static JavaClasses ofTheEngine() {
    return ENGINE;
  }
}
