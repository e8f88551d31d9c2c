package dev.gsig.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How JCuda's native library gets in, in a JVM of its own. Without a driver it is found and then
 * misses libcuda, which tells as much.
 */
class NativesTest {
  @TempDir Path temporary;

  /** What the child process runs; it is given the names of classes to load before. */
  public static final class Main {
    private Main() {}

    /** Prints what became of the library, where it came from and which properties were changed. */
    public static void main(String[] args) throws Exception {
      for (String loaded : args) {
        Class.forName(loaded);
      }
      Recorder properties = new Recorder();
      System.setProperties(properties);
      try {
        Natives.load();
        System.out.println("loaded");
      } catch (LinkageError e) {
        System.out.println(e);
      }
      try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
        maps.filter(line -> line.contains("JCudaDriver")).forEach(System.out::println);
      }
      System.out.println("changed: " + properties.changed);
    }
  }

  /** The system's properties, and which of them were touched since. */
  @SuppressWarnings("serial")
  private static final class Recorder extends Properties {
    private final transient List<Object> changed = new ArrayList<>();

    Recorder() {
      putAll(System.getProperties());
      changed.clear();
    }

    @Override
    public synchronized Object put(Object key, Object value) {
      if (changed != null) {
        changed.add(key);
      }
      return super.put(key, value);
    }

    @Override
    public synchronized Object setProperty(String key, String value) {
      changed.add(key);
      return super.setProperty(key, value);
    }

    @Override
    public synchronized Object remove(Object key) {
      changed.add(key);
      return super.remove(key);
    }
  }

  @BeforeEach
  void needsALibraryForThisPlatform() {
    assumeTrue(EmulatedDriver.hasLibraryOfJcuda(), "JCuda has no library for this platform");
  }

  @Test
  void theLibraryComesFromAPrivateFolderAndNoPropertyChanges() throws IOException {
    String output = run();
    assertThat(output)
        .contains(temporary.resolve("gsig-cuda").toString(), "libJCudaDriver", "changed: []");
    assertThat(temporary).as("deleted once loaded").isEmptyDirectory();
  }

  @Test
  void aProgramThatLoadsJcudaItselfIsLeftAlone() throws IOException {
    String output = run("jcuda.LibUtilsCuda");
    assertThat(output).contains("libJCudaDriver", "changed: []").doesNotContain("duplicate");
  }

  @Test
  void aFolderThatIsNotThereIsSaid() throws IOException {
    Files.delete(temporary);
    try {
      assertThat(run()).contains("java.lang.LinkageError", "-Djava.io.tmpdir=FOLDER");
    } finally {
      Files.createDirectory(temporary);
    }
  }

  private String run(String... loadedBefore) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(loadedBefore));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
