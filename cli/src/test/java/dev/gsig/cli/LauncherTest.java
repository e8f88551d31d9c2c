package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bin/gsig} and {@code bin/gsig-spark} find out before there is a JVM. */
@Tag("process")
@EnabledOnOs(OS.LINUX) // elsewhere a folder that somebody works in cannot be deleted
class LauncherTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"gsig", "gsig-spark"})
  void aWorkingFolderThatWasDeletedIsRefused(String launcher)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temp.resolve("gone"));
    String name = folder.toRealPath().toString();
    Path script = Path.of("..", "bin", launcher).toRealPath();
    Process run =
        new ProcessBuilder(
                "sh", "-c", "rmdir \"$PWD\" && exec \"$0\" version 2>&1", script.toString())
            .directory(folder.toFile())
            .start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(run.waitFor()).as(said).isEqualTo(2);
    // What the shell itself says of the folder comes before any line of ours.
    assertThat(said.lines().filter(line -> !line.startsWith("shell-init: ")))
        .singleElement()
        .asString()
        .isEqualTo(
            launcher
                + ": the working folder ("
                + name
                + ") was deleted or cannot be found; change to another one first (cd)");
  }
}
