package dev.gsig.importer.internal.check;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.LfsPointer;
import dev.gsig.transformer.safetensors.DType;
import dev.gsig.transformer.safetensors.Widening;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * NumPy's {@code .npz}: a zip archive of {@code .npy} files, each a short header and the values.
 * Numbers only, in C order; objects, which would be pickles, are refused. Source: {@code
 * numpy.lib.format}.
 */
final class Npz {
  private static final int LARGEST = 1 << 26;
  private static final Set<String> TYPES =
      Set.of("f8", "f4", "f2", "i8", "i4", "i2", "i1", "b1", "u1");
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '([<|=][a-z]\\d)', 'fortran_order': (False|True),"
              + " 'shape': \\(([0-9, ]*)\\),? *\\}\\s*");

  private Npz() {}

  /** All arrays by name, as matrices: the first dimension is rows, the others are columns. */
  static Map<String, Matrix> read(Path file) {
    LfsPointer.refuse(file);
    Map<String, Matrix> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      long left = LARGEST;
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        String what = file + ": array " + Json.quote(entry.getName());
        try (InputStream in = zip.getInputStream(entry)) {
          byte[] bytes = in.readNBytes((int) left + 1);
          left -= bytes.length;
          if (left < 0) {
            throw new InvalidInputException(
                file + ": holds more than " + (LARGEST >> 20) + " MiB; write fewer sequences");
          }
          arrays.put(entry.getName().replaceFirst("\\.npy$", ""), array(bytes, what));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          file + ": is no archive of numpy.savez, or it is damaged; write it again", e);
    }
    return arrays;
  }

  private static Matrix array(byte[] bytes, String what) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 12 || !in.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new InvalidInputException(what + " is no .npy file");
    }
    boolean longHeader = bytes[MAGIC.length] > 1;
    in.position(MAGIC.length + 2);
    int length = longHeader ? in.getInt() : in.getShort() & 0xFFFF;
    if (length < 0 || length > in.remaining()) {
      throw new InvalidInputException(what + " is truncated");
    }
    byte[] text = new byte[length];
    in.get(text);
    Matcher header = HEADER.matcher(new String(text, StandardCharsets.ISO_8859_1));
    if (!header.matches() || header.group(2).equals("True")) {
      throw new InvalidInputException(
          what
              + " is no array of little-endian numbers in C order; write"
              + " numpy.ascontiguousarray(x, \"<f8\")");
    }
    List<Long> shape = new ArrayList<>();
    try {
      for (String size : header.group(3).split("[, ]+")) {
        if (!size.isEmpty()) {
          shape.add(Long.parseLong(size));
        }
      }
      return matrix(in, header.group(1).substring(1), shape, what);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new InvalidInputException(what + " has an impossible shape, (" + header.group(3) + ")");
    }
  }

  /**
   * Reads the values.
   *
   * @throws ArithmeticException if they are more than a long counts
   */
  private static Matrix matrix(ByteBuffer in, String type, List<Long> shape, String what) {
    if (!TYPES.contains(type)) {
      throw new InvalidInputException(what + " has the type " + type);
    }
    int size = type.charAt(1) - '0';
    long count = shape.stream().reduce(1L, Math::multiplyExact);
    if (Math.multiplyExact(count, size) != in.remaining()) {
      throw new InvalidInputException(
          what + " of shape " + shape + " does not hold " + in.remaining() + " bytes");
    }
    double[] values = new double[(int) count];
    switch (type) {
      case "f8" -> Widening.widen(in, DType.F64, values, 0);
      case "f4" -> Widening.widen(in, DType.F32, values, 0);
      case "f2" -> Widening.widen(in, DType.F16, values, 0);
      default -> {
        for (int i = 0; i < values.length; i++) {
          values[i] =
              switch (type) {
                case "i8" -> in.getLong();
                case "i4" -> in.getInt();
                case "i2" -> in.getShort();
                case "u1" -> in.get() & 0xFF;
                default -> in.get();
              };
        }
      }
    }
    return Matrix.of(shape, values);
  }
}
