package dev.gsig.cli;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the heap holds while patients go by, in a JVM that {@link FlatMemoryTest} starts: {@code
 * HeapOverARun COHORT EVERY ARGUMENTS} runs the command line with the cohort on standard input, and
 * prints the bytes after a full collection each time that {@code EVERY} more patients were read.
 */
final class HeapOverARun {
  private HeapOverARun() {}

  /** Ends with the exit code of the command. */
  public static void main(String[] args) throws IOException {
    List<Long> bytes = new ArrayList<>();
    int code;
    try (Stream<String> lines = Files.lines(Path.of(args[0]));
        InputStream in = new Patients(lines.iterator(), Integer.parseInt(args[1]), bytes)) {
      String[] command = List.of(args).subList(2, args.length).toArray(String[]::new);
      Terminal terminal = new Terminal(in, System.out, System.err, 0, Terminal.DEFAULT_WIDTH);
      code = Main.run(command, terminal);
    }
    bytes.forEach(b -> System.out.println("heap: " + b));
    System.exit(code);
  }

  /** One patient a read, and a look at the heap now and then. */
  private static final class Patients extends FilterInputStream {
    private final Iterator<String> lines;
    private final int every;
    private final List<Long> bytes;
    private int patients;

    Patients(Iterator<String> lines, int every, List<Long> bytes) {
      super(new ByteArrayInputStream(new byte[0]));
      this.lines = lines;
      this.every = every;
      this.bytes = bytes;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (in.available() == 0 && lines.hasNext()) {
        in = new ByteArrayInputStream((lines.next() + "\n").getBytes(StandardCharsets.UTF_8));
        if (++patients % every == 0) {
          bytes.add(heap());
        }
      }
      return in.read(buffer, offset, length);
    }

    private static long heap() {
      System.gc();
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
  }
}
