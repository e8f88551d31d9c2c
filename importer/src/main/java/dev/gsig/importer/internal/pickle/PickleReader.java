package dev.gsig.importer.internal.pickle;

import dev.gsig.ehr.internal.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/**
 * Reads a pickle of protocol 0 to 5 as data. Values become {@code Long}, {@code BigInteger}, {@code
 * Double}, {@code Boolean}, {@code String}, {@code byte[]}, {@link #NONE}, {@code List} (list,
 * tuple, set), {@code Map} (in order), {@link Global}, {@link Opaque}, and whatever the {@link
 * Rules} make of calls and persistent ids.
 *
 * <p>A pickle is a program for a stack machine. Of its instructions only those that build data are
 * understood. What the rules do not know becomes an {@link Opaque}, whatever is done with it: no
 * object is created and nothing is called. Names that run code elsewhere are refused, and so are
 * instructions that load extensions or take buffers from outside. Source: {@code
 * Lib/pickletools.py} of CPython, which defines every instruction.
 */
public final class PickleReader {
  /** Python's {@code None}. */
  public static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  private static final int NEWEST = 5;

  private final Input in;
  private final Machine machine;

  private PickleReader(byte[] pickle, Rules rules) {
    in = new Input(pickle);
    machine = new Machine(rules);
  }

  /**
   * Reads a pickle.
   *
   * @param pickle the bytes. Not modified. What follows the end of the pickle is ignored
   * @param rules what it may name
   * @return its value; it may contain itself
   * @throws PickleException if it is damaged, too large, or more than data
   */
  public static Object read(byte[] pickle, Rules rules) {
    return new PickleReader(pickle, rules).run();
  }

  /** A text from a pickle inside a message. */
  public static String shown(String text) {
    return Json.quote(text).replaceAll("^\"|\"$", "");
  }

  private Object run() {
    while (true) {
      int at = in.position();
      int code = in.u1();
      if (code == '.') {
        return machine.result();
      }
      if (!number(code) && !text(code) && !collection(code) && !reference(code)) {
        throw refused(code, at);
      }
    }
  }

  private boolean number(int code) {
    switch (code) {
      case 'N' -> machine.push(NONE);
      case 0x88 -> machine.push(true);
      case 0x89 -> machine.push(false);
      case 'J' -> machine.push((long) in.i4());
      case 'K' -> machine.push((long) in.u1());
      case 'M' -> machine.push((long) in.u2());
      case 0x8A -> machine.push(in.integer(in.u1()));
      case 0x8B -> machine.push(in.integer(in.length4()));
      case 'G' -> machine.push(in.float64());
      case 'I' -> {
        String line = in.line();
        machine.push(line.matches("0[01]") ? (Object) line.equals("01") : integer(line));
      }
      case 'L' -> machine.push(integer(in.line().replaceFirst("L$", "")));
      case 'F' -> machine.push(decimal(in.line()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Number integer(String line) {
    if (!line.strip().matches("[-+]?[0-9]{1,600}")) {
      throw Machine.broken();
    }
    return Input.narrow(new BigInteger(line.strip()));
  }

  private static Double decimal(String line) {
    try {
      return Double.valueOf(line);
    } catch (NumberFormatException e) {
      throw Machine.broken();
    }
  }

  private boolean text(int code) {
    switch (code) {
      case 'X' -> machine.push(in.utf8(in.length4()));
      case 0x8C -> machine.push(in.utf8(in.u1()));
      case 0x8D -> machine.push(in.utf8(in.length8()));
      case 'V' -> machine.push(in.line());
      // Python 2 text, which has no encoding.
      case 'U' -> machine.push(in.text(in.u1(), StandardCharsets.ISO_8859_1));
      case 'T' -> machine.push(in.text(in.length4(), StandardCharsets.ISO_8859_1));
      case 'B' -> machine.push(in.bytes(in.length4()));
      case 'C' -> machine.push(in.bytes(in.u1()));
      case 0x8E, 0x96 -> machine.push(in.bytes(in.length8()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean collection(int code) {
    switch (code) {
      case '(' -> machine.mark();
      case '0' -> machine.drop();
      case '1' -> machine.popToMark();
      case '2' -> machine.push(machine.top());
      case ']', 0x8F -> machine.push(new ArrayList<>());
      case 'a' -> machine.append(List.of(machine.pop()));
      case 'e', 0x90 -> machine.append(machine.popToMark());
      case 'l' -> machine.push(new ArrayList<>(machine.popToMark()));
      case 't', 0x91 -> machine.push(List.copyOf(machine.popToMark()));
      case ')' -> machine.push(List.of());
      case 0x85 -> machine.popTuple(1);
      case 0x86 -> machine.popTuple(2);
      case 0x87 -> machine.popTuple(3);
      case '}' -> machine.push(new LinkedHashMap<>());
      case 'd' -> {
        List<Object> items = machine.popToMark();
        machine.push(new LinkedHashMap<>());
        machine.setItems(items);
      }
      case 's' -> {
        Object value = machine.pop();
        machine.setItems(List.of(machine.pop(), value));
      }
      case 'u' -> machine.setItems(machine.popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean reference(int code) {
    switch (code) {
      case 0x80 -> {
        int protocol = in.u1();
        if (protocol > NEWEST) {
          throw new PickleException("it is of protocol " + protocol + "; known are 0 to " + NEWEST);
        }
      }
      case 0x95 -> in.length8(); // a frame only says how much to read ahead
      case 'p' -> machine.put(index(in.line()));
      case 'q' -> machine.put(in.u1());
      case 'r' -> machine.put(in.length4());
      case 0x94 -> machine.memoize();
      case 'g' -> machine.get(index(in.line()));
      case 'h' -> machine.get(in.u1());
      case 'j' -> machine.get(in.length4());
      case 'c' -> {
        String module = in.line();
        machine.global(module, in.line(), this::createsObject);
      }
      case 0x93 -> {
        Object name = machine.pop();
        if (!(machine.pop() instanceof String module) || !(name instanceof String text)) {
          throw Machine.broken();
        }
        machine.global(module, text, this::createsObject);
      }
      case 'R' -> machine.reduce();
      case 0x81 -> {
        return machine.create(1);
      }
      case 0x92 -> {
        return machine.create(2);
      }
      case 'b' -> machine.build();
      case 'Q' -> machine.persistent();
      default -> {
        return false;
      }
    }
    return true;
  }

  /** True if what comes next makes an object of a class: ")" and NEWOBJ, memo puts aside. */
  private boolean createsObject() {
    int here = in.position();
    try {
      for (int ahead = 0; ahead < 4; ahead++) {
        int code = in.u1();
        switch (code) {
          case 'q' -> in.u1();
          case 'r' -> in.length4();
          case 0x94, ')' -> {}
          default -> {
            return code == 0x81;
          }
        }
      }
    } catch (PickleException e) {
      // the end is near: whatever it is, it is no object
    } finally {
      in.back(here);
    }
    return false;
  }

  private static long index(String line) {
    if (!line.matches("[0-9]{1,10}")) {
      throw Machine.broken();
    }
    return Long.parseLong(line);
  }

  private static PickleException refused(int code, int at) {
    String what =
        switch (code) {
          case 0x81, 0x92 -> "creates an object (NEWOBJ)";
          case 'i' -> "creates an object (INST)";
          case 'o' -> "creates an object (OBJ)";
          case 0x82, 0x83, 0x84 -> "names an extension (EXT)";
          case 'P' -> "refers to data outside itself (PERSID)";
          case 0x97, 0x98 -> "takes a buffer from outside (NEXT_BUFFER)";
          case 'S' -> "holds a quoted text (STRING)";
          default ->
              "has an unknown instruction, "
                  + String.format(Locale.ROOT, "0x%02x", code)
                  + "; the file is damaged";
        };
    return new PickleException("at byte " + at + " it " + what);
  }
}
