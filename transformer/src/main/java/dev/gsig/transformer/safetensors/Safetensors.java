package dev.gsig.transformer.safetensors;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.LfsPointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file. The header is read and checked whole on opening; the data are read
 * tensor by tensor, so a file may be larger than memory and than 2 GB.
 */
public final class Safetensors implements TensorSource {
  private static final int PREFIX_BYTES = 8;

  /** How much is read at once; a multiple of every element size. */
  private static final int WINDOW_BYTES = 1 << 20;

  private static final int MOST_INTEGER_BYTES = 1 << 26;

  private final Path file;
  private final FileChannel channel;
  private final Header header;
  private final long dataStart;

  private Safetensors(Path file, FileChannel channel, Header header, long dataStart) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks its header.
   *
   * @param file the file
   * @return the open file, to be closed by the caller
   * @throws InvalidInputException if the file cannot be read or breaks the specification
   */
  public static Safetensors open(Path file) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    LfsPointer.refuse(file);
    FileChannel channel = null;
    Safetensors opened = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      opened = open(file, channel);
      return opened;
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    } finally {
      if (opened == null && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static Safetensors open(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < PREFIX_BYTES) {
      throw new InvalidInputException(
          file + ": has " + size + " bytes; a safetensors file has at least 8");
    }
    long headerBytes = bytes(channel, 0, PREFIX_BYTES, file).getLong();
    if (headerBytes < 0 || headerBytes > Header.MAX_BYTES) {
      throw new InvalidInputException(
          file
              + ": the header length "
              + Long.toUnsignedString(headerBytes)
              + " is above the limit of "
              + Header.MAX_BYTES
              + "; is it a safetensors file?");
    }
    long dataStart = PREFIX_BYTES + headerBytes;
    if (dataStart > size) {
      throw new InvalidInputException(
          file
              + ": the file is truncated: a header of "
              + headerBytes
              + " bytes is announced, but the file has "
              + size
              + " bytes");
    }
    byte[] json = bytes(channel, PREFIX_BYTES, (int) headerBytes, file).array();
    Header header = Header.parse(json, size - dataStart, file.toString());
    return new Safetensors(file, channel, header, dataStart);
  }

  /** The file's name as given on opening. */
  public Path file() {
    return file;
  }

  @Override
  public String source() {
    return file.toString();
  }

  /** The names of the tensors, in header order; not modifiable. */
  @Override
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /** The free-form text map of the header; empty if there is none; not modifiable. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Type and shape of a tensor.
   *
   * @param name the tensor's name
   * @return what the header says
   * @throws InvalidInputException if there is no such tensor
   */
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new InvalidInputException(Header.what(file.toString(), name) + " is missing");
    }
    return info;
  }

  @Override
  public DType dtype(String name) {
    return info(name).dtype();
  }

  @Override
  public List<Long> shape(String name) {
    return info(name).shape();
  }

  @Override
  public double[] read(String name) {
    TensorInfo info = info(name);
    String what = Header.what(file.toString(), name);
    double[] values = TensorValues.allocate(info.dtype(), info.elements(), what);
    try {
      read(info, values);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
    return TensorValues.requireFinite(values, info.shape(), what);
  }

  /**
   * Reads a tensor of I64 or I32 values, such as token ids.
   *
   * @param name the tensor's name
   * @return the values in row-major order
   * @throws InvalidInputException if there is no such tensor, it is of another type or too large
   */
  public double[] readIntegers(String name) {
    TensorInfo info = info(name);
    String what = Header.what(file.toString(), name);
    if (info.dtype() != DType.I64 && info.dtype() != DType.I32) {
      throw new InvalidInputException(what + " has dtype " + info.dtype() + "; store it as I64");
    }
    double[] values = TensorValues.allocate(DType.F64, info.elements(), what);
    try {
      boolean wide = info.dtype() == DType.I64;
      long bytes = info.end() - info.begin();
      if (bytes > MOST_INTEGER_BYTES) {
        throw new InvalidInputException(what + " is larger than 64 MiB; write fewer sequences");
      }
      ByteBuffer data = bytes(channel, dataStart + info.begin(), (int) bytes, file);
      for (int i = 0; i < values.length; i++) {
        values[i] = wide ? data.getLong() : data.getInt();
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
    return values;
  }

  private void read(TensorInfo info, double[] values) throws IOException {
    long end = dataStart + info.end();
    int filled = 0;
    for (long start = dataStart + info.begin(); start < end; start += WINDOW_BYTES) {
      int count = (int) Math.min(WINDOW_BYTES, end - start);
      filled += Widening.widen(bytes(channel, start, count, file), info.dtype(), values, filled);
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long start, int count, Path file)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new InvalidInputException(file + ": the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The reason why opening failed is on its way to the user and must not be replaced.
    }
  }
}
