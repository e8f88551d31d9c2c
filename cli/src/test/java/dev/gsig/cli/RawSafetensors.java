package dev.gsig.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** A safetensors file taken apart, to be put together wrong. */
final class RawSafetensors {
  private final Path file;
  String header;
  byte[] data;

  RawSafetensors(Path file) {
    this.file = file;
    try {
      byte[] bytes = Files.readAllBytes(file);
      int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      header = new String(bytes, 8, length, StandardCharsets.UTF_8);
      data = Arrays.copyOfRange(bytes, 8 + length, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawSafetensors header(UnaryOperator<String> change) {
    String before = header;
    header = change.apply(header);
    if (header.equals(before)) {
      throw new IllegalStateException("the header was not changed: " + before);
    }
    return this;
  }

  /** Puts a float32 at a byte offset of the data. */
  RawSafetensors data(int offset, float value) {
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(offset, value);
    return this;
  }

  void save() {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(text.length).put(text).put(data);
    try {
      Files.write(file, out.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
