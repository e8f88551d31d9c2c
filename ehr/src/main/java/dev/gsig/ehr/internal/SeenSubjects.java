package dev.gsig.ehr.internal;

import dev.gsig.ehr.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The subjects that a file had so far, in 16 to 32 bytes each, whatever their names: of each the
 * first 64 bits of the SHA-256 of its name are kept, and its line. That two names of ten million
 * have the same bits has a probability below 1 in 300,000.
 */
public final class SeenSubjects {
  private final MessageDigest sha256 = FileHash.sha256();
  private long[] hashes = new long[64];
  private int[] lines = new int[64];
  private int size;

  /**
   * Remembers a subject.
   *
   * @param subject its name
   * @param line where it is, from 1
   * @return the line where it was first, or 0 if it is new
   */
  public int put(String subject, int line) {
    byte[] digest = sha256.digest(subject.getBytes(StandardCharsets.UTF_8));
    long hash = ByteBuffer.wrap(digest).getLong();
    int slot = slot(hash);
    if (lines[slot] != 0) {
      return lines[slot];
    }
    hashes[slot] = hash;
    lines[slot] = line;
    size++;
    if (4L * size > 3L * hashes.length) {
      grow();
    }
    return 0;
  }

  /**
   * Remembers a subject that must be new.
   *
   * @param subject its name
   * @param line where it is, from 1
   * @param where what messages call the line
   * @param mend what to do if it is there twice
   * @throws InvalidInputException if it was in an earlier line
   */
  public void require(String subject, long line, String where, String mend) {
    int first = put(subject, (int) line);
    if (first != 0) {
      throw new InvalidInputException(
          where
              + ": the subject "
              + Json.quote(subject)
              + " is in line "
              + first
              + " already; "
              + mend);
    }
  }

  /** Where a hash is, or may go: a line of 0 marks what is free. */
  private int slot(long hash) {
    int slot = (int) hash & (hashes.length - 1);
    while (lines[slot] != 0 && hashes[slot] != hash) {
      slot = (slot + 1) & (hashes.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldLines = lines;
    hashes = new long[2 * oldHashes.length];
    lines = new int[hashes.length];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldLines[i] != 0) {
        int slot = slot(oldHashes[i]);
        hashes[slot] = oldHashes[i];
        lines[slot] = oldLines[i];
      }
    }
  }
}
