package dev.gsig.spark;

import dev.gsig.attribution.Baseline;
import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A model folder's files as one value that Spark can ship, with the baseline and the references
 * that were named beside it. Immutable.
 */
final class ModelFiles implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The name that references are shipped under. */
  static final String REFERENCES = "gsig-references.jsonl";

  /** An array holds at most 2 GiB, a file may be larger. */
  private static final int CHUNK = 64 << 20;

  /** By file name. Lists that can be serialised. */
  private final TreeMap<String, ArrayList<byte[]>> files = new TreeMap<>();

  private final String sha256;

  /**
   * Reads the regular files of a model folder; folders in it are left out, no model has any.
   *
   * @param baseline taken in the place of the folder's own; null for that
   * @param references validation patients; null for none
   * @throws InvalidInputException if one cannot be read
   */
  ModelFiles(Path folder, Path baseline, Path references) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        put(file.getFileName().toString(), file);
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(folder, e);
    }
    if (baseline != null) {
      put(Baseline.FILE_NAME, baseline);
    }
    if (references != null) {
      put(REFERENCES, references);
    }
    sha256 = hash();
  }

  private void put(String name, Path file) {
    ArrayList<byte[]> chunks = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (byte[] c = in.readNBytes(CHUNK); c.length > 0; c = in.readNBytes(CHUNK)) {
        chunks.add(c);
      }
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
    files.put(name, chunks);
  }

  private String hash() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (Map.Entry<String, ArrayList<byte[]>> file : files.entrySet()) {
      long length = file.getValue().stream().mapToLong(chunk -> chunk.length).sum();
      digest.update((file.getKey() + "\n" + length + "\n").getBytes(StandardCharsets.UTF_8));
      file.getValue().forEach(digest::update);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of all names and contents, in hexadecimal. */
  String sha256() {
    return sha256;
  }

  /** Whether there is a file of that name. */
  boolean has(String name) {
    return files.containsKey(name);
  }

  /**
   * Writes the files.
   *
   * @param folder an empty folder
   * @throws IOException if that fails
   */
  void writeTo(Path folder) throws IOException {
    for (Map.Entry<String, ArrayList<byte[]>> file : files.entrySet()) {
      try (OutputStream out = Files.newOutputStream(folder.resolve(file.getKey()))) {
        for (byte[] chunk : file.getValue()) {
          out.write(chunk);
        }
      }
    }
  }

  /** The names, in order. */
  List<String> names() {
    return List.copyOf(files.keySet());
  }
}
