package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipException;

/** Identifies a file by its content. */
public final class FileHash {
  private FileHash() {}

  /**
   * The SHA-256 of a file's bytes, read in one pass in constant memory.
   *
   * @param file the file
   * @return 64 lower-case hexadecimal digits
   * @throws InvalidInputException if the file cannot be read
   */
  public static String sha256(Path file) {
    return sha256(List.of(file));
  }

  /**
   * The SHA-256 of the bytes of several files, one after the other.
   *
   * @param files the files, in order
   * @return 64 lower-case hexadecimal digits
   * @throws InvalidInputException if a file cannot be read
   */
  public static String sha256(List<Path> files) {
    MessageDigest digest = sha256();
    files.forEach(file -> add(digest, file, false));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The SHA-256 of a text file, as {@link LineSource} gives it: packed or not, the text counts.
   *
   * @param file the file, packed with gzip or not
   * @return 64 lower-case hexadecimal digits
   * @throws InvalidInputException if the file cannot be read
   */
  public static String sha256OfText(Path file) {
    MessageDigest digest = sha256();
    add(digest, file, true);
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The SHA-256 of a text in UTF-8.
   *
   * @return 64 lower-case hexadecimal digits
   */
  public static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A digest of nothing yet. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, Path file, boolean unpacked) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + ": is a folder; name a file");
    }
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = unpacked ? GzipStream.unpacked(raw, file.toString()) : raw) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    } catch (EOFException | ZipException e) {
      throw GzipStream.unreadable(file.toString(), e);
    } catch (IOException e) {
      throw InvalidInputException.reading(file, e);
    }
  }
}
