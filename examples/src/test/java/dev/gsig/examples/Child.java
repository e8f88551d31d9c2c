package dev.gsig.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own, with this one's class path and no other option than those named. */
final class Child {
  private Child() {}

  /** What it printed. */
  record Output(int code, String out, String err) {}

  static ProcessBuilder of(List<String> options, Class<?> main, Object... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return new ProcessBuilder(command);
  }

  /** Runs to the end. */
  static Output run(Path scratch, List<String> options, Class<?> main, Object... args)
      throws IOException, InterruptedException {
    Path err = scratch.resolve("err.txt");
    Process process = of(options, main, args).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), out, Files.readString(err));
  }
}
