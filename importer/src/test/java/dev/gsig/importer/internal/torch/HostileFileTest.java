package dev.gsig.importer.internal.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gsig.ehr.InvalidInputException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files made to do harm: refused in one line, in bounded memory, and nothing happens. */
class HostileFileTest {
  private static final long MOST_BYTES = 400L << 20;

  @TempDir Path folder;

  static Stream<Arguments> pickles() {
    return Stream.of(
        Arguments.of("os.system", call("os", "system", "touch gsig-hostile")),
        Arguments.of("posix.system", call("posix", "system", "touch gsig-hostile")),
        Arguments.of("builtins.eval", call("builtins", "eval", "1")),
        Arguments.of("builtins.exec", call("builtins", "exec", "1")),
        Arguments.of("subprocess.Popen", call("subprocess", "Popen", "sh")),
        Arguments.of("torch.load", call("torch", "load", "other.pt")),
        Arguments.of(
            "torch.storage._load_from_bytes", call("torch.storage", "_load_from_bytes", "x")),
        Arguments.of(
            "dev.gsig.importer.internal.pickle.Global",
            call("dev.gsig.importer.internal.pickle", "Global", "x")),
        Arguments.of(
            "collections.OrderedDict.fromkeys", call("collections", "OrderedDict.fromkeys", "x")),
        // STACK_GLOBAL, which protocol 4 uses
        Arguments.of(
            "os.system",
            new Pickle().text("os").text("system").op(0x93).text("true").op(0x85, 'R')),
        // a call inside the arguments of a call
        Arguments.of(
            "builtins.getattr",
            new Pickle()
                .global("collections", "OrderedDict")
                .op('(')
                .raw(call("builtins", "getattr", "x").bytes())
                .op('t', 'R')),
        Arguments.of(
            "calls something that is no function",
            new Pickle().global("collections", "OrderedDict").op(')', 'R', ')', 'R')),
        Arguments.of("calls something that is no function", new Pickle().text("x").op(')', 'R')),
        Arguments.of("NEWOBJ", new Pickle().global("collections", "OrderedDict").op(')', 0x81)),
        Arguments.of(
            "NEWOBJ", new Pickle().global("collections", "OrderedDict").op(')', '}', 0x92)),
        Arguments.of("INST", new Pickle().op('(', 'i').line("os").line("system")),
        Arguments.of("OBJ", new Pickle().op('(').global("torch", "Size").op('o')),
        Arguments.of("EXT", new Pickle().op(0x82, 1)),
        Arguments.of("PERSID", new Pickle().op('P').line("0")),
        Arguments.of("NEXT_BUFFER", new Pickle().op(0x97)),
        Arguments.of("sets the state", new Pickle().text("x").op('}', 'b')),
        Arguments.of("unknown instruction", new Pickle().op(0xFE)),
        Arguments.of("protocol 99", new Pickle().op(0x80, 99)),
        Arguments.of("dictionary with keys", new Pickle().op('}', ']', 'N', 's')),
        Arguments.of(
            "unknown arguments",
            new Pickle().global("torch._utils", "_rebuild_tensor_v2").op(')', 'R')),
        Arguments.of(
            "list of pairs",
            new Pickle().global("collections", "OrderedDict").op(']', ']', 'a', 0x85, 'R')),
        // sizes that are not there
        Arguments.of("truncated", new Pickle().op('X').raw(Pickle.int4(Integer.MAX_VALUE))),
        Arguments.of("truncated", new Pickle().op('B').raw(Pickle.int4(-1))),
        Arguments.of("truncated", new Pickle().op(0x8D).raw(new byte[] {0, 0, 0, 0, 1, 0, 0, 0})),
        Arguments.of("truncated", new Pickle().op(0x8E, 255, 255, 255, 255, 255, 255, 255, 255)),
        Arguments.of("whole number", new Pickle().op(0x8B).raw(Pickle.int4(1 << 30))),
        Arguments.of("beyond its storage", tensor(6, 0, new long[] {2, 4}, new long[] {3, 1})),
        Arguments.of("beyond its storage", tensor(6, 5, new long[] {2}, new long[] {1})),
        Arguments.of("beyond its storage", tensor(6, -1, new long[] {1}, new long[] {1})),
        Arguments.of("impossible shape", tensor(6, 0, new long[] {-1}, new long[] {1})),
        Arguments.of("impossible shape", tensor(6, 3, new long[] {2}, new long[] {-1})),
        Arguments.of("overflows", tensor(6, 0, new long[] {1L << 40, 1L << 40}, new long[] {0, 0})),
        Arguments.of("elements on a storage", tensor(6, 0, new long[] {1L << 31}, new long[] {0})),
        Arguments.of("shape", tensor(6, 0, new long[] {2, 3}, new long[] {1})),
        Arguments.of("has 24 bytes", tensor(1L << 40, 0, new long[] {1}, new long[] {1})),
        Arguments.of("has 24 bytes", tensor(Long.MAX_VALUE, 0, new long[] {1}, new long[] {1})),
        Arguments.of("is missing", new Pickle().storage("FloatStorage", "../../../etc/passwd", 1)),
        Arguments.of("is missing", new Pickle().storage("FloatStorage", "1", 1)),
        Arguments.of("no storage", new Pickle().text("/etc/passwd").op('Q')),
        Arguments.of("no storage", new Pickle().op('N', 'Q')));
  }

  private static Pickle call(String module, String name, String argument) {
    return new Pickle().global(module, name).text(argument).op(0x85, 'R');
  }

  private static Pickle tensor(long elements, long offset, long[] shape, long[] strides) {
    return new Pickle().tensor("FloatStorage", "0", elements, offset, shape, strides);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pickles")
  void aPickleThatIsMoreThanDataIsRefusedByName(String named, Pickle value) {
    Path file = Archive.of(Pickle.holding(value)).write(folder);
    assertRefused(file, named);
    assertThat(Path.of("gsig-hostile")).doesNotExist();
  }

  /** What would run code is refused beside weights, too, whether it is needed or not. */
  @Test
  void aCallThatWouldRunCodeIsRefusedBesideSoundWeights() {
    for (String[] name :
        new String[][] {
          {"os", "system"},
          {"builtins", "eval"},
          {"subprocess", "Popen"},
          {"importlib", "import_module"},
          {"torch", "load"},
          {"torch.hub", "load"},
          {"torch.storage", "_load_from_bytes"},
          {"shutil", "rmtree"},
          {"collections", "OrderedDict.fromkeys"}
        }) {
      Pickle more = new Pickle().op('}', '(').text("b").raw(call(name[0], name[1], "x").bytes());
      Pickle both =
          more.text("a")
              .op('}')
              .text("w")
              .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
              .op('s', 'u', '.');
      Path file = Archive.of(Pickle.protocol2().raw(both.bytes())).write(folder);
      assertRefused(file, "it names " + name[0] + "." + name[1]);
    }
  }

  /** What is not known is a name: calls, states and items of it change nothing. */
  @Test
  void whatIsNotKnownIsPassedOver() {
    Pickle unknown =
        new Pickle()
            .op('(', ']') // a list of
            .raw(call("my.training", "Settings", "x").op('}', 'b').bytes()) // its state
            .op('a')
            .global("my.training", "Callback")
            .op(')', 0x81) // an object
            .global("my.training", "Callback")
            .op(')', '}', 0x92)
            .text("k")
            .text("v")
            .op('s', 't'); // and items of it
    Pickle both =
        Pickle.protocol2()
            .op('}', '(')
            .text("run")
            .raw(unknown.bytes())
            .text("a")
            .op('}')
            .text("w")
            .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1})
            .op('s', 'u', '.');
    try (TorchFile file = TorchFile.open(Archive.of(both).write(folder), null)) {
      assertThat(file.names()).containsExactly("w");
    }
  }

  @Test
  void aFileThatIsSoundIsRead() {
    try (TorchFile file = TorchFile.open(Archive.of(Pickle.stateDict()).write(folder), null)) {
      assertThat(file.names()).containsExactly("a", "b");
      assertThat(file.read("a")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(file.read("b")).containsExactly(0, 3, 1, 4, 2, 5);
    }
  }

  /** Small in the file, endless when followed: lists that hold each other, copies of copies. */
  @Test
  void billionLaughs() {
    Pickle value = new Pickle().op('(', ']').text("ha").op('a', 'q', 0);
    for (int level = 0; level < 100; level++) {
      value.op(']', '(');
      for (int i = 0; i < 10; i++) {
        value.op('h', level);
      }
      value.op('e', 'q', level + 1);
    }
    value.op('l');
    assertRefused(Archive.of(Pickle.holding(value)).write(folder), "no tensors by name");
    Pickle self = new Pickle().op('}', 'q', 0).text("x").op('h', 0, 's');
    assertRefused(Archive.of(Pickle.holding(self)).write(folder), "no tensors by name");
  }

  /** One list, copied by every call that turns it into a dictionary. */
  @Test
  void repeatedCopies() {
    Pickle value = new Pickle().op(']', '(');
    for (int i = 0; i < 20_000; i++) {
      value.integer(i).op('N', 0x86);
    }
    value.op('e', 'q', 1).op(']');
    for (int i = 0; i < 20_000; i++) {
      value.global("collections", "OrderedDict").op('h', 1, 0x85, 'R', 'a');
    }
    assertRefused(Archive.of(Pickle.holding(value)).write(folder), "objects");
  }

  @Test
  void manyObjects() {
    byte[] lists = new byte[5_000_000];
    Arrays.fill(lists, (byte) ']');
    Path file = Archive.of(Pickle.protocol2().raw(lists).op('.')).write(folder);
    assertRefused(file, "more than 4000000 objects");
  }

  @Test
  void deepNesting() {
    byte[] tuples = new byte[1_000_000];
    Arrays.fill(tuples, (byte) 0x85);
    Path file = Archive.of(Pickle.protocol2().op('N').raw(tuples).op('.')).write(folder);
    assertRefused(file, "no tensors by name");
  }

  @Test
  void aZipBombIsNotUnpacked() {
    Archive bomb = Archive.of(Pickle.stateDict()).with("model/data/1", new byte[64 << 20]);
    assertRefused(bomb.deflated().write(folder), "is compressed");
  }

  @Test
  void namesThatLeadOutside() {
    for (String name :
        new String[] {
          "../../etc/cron.d/x", "/etc/passwd", "model/data/../../../x", "model\\..\\x", ".."
        }) {
      Archive archive = Archive.of(Pickle.stateDict()).with(name, new byte[1]);
      assertRefused(archive.write(folder), "leads outside");
    }
  }

  @Test
  void archivesOfOtherKinds() {
    assertRefused(new Archive().with("a/b.txt", new byte[3]).write(folder), "no data.pkl");
    Archive script = Archive.of(Pickle.stateDict()).with("model/constants.pkl", new byte[3]);
    assertRefused(script.write(folder), "TorchScript");
  }

  @Test
  void aDamagedStorageIsNoticed() {
    Path file = Archive.of(Pickle.stateDict()).write(folder);
    byte[] bytes = Archive.bytes(file);
    int at = indexOf(bytes, new byte[] {0, 0, (byte) 0x80, 0x3F});
    bytes[at] ^= 1;
    Archive.write(file, bytes);
    try (TorchFile damaged = TorchFile.open(file, null)) {
      assertThatThrownBy(() -> damaged.read("a"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("model/data/0")
          .hasMessageContaining("damaged");
    }
  }

  private static int indexOf(byte[] bytes, byte[] pattern) {
    for (int i = 0; ; i++) {
      if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i;
      }
    }
  }

  @Test
  void truncatedAtEveryHundredth() {
    Path file = Archive.of(Pickle.stateDict()).write(folder);
    byte[] bytes = Archive.bytes(file);
    for (int percent = 0; percent < 100; percent++) {
      Archive.write(file, Arrays.copyOf(bytes, bytes.length * percent / 100));
      assertRefused(file, "");
    }
  }

  /** Bytes changed, removed, repeated: a clean refusal, or a file that is still sound. */
  @Test
  void tenThousandMutations() {
    Path file = Archive.of(Pickle.stateDict()).write(folder);
    byte[] sound = Archive.bytes(file);
    Random random = new Random(6);
    int refused = 0;
    for (int round = 0; round < 10_000; round++) {
      Archive.write(file, mutated(sound, random));
      try (TorchFile opened = TorchFile.open(file, null)) {
        opened.names().forEach(opened::read);
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      }
    }
    assertThat(refused).isBetween(5_000, 10_000);
  }

  /** Mutations inside the pickle alone, whose checksum is made to fit. */
  @Test
  void tenThousandMutationsOfThePickle() {
    byte[] sound = Pickle.stateDict().bytes();
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 10_000; round++) {
      Path file = Archive.of(new Pickle().raw(mutated(sound, random))).write(folder);
      try (TorchFile opened = TorchFile.open(file, null)) {
        opened.names().forEach(opened::read);
      } catch (InvalidInputException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(5_000, 10_000);
  }

  private static byte[] mutated(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> {
          int length = Math.min(bytes.length - at, 1 + random.nextInt(8));
          int from = random.nextInt(bytes.length - length + 1);
          System.arraycopy(sound, from, bytes, at, length);
        }
        default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xFF);
      }
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static void assertRefused(Path file, String named) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    assertThatThrownBy(() -> TorchFile.open(file, null).close())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(named)
        .extracting(Throwable::getMessage)
        .asString()
        .hasLineCount(1)
        .hasSizeLessThan(600);
    long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    assertThat(after - before).isLessThan(MOST_BYTES);
    assertThat(Files.exists(file)).isTrue();
  }
}
