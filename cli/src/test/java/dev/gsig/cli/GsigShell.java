package dev.gsig.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A JVM of its own whose folder is that of a script of bash, and which is all the {@code gsig} that
 * the script has: {@code GsigShell SCRIPT}; it stands in a folder {@code bin} beside the script. A
 * call starts no JVM but tells this one its arguments and its process, whose standard streams this
 * one then opens as its own, which takes Linux. A script that changes its folder leaves this JVM
 * behind.
 */
final class GsigShell {
  private static final String CALL =
      """
      #!/usr/bin/env bash
      here=$(dirname -- "${BASH_SOURCE[0]}")
      printf '%s\\0' "$$" "$@" > "$here/calls"
      read -r code < "$here/codes"
      exit "$code"
      """;

  private GsigShell() {}

  /** Ends as the script does. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path bin = Files.createDirectories(Path.of(args[0]).resolveSibling("bin"));
    Path gsig = Files.writeString(bin.resolve("gsig"), CALL);
    if (!gsig.toFile().setExecutable(true)) {
      throw new IOException(gsig + " cannot be made executable");
    }
    Path calls = bin.resolve("calls");
    Path codes = bin.resolve("codes");
    new ProcessBuilder("mkfifo", calls.toString(), codes.toString()).inheritIO().start().waitFor();
    Thread answers = new Thread(() -> answer(calls, codes));
    answers.setDaemon(true);
    answers.start();
    ProcessBuilder bash = new ProcessBuilder("bash", args[0]).redirectErrorStream(true);
    bash.environment()
        .merge("PATH", bin.toAbsolutePath().toString(), (old, own) -> own + ":" + old);
    Process script = bash.start();
    script.getOutputStream().close();
    script.getInputStream().transferTo(System.out);
    System.exit(script.waitFor());
  }

  private static void answer(Path calls, Path codes) {
    try {
      while (true) {
        List<String> call = Arrays.asList(Files.readString(calls).split("\0", -1));
        Path streams = Path.of("/proc", call.get(0), "fd");
        int code = run(streams, call.subList(1, call.size() - 1).toArray(String[]::new));
        Files.writeString(codes, code + "\n");
      }
    } catch (IOException e) {
      e.printStackTrace();
      System.exit(70);
    }
  }

  private static int run(Path streams, String[] args) throws IOException {
    try (InputStream in = Files.newInputStream(streams.resolve("0"));
        PrintStream out = printer(streams.resolve("1"));
        PrintStream err = printer(streams.resolve("2"))) {
      return Main.run(args, new Terminal(in, out, err, 0, Terminal.DEFAULT_WIDTH));
    }
  }

  private static PrintStream printer(Path stream) throws IOException {
    return new PrintStream(new FileOutputStream(stream.toFile()), true, StandardCharsets.UTF_8);
  }
}
