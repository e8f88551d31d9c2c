package dev.gsig.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the poms promise to programs that embed gsig. */
class PublishedModulesTest {
  private static final Path ROOT = Path.of("..");

  /** Modules that are built and not published. */
  private static final Set<String> UNPUBLISHED = Set.of("bench", "examples");

  private static String read(Path pom) {
    try {
      return Files.readString(pom);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> all(String pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static String parent() {
    return read(ROOT.resolve("pom.xml"));
  }

  /** Those of every build, not of a profile. */
  private static List<String> modules() {
    String parent = parent();
    return all("<module>([^<]+)</module>", parent.substring(0, parent.indexOf("<properties>")));
  }

  /** Two jars of one module name cannot be on one module path. */
  @Test
  void everyJarHasAnAutomaticModuleNameOfItsOwn() {
    assertThat(parent()).contains("<Automatic-Module-Name>${gsig.module.name}<");
    Set<String> names = new HashSet<>();
    for (String module : modules()) {
      String pom = read(ROOT.resolve(module).resolve("pom.xml"));
      assertThat(all("<gsig.module.name>([^<]+)<", pom))
          .as(module)
          .singleElement()
          .satisfies(
              name -> {
                assertThat(name).matches("dev\\.gsig(\\.[a-z]+)+");
                assertThat(names.add(name)).as("%s is taken", name).isTrue();
              });
    }
  }

  /**
   * What the parent cannot say for them; {@code .ci/release} reads the POMs as they are released.
   */
  @Test
  void everyModuleSaysWhatItIsAndThoseUnpublishedAreNotDeployed() {
    for (String module : modules()) {
      String pom = read(ROOT.resolve(module).resolve("pom.xml"));
      assertThat(all("<name>([^<]+)</name>", pom)).as(module).isNotEmpty();
      assertThat(all("<description>([^<]+)</description>", pom)).as(module).isNotEmpty();
      assertThat(pom.contains("<maven.deploy.skip>true<"))
          .as(module)
          .isEqualTo(UNPUBLISHED.contains(module));
    }
  }

  @Test
  void theBillOfMaterialsHasEveryPublishedArtifact() {
    String bom = read(ROOT.resolve("release").resolve("bom").resolve("pom.xml"));
    Set<String> published = new TreeSet<>();
    for (String module : modules()) {
      if (!UNPUBLISHED.contains(module)) {
        String pom = read(ROOT.resolve(module).resolve("pom.xml"));
        published.add(all("</parent>\\s*<artifactId>([^<]+)<", pom).get(0));
      }
    }
    String managed = bom.substring(bom.indexOf("<dependencies>"), bom.indexOf("</dependencies>"));
    assertThat(all("<artifactId>([^<]+)<", managed)).containsExactlyElementsOf(published);
    assertThat(bom)
        .as("what leaves the parent out of what is published")
        .contains("flatten-maven-plugin");
  }
}
