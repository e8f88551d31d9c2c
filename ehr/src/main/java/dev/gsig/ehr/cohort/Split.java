package dev.gsig.ehr.cohort;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.Set;

/** The part of a cohort that a patient is in, with all their lines. */
public enum Split {
  /** Patients that a model is fitted to. */
  TRAIN,
  /** Patients that settings are chosen by, and the end of training. */
  VALIDATION,
  /** Patients that results are reported of. */
  TEST;

  /** The file of a part in a cohort's folder. */
  public String fileName() {
    return label() + ".jsonl";
  }

  /** {@code train}, {@code validation} or {@code test}. */
  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /**
   * The part of a patient. It depends on the seed and the identifier alone, so a patient is in the
   * same part in every cohort with that seed, whatever its task.
   */
  static Split of(String patient, Fractions fractions, long seed) {
    double u = uniform(seed, patient);
    if (u < fractions.train()) {
      return TRAIN;
    }
    return u < fractions.train() + fractions.validation() ? VALIDATION : TEST;
  }

  /**
   * A number in [0, 1) from a seed and a text: the first 53 bits of the SHA-256 of {@code
   * seed:text}.
   */
  static double uniform(long seed, String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((seed + ":" + text).getBytes(StandardCharsets.UTF_8));
      return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1p-53;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The expected share of each part.
   *
   * @param train above 0
   * @param validation 0 or above
   * @param test 0 or above; the three add up to 1
   */
  public record Fractions(double train, double validation, double test) {
    /** Where nobody asks for others, and the source has no parts. */
    public static final Fractions DEFAULT = new Fractions(0.7, 0.15, 0.15);

    /** Checks the fractions. */
    public Fractions {
      if (!(train > 0 && validation >= 0 && test >= 0)
          || Math.abs(train + validation + test - 1) > 1e-9) {
        throw new IllegalArgumentException("shares must add up to 1, the first above 0");
      }
    }

    /** The parts that have a share. */
    Set<Split> parts() {
      Set<Split> parts = EnumSet.of(TRAIN);
      if (validation > 0) {
        parts.add(VALIDATION);
      }
      if (test > 0) {
        parts.add(TEST);
      }
      return parts;
    }

    /** The shares of the first two parts, where the patients of the third are given. */
    Fractions withoutTest() {
      double others = train + validation;
      return new Fractions(train / others, validation / others, 0);
    }
  }
}
