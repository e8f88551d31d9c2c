package dev.gsig.importer.internal.torch;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.importer.internal.pickle.PickleException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The archive that {@code torch.save} writes since PyTorch 1.6: {@code NAME/data.pkl} and a file
 * {@code NAME/data/KEY} for each storage, all stored without compression. Nothing is unpacked, so
 * names cannot lead anywhere; what is read is at most as large as the file.
 */
final class TorchZip implements Closeable {
  private static final int MOST_ENTRIES = 1 << 20;
  private static final long LARGEST_PICKLE = 64L << 20;
  // A multiple of every element size.
  private static final int CHUNK = 1 << 16;

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new HashMap<>();
  private final Set<String> verified = new HashSet<>();
  private String root;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  private TorchZip(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  static TorchZip open(Path file) {
    TorchZip opened = null;
    try {
      // The constructor and the names of entries throw IllegalArgumentException at some damages.
      opened = new TorchZip(file, new ZipFile(file.toFile(), StandardCharsets.UTF_8));
      opened.list(Files.size(file));
      opened.findRoot();
      opened.readOrder();
      return opened;
    } catch (IOException | IllegalArgumentException e) {
      if (opened != null) {
        opened.close();
      }
      throw new InvalidInputException(
          file + ": the archive is damaged or truncated; save or download it again", e);
    } catch (InvalidInputException e) {
      opened.close();
      throw e;
    }
  }

  private void list(long fileSize) {
    long total = 0;
    Enumeration<? extends ZipEntry> all = zip.entries();
    while (all.hasMoreElements()) {
      ZipEntry entry = all.nextElement();
      String name = entry.getName();
      String what = file + ": the entry " + Json.quote(name) + " ";
      if (name.startsWith("/") || name.contains("\\") || ("/" + name + "/").contains("/../")) {
        throw new InvalidInputException(
            what + "has a name that leads outside; PyTorch writes none");
      }
      if (name.matches("[^/]+/(code/.*|constants\\.pkl)")) {
        throw new InvalidInputException(
            file
                + ": is a TorchScript program, not a state dict; save its weights with"
                + " torch.save(torch.jit.load(FILE).state_dict(), \"state_dict.pt\")");
      }
      if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
        throw new InvalidInputException(
            what + "is compressed, which PyTorch never does; save the state dict with torch.save");
      }
      total += entry.getSize();
      if (entry.getSize() < 0 || total < 0 || total > fileSize) {
        throw new InvalidInputException(
            what + "claims more bytes than the file has; save or download it again");
      }
      if (entries.put(name, entry) != null || entries.size() > MOST_ENTRIES) {
        throw new InvalidInputException(what + "is there twice; save or download it again");
      }
    }
  }

  private void findRoot() {
    for (String name : entries.keySet()) {
      if (name.matches("[^/]+/data\\.pkl")) {
        root = name.substring(0, name.indexOf('/') + 1);
      }
    }
    if (root == null) {
      throw new InvalidInputException(
          file + ": is a zip archive, but none of PyTorch's: it holds no data.pkl");
    }
  }

  private void readOrder() throws IOException {
    ZipEntry entry = entries.get(root + "byteorder");
    if (entry != null && entry.getSize() == 3) {
      byte[] text = whole(entry);
      order =
          new String(text, StandardCharsets.US_ASCII).equals("big")
              ? ByteOrder.BIG_ENDIAN
              : ByteOrder.LITTLE_ENDIAN;
    }
  }

  /** The pickle that says what the storages are. */
  byte[] pickle() {
    ZipEntry entry = entries.get(root + "data.pkl");
    if (entry.getSize() > LARGEST_PICKLE) {
      throw new InvalidInputException(
          file + ": its data.pkl has " + entry.getSize() + " bytes; at most 64 MiB are read");
    }
    try {
      return whole(entry);
    } catch (IOException e) {
      throw damaged(entry, e);
    }
  }

  private byte[] whole(ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) entry.getSize());
      CRC32 sum = new CRC32();
      sum.update(bytes);
      if (bytes.length != entry.getSize() || sum.getValue() != entry.getCrc()) {
        throw new IOException("wrong checksum");
      }
      return bytes;
    }
  }

  /** Makes sure that a storage is there and has the size that the pickle says. */
  Storage check(Storage storage) {
    ZipEntry entry = entries.get(root + "data/" + storage.key());
    if (entry == null) {
      throw new PickleException("its storage " + Json.quote(storage.key()) + " is missing");
    }
    try {
      if (storage.bytes() == entry.getSize()) {
        return storage;
      }
    } catch (ArithmeticException e) {
      // an absurd size is a wrong one
    }
    throw new PickleException(
        "its storage "
            + Json.quote(storage.key())
            + " has "
            + entry.getSize()
            + " bytes, not "
            + storage.elements()
            + " elements of "
            + storage.dtype());
  }

  /**
   * Reads a part of a storage; the first time, its checksum is compared.
   *
   * @param start first byte, within the storage
   * @param length number of bytes, within the storage
   * @param consumer takes the bytes, in chunks of whole elements in their byte order
   */
  void read(String key, long start, long length, Consumer<ByteBuffer> consumer) {
    ZipEntry entry = entries.get(root + "data/" + key);
    try {
      if (verified.add(key)) {
        verify(entry);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        in.skipNBytes(start);
        for (long left = length; left > 0; left -= CHUNK) {
          byte[] chunk = in.readNBytes((int) Math.min(left, CHUNK));
          consumer.accept(ByteBuffer.wrap(chunk).order(order));
        }
      }
    } catch (IOException e) {
      throw damaged(entry, e);
    }
  }

  private void verify(ZipEntry entry) throws IOException {
    CRC32 sum = new CRC32();
    byte[] chunk = new byte[CHUNK];
    long total = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        sum.update(chunk, 0, n);
        total += n;
      }
    }
    if (total != entry.getSize() || sum.getValue() != entry.getCrc()) {
      throw new IOException("wrong checksum");
    }
  }

  private InvalidInputException damaged(ZipEntry entry, IOException cause) {
    return new InvalidInputException(
        file
            + ": the entry "
            + Json.quote(entry.getName())
            + " is damaged; save or download the file again",
        cause);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }
}
